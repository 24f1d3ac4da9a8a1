import { utcSeconds } from './utc.js';

/** When the simulated test is said to have started. */
export interface TestClock {
  /** Milliseconds since 1970, whole. */
  readonly startMs: number;
}

/** Nanoseconds in a second. */
const SECOND_NS = 1_000_000_000;

/** Moments of a test as Go's RFC3339Nano in UTC: nanoseconds, without zeros at the end. Remembers the last second and moment. */
export class GoDates {
  private readonly startSeconds: number;
  private readonly startNs: number;
  private second = Number.NaN;
  private secondText = '';
  private momentNs = Number.NaN;
  private momentText = '';

  constructor({ startMs }: TestClock) {
    this.startSeconds = Math.floor(startMs / 1000);
    this.startNs = (startMs - 1000 * this.startSeconds) * 1_000_000;
  }

  /** @param timeNs since the start of the test. */
  at(timeNs: number): string {
    if (timeNs === this.momentNs) return this.momentText;
    const totalNs = this.startNs + timeNs;
    const whole = Math.floor(totalNs / SECOND_NS);
    if (whole !== this.second) {
      this.second = whole;
      this.secondText = utcSeconds(this.startSeconds + whole);
    }
    const restNs = totalNs - whole * SECOND_NS;
    const fraction = restNs === 0 ? '' : `.${String(restNs).padStart(9, '0').replace(/0+$/, '')}`;
    this.momentNs = timeNs;
    this.momentText = `${this.secondText}${fraction}Z`;
    return this.momentText;
  }
}

/** Beyond this, JavaScript's `toFixed` writes exponents. */
const FIXED_MAX = 1e21;

/** Go's `%f`, and Python's: of two that are equally near the one with an even last digit (JavaScript takes the larger). */
export function goFixed(value: number, decimals = 6): string {
  const size = Math.abs(value);
  if (size >= FIXED_MAX) return `${BigInt(value)}.${'0'.repeat(decimals)}`;
  // Only an odd multiple of 2^-(decimals + 1) lies in the middle of two such numbers and is a double.
  const parts = size * 2 ** (decimals + 1);
  if (parts % 2 !== 1) return value.toFixed(decimals);
  const doubled = BigInt(parts) * 5n ** BigInt(decimals);
  const below = (doubled - 1n) / 2n;
  const digits = String(below % 2n === 0n ? below : below + 1n).padStart(decimals + 1, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Go's shortest float (`strconv.AppendFloat` with 'g' and -1): with an exponent below 1e-4 and from a million on. */
export function goShortest(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e6)) return String(value);
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
