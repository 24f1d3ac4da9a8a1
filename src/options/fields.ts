/**
 * How options are described: unit-aware fields over the schema library. This is the one file that imports it; a plug
 * or component writes `options: record({ fail_timeout: duration().default('10s') })` and gets checking, defaults,
 * a JSON Schema with units and meanings, and the TypeScript type, all from that one line.
 *
 * A field parses loose text (`60s`, `512m`, `50%`) to one strict unit: durations to whole ns, sizes to bytes,
 * probabilities to 0..1. Below `input/` nothing is ever parsed again.
 */
import { z } from 'zod';
import { didYouMean } from './did-you-mean.js';
import { type FieldIssue, flattenIssue } from './field-issue.js';
import { expected, fail, problem } from './mistake.js';
import type { NamedOptions, PlugMeta } from './plug-field.js';
import { durationHint, maybeBytes, maybeDuration, maybeProbability } from './units.js';

export { didYouMean } from './did-you-mean.js';
export type { FieldIssue } from './field-issue.js';
export { handOn } from './field-issue.js';
export { fail, problem } from './mistake.js';
export { maybeDuration } from './units.js';

/** A field of any value. */
export type AnyField = z.ZodType;
/** A field whose checked value is a `T`. */
export type Field<T> = z.ZodType<T>;
/** The type of a field's value after checking. */
export type Checked<F extends z.ZodType> = z.output<F>;

/** Longest accepted duration: 100 days, what the clock holds exactly. */
const DURATION_NS_MAX = 100 * 86_400e9;

/** A duration such as `60s`, `1m30s` or `250ms`, as k6 and nginx write it; whole ns. A bare number is refused. */
export function duration(bounds: { minNs?: number; maxNs?: number } = {}) {
  const minNs = bounds.minNs ?? 0;
  const maxNs = bounds.maxNs ?? DURATION_NS_MAX;
  return z
    .union([z.string(), z.number()], { error: expected('a duration like 250ms, 60s or 1m30s') })
    .transform((value, context) => {
      const ns = maybeDuration(value);
      if (ns === undefined) {
        fail(context, value, 'a duration like 250ms, 60s or 1m30s', durationHint(value));
        return z.NEVER;
      }
      if (ns < minNs) fail(context, value, `a duration of at least ${minNs / 1e6} ms`);
      if (ns > maxNs) fail(context, value, `a duration of at most ${maxNs / 1e9} s`);
      return ns;
    })
    .meta({ unit: 'duration' });
}

/** A size in bytes, or with Docker Compose's units (`512m`, `2g`; powers of 1024). */
export function bytes() {
  return z
    .union([z.string(), z.number()], { error: expected('a size like 2100, 64k or 512m') })
    .transform((value, context) => {
      const size = maybeBytes(value);
      if (size !== undefined) return size;
      fail(context, value, 'a size like 2100, 64k or 512m');
      return z.NEVER;
    })
    .meta({ unit: 'bytes' });
}

/** A probability: 0 to 1, or a percentage like `2.5%`. */
export function probability() {
  return z
    .union([z.string(), z.number()], { error: expected('a probability like 0.02 or 2%') })
    .transform((value, context) => {
      const ratio = maybeProbability(value);
      if (ratio !== undefined) return ratio;
      fail(context, value, 'a probability from 0 to 1, like 0.02 or 2%');
      return z.NEVER;
    })
    .meta({ unit: 'probability' });
}

/** A whole number, inclusive bounds (0 to a million unless told). */
export function count(bounds: { min?: number; max?: number } = {}) {
  return z
    .int({ error: expected('a whole number') })
    .min(bounds.min ?? 0, { error: expected(`a whole number of at least ${bounds.min ?? 0}`) })
    .max(bounds.max ?? 1_000_000, {
      error: expected(`a whole number of at most ${bounds.max ?? 1_000_000}`),
    });
}

/** A finite number, inclusive bounds. */
export function number(bounds: { min?: number; max?: number; above?: number } = {}) {
  let field = z.number({ error: expected('a number') });
  if (bounds.min !== undefined)
    field = field.min(bounds.min, { error: expected(`a number of at least ${bounds.min}`) });
  if (bounds.max !== undefined)
    field = field.max(bounds.max, { error: expected(`a number of at most ${bounds.max}`) });
  if (bounds.above !== undefined)
    field = field.gt(bounds.above, { error: expected(`a number above ${bounds.above}`) });
  return field;
}

/** Any text that is not empty. */
export function text() {
  return z.string({ error: expected('text') }).min(1, { error: expected('text that is not empty') });
}

/** A name of a place, service, pool, route variable: letters, digits, `_`, `-`, `.`. */
export function name() {
  return z.string({ error: expected('a name') }).regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, {
    error: expected('a name of letters, digits, "_", "-" and "."'),
  });
}

/** True or false; `yes` and `1` are refused. */
export function flag() {
  return z.boolean({ error: expected('true or false') });
}

/** One word of a list; a wrong one is answered with the nearest right one. */
export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, {
    error: (issue) => problem(issue.input, `one of ${values.join(', ')}`, didYouMean(issue.input, values)),
  });
}

/** A list of any length, of one kind of item. */
export function list<F extends z.ZodType>(item: F) {
  return z.array(item, { error: expected('a list') });
}

/** A mapping with exactly these keys (an unknown key is an error with a suggestion). */
export function record<S extends z.ZodRawShape>(shape: S) {
  const keys = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') {
        const unknown = issue.keys as string[];
        return problem(
          unknown.join(', '),
          `only the keys ${keys.join(', ')}`,
          unknown.map((key) => didYouMean(key, keys)).find((hint) => hint !== undefined),
        );
      }
      return problem(issue.input, `a mapping with the keys ${keys.join(', ')}`);
    },
  });
}

/** A mapping with these keys and any others, which are checked elsewhere. */
export function openRecord<S extends z.ZodRawShape>(shape: S) {
  return z.looseObject(shape, {
    error: expected(`a mapping with the keys ${Object.keys(shape).join(', ')}`),
  });
}

/** The mapping `field` with more keys. */
export function extendRecord(field: z.ZodType, shape: z.ZodRawShape) {
  if (!(field instanceof z.ZodObject)) throw new TypeError('only a record can be extended');
  return record({ ...field.shape, ...shape });
}

/** The keys of a record; `undefined` for any other field. */
export function keysOf(field: z.ZodType): readonly string[] | undefined {
  return field instanceof z.ZodObject ? Object.keys(field.shape) : undefined;
}

/** A mapping from names of the user's choice to one kind of value. */
export function mapOf<F extends z.ZodType>(value: F) {
  return z.record(z.string(), value, { error: expected('a mapping') });
}

/** The first of several forms that fits. */
export const either = z.union;
export const literal = z.literal;
export const lazy = z.lazy;
/** A field of any content, checked elsewhere. */
export const anything = z.unknown;

/** Checks `value` against `field`; issues carry a path and a {@link problem} message. */
export function check<F extends z.ZodType>(
  field: F,
  value: unknown,
): { ok: true; value: z.output<F> } | { ok: false; issues: readonly FieldIssue[] } {
  const result = field.safeParse(value, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, issues: result.error.issues.flatMap(flattenIssue) };
}

type JsonSchema = Record<string, unknown>;

/** JSON Schema (draft 2020-12) of what a file may write. Plugs nested in plugs are described to a depth of two. */
export function toJsonSchema(field: z.ZodType, depthLeft = 2): JsonSchema {
  return z.toJSONSchema(field, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const meta = z.globalRegistry.get(zodSchema as unknown as z.ZodType) as PlugMeta | undefined;
      for (const key of ['plugs', 'kindKey', 'own']) delete (jsonSchema as JsonSchema)[key];
      if (meta?.plugs === undefined || depthLeft === 0) return;
      const available = meta.plugs();
      const bareWords =
        meta.kindKey === undefined || meta.own !== undefined
          ? []
          : [{ enum: available.map((plug) => plug.name) }];
      jsonSchema.anyOf = [...bareWords, ...available.map((plug) => plugSchema(plug, meta, depthLeft - 1))];
    },
  }) as JsonSchema;
}

/** A mapping that names `plug`: its options, the key that names it, and the keys beside it. */
function plugSchema(plug: NamedOptions, { kindKey, own }: PlugMeta, depthLeft: number): JsonSchema {
  const { $schema: _, ...options } = toJsonSchema(plug.options, depthLeft);
  const beside = own === undefined ? {} : toJsonSchema(own, depthLeft + 1);
  const kind = kindKey === undefined ? {} : { [kindKey]: { const: plug.name } };
  const required = [Object.keys(kind), beside.required ?? [], options.required ?? []].flat();
  const properties = { ...kind, ...(beside.properties ?? {}), ...(options.properties ?? {}) };
  return { title: plug.name, ...options, properties, ...(required.length === 0 ? {} : { required }) };
}
