/** When the simulated test is said to have started. */
export interface TestClock {
  /** Milliseconds since 1970, whole. */
  readonly startMs: number;
}

/** A moment of the test as Go's RFC3339Nano in UTC: nanoseconds, without zeros at the end. */
export function goDate(clock: TestClock, timeNs: number): string {
  const nanoseconds = BigInt(clock.startMs) * 1_000_000n + BigInt(timeNs);
  const seconds = new Date(Number(nanoseconds / 1_000_000n))
    .toISOString()
    .slice(0, 'YYYY-MM-DDThh:mm:ss'.length);
  const fraction = String(nanoseconds % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** Beyond this, JavaScript's `toFixed` writes exponents. */
const FIXED_MAX = 1e21;

/** Go's `%f`: six decimals, and of two that are equally near the even one (JavaScript takes the larger). */
export function goFixed(value: number): string {
  const size = Math.abs(value);
  if (size >= FIXED_MAX) return `${BigInt(value)}.000000`;
  // Half a millionth is exact in binary only for odd multiples of 2^-7, which are odd multiples of 7812.5 millionths.
  const sevenths = size * 2 ** 7;
  if (sevenths % 2 !== 1) return value.toFixed(6);
  const doubled = BigInt(sevenths) * 15625n;
  const below = (doubled - 1n) / 2n;
  const millionths = String(below % 2n === 0n ? below : below + 1n).padStart(7, '0');
  return `${value < 0 ? '-' : ''}${millionths.slice(0, -6)}.${millionths.slice(-6)}`;
}

/** Go's shortest float (`strconv.AppendFloat` with 'g' and -1): with an exponent below 1e-4 and from a million on. */
export function goShortest(value: number): string {
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
