import { canonicalJson } from './canonical.js';
import { isMapping, type Mapping } from './mapping.js';

/** Keys whose values say what their mapping is: they stand first, and without their key. */
const TELLING_KEYS = ['product', 'kind', 'algorithm'];

/**
 * How the values of one path stand in labels. `{ product: ideal, algorithm: { jsq_d: { d: 3 } }, dispatchers: 4 }` is
 * `ideal jsq_d d=3 dispatchers=4`; keys beside `ideal jsq_d d=3` are left out where all its mappings agree on them. Values
 * that would read alike stand as JSON.
 */
export class ValueTexts {
  /** By the value as JSON. */
  private readonly texts = new Map<string, string>();

  /** @param values all that the path has, in all variants. */
  constructor(values: readonly unknown[]) {
    const alike = new Map<string, Mapping[]>();
    for (const value of values) {
      const { head, mapping } = apart(value);
      alike.set(head, [...(alike.get(head) ?? []), mapping]);
    }
    const readers = new Map<string, Set<string>>();
    for (const value of values) {
      const { head, mapping } = apart(value);
      const text =
        isMapping(value) && head !== '' ? shortText(head, mapping, alike.get(head)!) : textOf(value);
      const written = canonicalJson(value);
      this.texts.set(written, text);
      readers.set(text, (readers.get(text) ?? new Set()).add(written));
    }
    for (const same of readers.values()) {
      if (same.size > 1) for (const written of same) this.texts.set(written, written);
    }
  }

  /** The text of one of the values. */
  of(value: unknown): string {
    return this.texts.get(canonicalJson(value))!;
  }
}

/** What a value is, and its mapping: a bare word is what it is, without any keys. */
function apart(value: unknown): { readonly head: string; readonly mapping: Mapping } {
  return isMapping(value) ? { head: headOf(value), mapping: value } : { head: textOf(value), mapping: {} };
}

/** What it is, and the keys in which those of one head differ. */
function shortText(head: string, mapping: Mapping, alike: readonly Mapping[]): string {
  const differing = differingKeys(alike);
  const rest = Object.fromEntries(Object.entries(mapping).filter(([key]) => differing.has(key)));
  return `${head} ${textOf(rest)}`.trim();
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
