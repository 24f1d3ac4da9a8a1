import {
  type AnyField,
  anything,
  type Checked,
  check,
  fail,
  handOn,
  text,
  toJsonSchema,
} from '../../../options/fields.js';
import { keyField } from './key-field.js';

/** Reads the words of a directive of nginx.conf as the mapping that says the same; `undefined` where they do not fit. */
export type DirectiveReader = (words: readonly string[]) => Record<string, unknown> | undefined;

/**
 * One or more times the same directive: mappings, or texts as nginx.conf has them behind the directive's name. Always a list
 * after checking.
 * @param example of the text, for those that do not fit.
 */
export function directives<F extends AnyField>(field: F, read: DirectiveReader, example: string) {
  const { $schema: _, ...schema } = toJsonSchema(field);
  const one = [schema, { type: 'string' }];
  return anything()
    .transform((value, context): Checked<F>[] => {
      const items = Array.isArray(value) ? value : [value];
      const checked: Checked<F>[] = [];
      for (const [index, item] of items.entries()) {
        const path = Array.isArray(value) ? [index] : [];
        const mapping = typeof item === 'string' ? read(item.trim().replace(/;$/, '').split(/\s+/)) : item;
        if (mapping === undefined) {
          fail(context, item, `words as in nginx.conf, such as ${JSON.stringify(example)}`, undefined, path);
          continue;
        }
        const result = check(field, mapping);
        if (result.ok) {
          checked.push(result.value);
          continue;
        }
        // In a text there is no key to point at.
        const told =
          typeof item === 'string'
            ? result.issues.map(({ message }) => ({ message, path: [] }))
            : result.issues;
        handOn(context, told, path);
      }
      return checked;
    })
    .meta({ anyOf: [...one, { type: 'array', items: { anyOf: one } }] });
}

/** `name=value` words as a mapping; `undefined` where a word has no value, or one that is not in `names`. */
export function maybePairs(
  words: readonly string[],
  names: readonly string[],
): Record<string, string> | undefined {
  const pairs: Record<string, string> = {};
  for (const word of words) {
    const [, name = '', value] = /^(\w+)=(.+)$/.exec(word) ?? [];
    if (value === undefined || !names.includes(name)) return undefined;
    pairs[name] = value;
  }
  return pairs;
}

/** A whole number as text; `undefined` stays so, and what is no number stays text, for the field to tell. */
export function numberOf(word: string | undefined): unknown {
  return word !== undefined && /^\d+$/.test(word) ? Number(word) : word;
}

/** The key and the name of a `limit_..._zone`. */
export const zoneShape = {
  key: keyField().describe(
    'what is counted by, such as $binary_remote_addr; requests with an empty key are not limited',
  ),
  zone: text().describe('the zone’s name'),
};

/** A zone as nginx.conf has it: `$binary_remote_addr zone=perip:10m`; its size does not matter here. */
export function readZone(
  words: readonly string[],
  more: readonly string[] = [],
): Record<string, unknown> | undefined {
  const [key, ...rest] = words;
  const pairs = maybePairs(rest, ['zone', ...more]);
  if (key === undefined || pairs === undefined) return undefined;
  return { ...pairs, key, zone: pairs.zone?.replace(/:\w+$/, '') };
}

/** What a limit counts by: a zone's name, or the key itself. */
interface Zoned {
  readonly zone?: string | undefined;
  readonly key?: string | undefined;
  readonly rate?: number | undefined;
}

/** The directives of limits, where they are there. */
interface LimitOptions {
  readonly limit_req_zone?: readonly Zoned[] | undefined;
  readonly limit_req?: readonly Zoned[] | undefined;
  readonly limit_conn_zone?: readonly Zoned[] | undefined;
  readonly limit_conn?: readonly Zoned[] | undefined;
}

/** Tells of limits that name a zone that is not there, or neither zone nor key, or no rate where one is needed. */
export function checkLimits(options: LimitOptions, context: Parameters<typeof fail>[0]): void {
  for (const directive of ['limit_req', 'limit_conn'] as const) {
    const zones = (options[`${directive}_zone`] ?? []).map(({ zone }) => zone);
    for (const [index, limit] of (options[directive] ?? []).entries()) {
      const mistake = mistakeOf(limit, zones, directive);
      if (mistake !== undefined) fail(context, mistake.got, mistake.expected, undefined, [directive, index]);
    }
  }
}

function mistakeOf(
  { zone, key, rate }: Zoned,
  zones: readonly unknown[],
  directive: 'limit_req' | 'limit_conn',
): { got: unknown; expected: string } | undefined {
  if (zone === undefined && key === undefined) return { got: undefined, expected: 'a key, or a zone' };
  if (zone !== undefined && key !== undefined) return { got: zone, expected: 'either a key or a zone' };
  if (zone !== undefined && rate !== undefined) return { got: rate, expected: 'no rate beside a zone' };
  if (zone !== undefined && !zones.includes(zone)) {
    return {
      got: zone,
      expected: zones.length === 0 ? `a zone, under ${directive}_zone` : `one of ${zones.join(', ')}`,
    };
  }
  const needsRate = directive === 'limit_req' && key !== undefined && rate === undefined;
  return needsRate ? { got: undefined, expected: 'a rate beside the key' } : undefined;
}

/** Fields of a limit that names its zone, or brings its key along. */
export const zonedShape = {
  zone: text().optional().describe('the name of a zone'),
  key: keyField().optional().describe('in place of a zone: what is counted by'),
};
