const TENTH_NS = 100_000_000;
const SECOND_NS = 10 * TENTH_NS;
const MINUTE_NS = 60 * SECOND_NS;
const HOUR_NS = 60 * MINUTE_NS;
const DAY_NS = 24 * HOUR_NS;

/**
 * A duration in as many characters as the longest needs (internal/ui/pb/helpers.go, GetFixedLengthDuration): `1.0s` below ten seconds,
 * `01.0s` below a minute, `1m01.0s`, `01m01.0s`, `1h01m01.0s`, ...; tenths of a second, rounded.
 */
export function fixedDuration(durationNs: number, longestNs: number): string {
  const longest = Math.round(Math.max(longestNs, durationNs) / TENTH_NS) * TENTH_NS;
  const tenths = Math.round(durationNs / TENTH_NS);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(tenths / 600);
  const hours = Math.floor(minutes / 60);
  const seconds = `${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}s`;
  if (longest < 10 * SECOND_NS) return seconds.slice(1);
  if (longest < MINUTE_NS) return seconds;
  const withMinutes = `${two(minutes % 60)}m${seconds}`;
  if (longest < 10 * MINUTE_NS) return withMinutes.slice(1);
  if (longest < HOUR_NS) return withMinutes;
  const withHours = `${two(hours % 24)}h${withMinutes}`;
  if (longest < 10 * HOUR_NS) return withHours.slice(1);
  if (longest < DAY_NS) return withHours;
  const digits = String(Math.floor(longest / DAY_NS)).length;
  return `${String(Math.floor(hours / 24)).padStart(digits, '0')}d${withHours}`;
}

/** A whole number in as many digits as the largest has. */
export function fixedInteger(value: number, largest: number): string {
  return String(value).padStart(String(largest).length, '0');
}

/** A number with two decimals, in as many characters as the largest takes. */
export function fixedRate(value: number, largest: number): string {
  const digits = largest < 10 ? 1 : String(Math.floor(largest)).length;
  return value.toFixed(2).padStart(digits + '.00'.length, '0');
}
