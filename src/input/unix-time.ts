/** How a column of times is written: a whole number of these units, or a text with a date. */
export type TimeUnit = 's' | 'ms' | 'us' | 'ns' | 'rfc3339';

/** µs in one unit. */
const UNIT_US = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 } as const;
const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The unit of a Unix time by its number of digits (times from 2001 to 2286 have 10 of seconds); `undefined` where it is
 * neither a whole number of that size nor an RFC 3339 date.
 */
export function timeUnitOf(text: string): TimeUnit | undefined {
  if (RFC3339.test(text)) return 'rfc3339';
  if (!/^\d+$/.test(text)) return undefined;
  return ({ 10: 's', 13: 'ms', 16: 'us', 19: 'ns' } as const)[text.length as 10 | 13 | 16 | 19];
}

/** Unix time in µs, exact to 0.25 µs; NaN where `text` is not written in `unit`. */
export function unixMicroseconds(text: string, unit: TimeUnit): number {
  if (unit === 'rfc3339') return rfc3339Microseconds(text);
  if (timeUnitOf(text) !== unit) return Number.NaN;
  // 19 digits are more than a double holds; the last three are a fraction of a µs.
  return unit === 'ns'
    ? Number(text.slice(0, -3)) + Number(text.slice(-3)) / 1000
    : Number(text) * UNIT_US[unit];
}

function rfc3339Microseconds(text: string): number {
  const match = RFC3339.exec(text);
  if (match === null) return Number.NaN;
  return Date.parse(`${match[1]}${match[3]}`) * 1000 + (match[2] === undefined ? 0 : Number(match[2]) * 1e6);
}
