import type { K6Metric } from '../../metrics/k6-summary.js';

/** What a value is shown by: the type and the contents of its metric. */
export type Shown = Pick<K6Metric, 'type' | 'contains'>;

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** The units that `summaryTimeUnit` may name, and how many there are in a millisecond. */
const TIME_UNITS: Readonly<Record<string, { readonly unit: string; readonly perMs: number }>> = {
  s: { unit: 's', perMs: 0.001 },
  ms: { unit: 'ms', perMs: 1 },
  us: { unit: 'µs', perMs: 1000 },
};

/** Names of powers of 1000 bytes. */
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'] as const;

/**
 * A value as k6's summary shows it: `91.66%`, `7.3 kB`, `20.62ms`, `5.728165`.
 *
 * @param timeUnit `s`, `ms` or `us` for times; anything else takes the unit that fits.
 */
export function humanizeValue(value: number, shown: Shown, timeUnit: string): string {
  if (shown.type === 'rate') return `${(Math.trunc(value * 100 * 100) / 100).toFixed(2)}%`;
  if (shown.contains === 'data') return bytes(value);
  if (shown.contains === 'time') return duration(value, timeUnit);
  return withoutZeros(value, 6);
}

/** Below 10 as it is; above, rounded half up to a tenth, of which it keeps the decimal below 10 units. */
function bytes(count: number): string {
  if (count < 10) return `${count} B`;
  const power = Math.floor(Math.log(count) / Math.log(1000));
  const rounded = Math.floor((count / 1000 ** power) * 10 + 0.5) / 10;
  return `${rounded.toFixed(rounded < 10 ? 1 : 0)} ${BYTE_UNITS[power]}`;
}

function duration(ms: number, timeUnit: string): string {
  const fixed = Object.hasOwn(TIME_UNITS, timeUnit) ? TIME_UNITS[timeUnit] : undefined;
  return fixed === undefined ? fittingDuration(ms) : `${(ms * fixed.perMs).toFixed(2)}${fixed.unit}`;
}

/** Cut, never rounded, to two decimals; from a minute on to whole seconds. */
function fittingDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 0.001) return `${Math.trunc(ms * 1_000_000)}ns`;
  if (ms < 1) return `${cut(ms * 1000, 2)}µs`;
  if (ms < SECOND_MS) return `${cut(ms, 2)}ms`;
  const seconds = `${cut((ms % MINUTE_MS) / SECOND_MS, ms > MINUTE_MS ? 0 : 2)}s`;
  const minutes = Math.trunc(ms / MINUTE_MS);
  if (minutes < 1) return seconds;
  const hours = Math.trunc(minutes / 60);
  return `${hours < 1 ? '' : `${hours}h`}${minutes % 60}m${seconds}`;
}

function cut(value: number, decimals: number): string {
  const scale = 10 ** decimals;
  return withoutZeros(Math.trunc(scale * value) / scale, decimals);
}

function withoutZeros(value: number, decimals: number): string {
  return String(Number.parseFloat(value.toFixed(decimals)));
}
