import { unixMicroseconds } from './unix-time.js';

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
const CLF_TIME = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d\d)(\d\d)$/;
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

/** Seconds since 1970, or what a bare number says; NaN where `text` is no time. Without a zone it is UTC. */
export function parseTime(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  return unixMicroseconds(rfc3339Of(text), 'rfc3339') / 1e6;
}

function rfc3339Of(text: string): string {
  const clf = CLF_TIME.exec(text);
  if (clf === null) {
    const iso = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/.exec(text);
    if (iso === null) return text;
    const [, date, time, zone = 'Z'] = iso;
    return `${date}T${time}${zone.replace(/(\d\d):?(\d\d)$/, '$1:$2')}`;
  }
  const [, day, month, year, time, zoneHours, zoneMinutes] = clf;
  const monthNumber = String(MONTHS.indexOf(month!) + 1).padStart(2, '0');
  return `${year}-${monthNumber}-${day}T${time}${zoneHours}:${zoneMinutes}`;
}
