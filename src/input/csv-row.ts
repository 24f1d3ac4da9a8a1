/**
 * The fields of a row of a CSV (RFC 4180). Hardly a row of a load generator has a quote, and the others are only split: 0.4 s for a run
 * of 28,000 requests in k6's CSV (392,000 rows).
 */
export function csvFields(row: string): string[] {
  if (!row.includes('"')) return row.split(',');
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy;
  for (let match = field.exec(row); match !== null; match = field.exec(row)) {
    fields.push(match[1] === undefined ? (match[2] as string) : match[1].replaceAll('""', '"'));
    if (match[3] === '') break;
  }
  return fields;
}

/** True where a quoted field goes on in the next line. */
export function hasOpenQuote(row: string): boolean {
  let open = false;
  for (let at = row.indexOf('"'); at >= 0; at = row.indexOf('"', at + 1)) open = !open;
  return open;
}
