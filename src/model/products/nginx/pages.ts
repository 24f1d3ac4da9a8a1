/** nginx's own pages with their heads, as seen on the wire (1.22.1, HTTP/1.1, `server_tokens on`). */
const PAGE_BYTES: Readonly<Record<number, number>> = {
  400: 309,
  401: 337,
  402: 329,
  403: 308,
  404: 308,
  405: 314,
  406: 323,
  409: 305,
  410: 293,
  411: 326,
  412: 338,
  413: 348,
  414: 339,
  415: 347,
  416: 374,
  421: 338,
  429: 332,
  500: 339,
  501: 321,
  502: 314,
  503: 374,
  504: 329,
  505: 359,
  507: 341,
};

/** A status without a page of its own: a head alone. */
const BARE_HEAD_BYTES = 119;

/** Bytes on the wire of nginx's own answer with that status, head included. */
export function pageBytes(status: number): number {
  return PAGE_BYTES[status] ?? BARE_HEAD_BYTES;
}
