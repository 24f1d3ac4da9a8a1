const UNIT_NS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
  d: 86_400e9,
};

/** Reads `1h2m3.5s`, `250ms`, `0` to whole ns; `undefined` where it is not a duration. */
export function maybeDuration(text: string | number): number | undefined {
  if (text === 0 || text === '0') return 0;
  if (typeof text === 'number') return undefined;
  let rest = text.trim();
  if (rest === '') return undefined;
  let total = 0;
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|μs|ms|min|s|m|h|d)/.exec(rest);
    if (match === null) return undefined;
    total += Number(match[1]) * UNIT_NS[match[2]!]!;
    rest = rest.slice(match[0].length);
  }
  return Math.round(total);
}

/** What to write instead of a text that is nearly a duration. */
export function durationHint(value: string | number): string | undefined {
  if (typeof value === 'number') return `write the unit: ${value}ms or ${value}s`;
  if (/^\s*-/.test(value)) return 'a duration cannot be negative';
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return `write the unit: ${value.trim()}ms or ${value.trim()}s`;
  return undefined;
}

const UNIT_BYTES: Record<string, number> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
};

/** Reads `2100`, `64k`, `1.5 GiB` to whole bytes; `undefined` where it is not a size. */
export function maybeBytes(text: string | number): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(text));
  const unit = match === null ? undefined : UNIT_BYTES[match[2]!.toLowerCase()];
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit);
}

/** Reads `0.02`, `2%` to 0..1; `undefined` where it is not a probability. */
export function maybeProbability(text: string | number): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(String(text));
  const ratio = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  return ratio >= 0 && ratio <= 1 ? ratio : undefined;
}
