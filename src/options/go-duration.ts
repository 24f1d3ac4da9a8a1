import { NS_PER_MS, NS_PER_SECOND, NS_PER_US } from '../kernel/time.js';

/** Go's units of durations, in ns. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: NS_PER_US,
  µs: NS_PER_US,
  μs: NS_PER_US,
  ms: NS_PER_MS,
  s: NS_PER_SECOND,
  m: 60 * NS_PER_SECOND,
  h: 3600 * NS_PER_SECOND,
};

/** A duration as Go prints it: `1m0s`, `6m30s`, `1.5s`, `100ms`, `-2s`, `0s` (time.Duration.String). */
export function goDuration(durationNs: number): string {
  if (durationNs < 0) return `-${goDuration(-durationNs)}`;
  if (durationNs === 0) return '0s';
  if (durationNs < NS_PER_US) return `${durationNs}ns`;
  if (durationNs < NS_PER_MS) return `${durationNs / NS_PER_US}µs`;
  if (durationNs < NS_PER_SECOND) return `${durationNs / NS_PER_MS}ms`;
  const minutes = Math.floor(durationNs / (60 * NS_PER_SECOND));
  const seconds = `${(durationNs - minutes * 60 * NS_PER_SECOND) / NS_PER_SECOND}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

/** Why a text is not a duration, in Go's words. */
export class GoDurationError extends Error {}

/**
 * Reads what Go's time.ParseDuration reads, to whole ns: `1h2m3.5s`, `-500ms`, `0`.
 *
 * @throws GoDurationError in Go's words: `time: missing unit in duration "5"`.
 */
export function parseGoDuration(text: string): number {
  const quoted = JSON.stringify(text);
  const isNegative = text.startsWith('-');
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 0;
  if (rest === '') throw new GoDurationError(`time: invalid duration ${quoted}`);
  let totalNs = 0;
  while (rest !== '') {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0];
    if (number === undefined) throw new GoDurationError(`time: invalid duration ${quoted}`);
    rest = rest.slice(number.length);
    const unit = /^[^.\d]*/.exec(rest)![0];
    if (unit === '') throw new GoDurationError(`time: missing unit in duration ${quoted}`);
    const unitNs = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (unitNs === undefined) {
      throw new GoDurationError(`time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`);
    }
    rest = rest.slice(unit.length);
    totalNs += partNs(number, unitNs);
  }
  return isNegative ? -totalNs : totalNs;
}

/** Go adds the whole units exactly, and cuts the fraction to ns. */
function partNs(number: string, unitNs: number): number {
  const [whole = '', fraction = ''] = number.split('.');
  const fractionNs =
    fraction === '' ? 0 : Math.trunc(Number(fraction) * (unitNs / Number(`1e${fraction.length}`)));
  return Number(whole) * unitNs + fractionNs;
}
