/** Numbers as a reader wants them: three significant digits with a unit. `-` where there is none. */

/** A duration in ms: `0.42 ms`, `12.3 ms`, `987 ms`, `1.24 s`. */
export function formatMs(valueMs: number | null | undefined): string {
  if (valueMs === null || valueMs === undefined) return '-';
  return valueMs < 999.5 ? `${threeDigits(valueMs)} ms` : `${threeDigits(valueMs / 1000)} s`;
}

/** A duration in ms with the half width of its interval in the same unit: `12.3 ±0.4 ms`. */
export function formatMsWithInterval(
  valueMs: number,
  interval: readonly [number, number] | undefined,
): string {
  if (interval === undefined) return formatMs(valueMs);
  const inSeconds = valueMs >= 999.5;
  const scale = inSeconds ? 1000 : 1;
  return `${withInterval(valueMs / scale, halfWidth(valueMs, interval) / scale)} ${inSeconds ? 's' : 'ms'}`;
}

/** A rate per second with its interval: `278 ±1.2`. */
export function formatRateWithInterval(
  value: number,
  interval: readonly [number, number] | undefined,
): string {
  return interval === undefined ? threeDigits(value) : withInterval(value, halfWidth(value, interval));
}

/** A fraction as percent: `0 %`, `0.042 %`, `4.9 %`, `33.3 %`. */
export function formatPercent(fraction: number): string {
  if (fraction === 0) return '0 %';
  if (fraction < 0.0001) return '<0.01 %';
  const percent = fraction * 100;
  return `${percent < 1 ? trimZeros(percent.toPrecision(2)) : trimZeros(percent.toFixed(1))} %`;
}

/** `1,234,567`: a count with thousands apart. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Seconds of the run as a clock: `45 s`, `2m05s`. */
export function formatClock(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}

/** `1 user`, `1,000 users`. */
export function formatUsers(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'user' : 'users'}`;
}

/** `a, b and c`. */
export function formatList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

/** Bytes in decimal units, as k6 prints them: `80 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${threeDigits(value)} ${units[unit]}`;
}

/** Three significant digits without an exponent; whole numbers from 100 on: `0.00123`, `12.3`, `1234`. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 99.95) return formatCount(value);
  return Math.abs(value) < 1e-6
    ? value.toExponential(1)
    : trimZeros(Number(value.toPrecision(3)).toFixed(decimalsOf(value)));
}

/** Decimals that show three significant digits of a value below 100. */
function decimalsOf(value: number): number {
  let decimals = 1;
  for (let border = 10; Math.abs(value) < border && decimals < 9; border /= 10) decimals += 1;
  return decimals;
}

/** Value and half width with the same decimals: those of the half width's first digit, but at most one beyond three digits. */
function withInterval(value: number, half: number): string {
  if (half === 0) return `${threeDigits(value)} ±0`;
  const own = Math.abs(value) >= 99.95 ? 0 : decimalsOf(value);
  const decimals = Math.min(Math.max(0, Math.ceil(-Math.log10(half))), own + 1);
  return `${value.toFixed(decimals)} ±${half.toFixed(decimals)}`;
}

/** The upper half: the lower one may have been cut at 0. */
function halfWidth(value: number, interval: readonly [number, number]): number {
  return Math.max(0, interval[1] - value);
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
