/** One request as a log or a table tells it, before times are counted from the first. */
export interface LoggedRequest {
  /** Seconds; since 1970 or since the start. */
  readonly atSeconds: number;
  readonly method: string;
  readonly path: string;
  readonly client?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly bytes?: number | undefined;
}

/** What is wrong with a line. */
export interface LineProblem {
  readonly got: string;
  readonly expected: string;
}

const LINE = /^(\S+) \S+ .*?\[([^\]]+)\] "((?:[^"\\]|\\.)*)"(.*)$/;
const REQUEST = /^([A-Za-z]+) (\S+)(?: HTTP\/[\d.]+)?$/;
const CLF_TIME = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d+))? ([+-])(\d\d)(\d\d)$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** True where a line looks like one of an access log. */
export function isAccessLog(line: string): boolean {
  return LINE.test(line);
}

/**
 * A line of nginx's `combined` format or Apache's common and combined ones: `10.0.0.7 - - [10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1"
 * 200 12 ...`. The time may also be `$time_iso8601` or `$msec`. `undefined` where the client never sent a request that could be read
 * (nginx logs a `-` or its bytes with a 400 or 408).
 */
export function readAccessLine(line: string): LoggedRequest | LineProblem | undefined {
  const match = LINE.exec(line);
  if (match === null) {
    return { got: 'another line', expected: 'ADDRESS - USER [TIME] "METHOD PATH PROTOCOL" STATUS BYTES' };
  }
  const [, client, time, requestLine, rest] = match as unknown as [string, string, string, string, string];
  const atSeconds = parseTime(time);
  if (Number.isNaN(atSeconds)) {
    return { got: JSON.stringify(time), expected: 'a time like 10/Oct/2025:13:55:36 +0000' };
  }
  const request = REQUEST.exec(requestLine);
  if (request === null) {
    if (/^ (400|408) /.test(rest)) return undefined;
    return { got: JSON.stringify(requestLine), expected: 'a request line like GET /a HTTP/1.1' };
  }
  const path = maybePath(request[2]!);
  if (path === undefined) return { got: JSON.stringify(request[2]), expected: 'a path that starts with "/"' };
  return { atSeconds, method: request[1]!.toUpperCase(), path, client };
}

/** Path and query of a path or a URL. */
export function maybePath(text: string): string | undefined {
  const path = text.replace(/^https?:\/\/[^/?#]*/, '');
  if (path === '' && text !== '') return '/';
  return /^\/\S*$/.test(path) ? path : undefined;
}

/** Seconds since 1970, or what a bare number says; NaN where `text` is no time. */
export function parseTime(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const clf = CLF_TIME.exec(text);
  if (clf === null) {
    const isIso = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.test(text);
    return isIso ? isoSeconds(text) : Number.NaN;
  }
  const [day, monthName, year, hour, minute, second, fraction, sign, zoneHour, zoneMinute] = clf.slice(1);
  const month = MONTHS.indexOf(monthName!);
  if (month < 0) return Number.NaN;
  const utcMs = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const zoneSeconds = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60 * (sign === '-' ? -1 : 1);
  return utcMs / 1000 - zoneSeconds + (fraction === undefined ? 0 : Number(`0.${fraction}`));
}

/** Without a zone it is UTC; digits beyond the milliseconds count too. */
function isoSeconds(text: string): number {
  const [, whole, fraction, zone] = /^(.{19})(?:\.(\d+))?(.*)$/.exec(text)!;
  const utcMs = Date.parse(`${whole!.replace(' ', 'T')}${zone === '' ? 'Z' : zone}`);
  return utcMs / 1000 + (fraction === undefined ? 0 : Number(`0.${fraction}`));
}
