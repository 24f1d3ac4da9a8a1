import { didYouMean } from '../options/fields.js';

/** A mapping of a file as plain data. */
export type Mapping = Readonly<Record<string, unknown>>;

/** `value` if it is a mapping, else an empty one. */
export function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

/** True where `value` is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** True where `mapping` has no `key`, but one that may have been meant to be it. */
export function maybeMisspelt(mapping: Mapping, key: string): boolean {
  return (
    !Object.hasOwn(mapping, key) &&
    Object.keys(mapping).some((other) => didYouMean(other, [key]) !== undefined)
  );
}
