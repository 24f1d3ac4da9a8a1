import { canonicalJson } from './canonical.js';
import { isMapping, type Mapping } from './mapping.js';

/** Keys whose values say what their mapping is: they stand first, and without their key. */
const TELLING_KEYS = ['product', 'kind', 'algorithm'];

/**
 * How the values of one path stand in labels. `{ product: ideal, algorithm: { jsq_d: { d: 3 } }, dispatchers: 4 }` is
 * `ideal jsq_d d=3 dispatchers=4`; keys beside `ideal jsq_d d=3` are left out where all its mappings agree on them.
 */
export class ValueTexts {
  /** By what they are: their mappings' keys that differ. */
  private readonly differing = new Map<string, ReadonlySet<string>>();

  /** @param values all that the path has, in all variants. */
  constructor(values: readonly unknown[]) {
    const alike = new Map<string, Mapping[]>();
    for (const value of values.filter(isMapping)) {
      const head = headOf(value);
      alike.set(head, [...(alike.get(head) ?? []), value]);
    }
    for (const [head, mappings] of alike) this.differing.set(head, differingKeys(mappings));
  }

  of(value: unknown): string {
    if (!isMapping(value)) return textOf(value);
    const head = headOf(value);
    if (head === '') return textOf(value);
    const differing = this.differing.get(head)!;
    const rest = Object.fromEntries(Object.entries(value).filter(([key]) => differing.has(key)));
    return `${head} ${textOf(rest)}`.trim();
  }
}

function headOf(value: Mapping): string {
  return TELLING_KEYS.filter((key) => Object.hasOwn(value, key))
    .map((key) => textOf(value[key]))
    .join(' ');
}

function differingKeys(mappings: readonly Mapping[]): ReadonlySet<string> {
  const keys = new Set(mappings.flatMap((mapping) => Object.keys(mapping)));
  const isTelling = (key: string) => TELLING_KEYS.includes(key);
  const texts = (key: string) => new Set(mappings.map((mapping) => canonicalJson(mapping[key] ?? null)));
  return new Set([...keys].filter((key) => !isTelling(key) && texts(key).size > 1));
}

function textOf(value: unknown): string {
  if (!isMapping(value)) return typeof value === 'object' ? canonicalJson(value) : String(value);
  const others = Object.keys(value).filter((key) => !TELLING_KEYS.includes(key));
  const head = headOf(value);
  const rest = others.sort().map((key) => {
    const part = value[key];
    return isMapping(part) ? `${key} ${textOf(part)}`.trim() : `${key}=${textOf(part)}`;
  });
  return [...(head === '' ? [] : [head]), ...rest].join(' ');
}
