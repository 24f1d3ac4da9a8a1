/** All values of a query argument in the order of the query, decoded; `true` for one without a value (`ngx.req.get_uri_args`). */
export function queryValues(query: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of query.split('&')) {
    const mark = pair.indexOf('=');
    const key = mark < 0 ? pair : pair.slice(0, mark);
    if (key === '' || decode(key) !== name) continue;
    values.push(mark < 0 ? 'true' : decode(pair.slice(mark + 1)));
  }
  return values;
}

/** As `ngx.unescape_uri`: a plus is a blank, and what cannot be decoded stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text; // a lone percent sign is text, as for nginx
  }
}
