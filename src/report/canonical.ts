/** Significant digits of a fraction in an output: below what differs between two ways of adding up the same numbers. */
const DIGITS = 12;

/**
 * JSON on one line, the same bytes for the same values: keys in the order they were put, fractions cut to 12 significant digits,
 * no negative zero, `null` for what JSON cannot hold. Ends with a newline.
 */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(value, canonicalNumber)}\n`;
}

function canonicalNumber(_key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value + 0 : Number(value.toPrecision(DIGITS));
}
