import { sha256 } from './sha256.js';

/** `value` with all mappings sorted by key, so that the order of a file's lines decides nothing that follows. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

/**
 * One text for one value: keys sorted, no blanks, absent and undefined keys alike. Numbers that JSON does not have (no limit is
 * Infinity) are written as text.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value), (_key, inner: unknown) =>
    typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
  );
}

/** `sha256:` and 64 hexadecimal digits of {@link canonicalJson}. */
export function canonicalHash(value: unknown): string {
  return `sha256:${sha256(new TextEncoder().encode(canonicalJson(value)))}`;
}
