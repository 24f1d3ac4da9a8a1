import { goError } from './errors.js';

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** k6's durations: numbers are ms, texts are Go's (lib/types/types.go, GetDurationValue). @param what for the error. */
export function durationMs(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  const text = String(value);
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text);
  let sum = 0;
  let rest = text.replace(/^\+/, '');
  if (rest === '') throw goError(`${what}: time: invalid duration ""`);
  while (rest !== '') {
    const part = /^(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d)/.exec(rest);
    if (part === null) throw goError(`${what}: time: invalid duration "${text}"`);
    sum += Number(part[1]) * UNITS_MS[part[2]!]!;
    rest = rest.slice(part[0].length);
  }
  return sum;
}
