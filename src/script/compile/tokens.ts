/** Where `token` stands next, from `from` on, comments left out; -1 if nowhere. */
export function positionOf(text: string, token: string, from: number): number {
  let at = from;
  while (at < text.length) {
    if (text.startsWith('//', at)) at = endOr(text.indexOf('\n', at), text);
    else if (text.startsWith('/*', at)) at = endOr(text.indexOf('*/', at), text) + 2;
    else if (text.startsWith(token, at)) return at;
    else at += 1;
  }
  return -1;
}

function endOr(position: number, text: string): number {
  return position === -1 ? text.length : position;
}
