/**
 * How options are described: unit-aware fields over the schema library. This is the one file that imports it; a plug
 * or component writes `options: record({ fail_timeout: duration().default('10s') })` and gets checking, defaults,
 * a JSON Schema with units and meanings, and the TypeScript type, all from that one line.
 *
 * A field parses loose text (`60s`, `512m`, `50%`) to one strict unit: durations to whole ns, sizes to bytes, rates to
 * events per second, probabilities to 0..1. Below `input/` nothing is ever parsed again.
 */
import { z } from 'zod';

/** A field of any value. */
export type AnyField = z.ZodType;
/** A field whose checked value is a `T`. */
export type Field<T> = z.ZodType<T>;
/** The type of a field's value after checking. */
export type Checked<F extends z.ZodType> = z.output<F>;
/** The type of a field's value as a file writes it. */
export type Written<F extends z.ZodType> = z.input<F>;

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

/** Longest accepted duration: 100 days, what the clock holds exactly. */
const DURATION_NS_MAX = 100 * 86_400e9;

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

function durationHint(value: string | number): string | undefined {
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

/** A size in bytes, or with Docker Compose's units (`512m`, `2g`; powers of 1024). */
export function bytes() {
  return z
    .union([z.string(), z.number()], { error: expected('a size like 2100, 64k or 512m') })
    .transform((value, context) => {
      const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(value));
      const unit = match === null ? undefined : UNIT_BYTES[match[2]!.toLowerCase()];
      if (match === null || unit === undefined) {
        fail(context, value, 'a size like 2100, 64k or 512m');
        return z.NEVER;
      }
      return Math.round(Number(match[1]) * unit);
    })
    .meta({ unit: 'bytes' });
}

const SECONDS_OF: Record<string, number> = { s: 1, sec: 1, m: 60, min: 60, h: 3600 };

/** Events per second: a number, or `100/s`, `30r/m`, `5/h`. */
export function rate() {
  return z
    .union([z.string(), z.number()], { error: expected('a rate like 50, 100/s or 30r/m') })
    .transform((value, context) => {
      const match = /^\s*(\d+(?:\.\d+)?)\s*(?:r?\/\s*(s|sec|m|min|h))?\s*$/.exec(String(value));
      if (match === null) {
        fail(context, value, 'a rate like 50, 100/s or 30r/m');
        return z.NEVER;
      }
      return Number(match[1]) / SECONDS_OF[match[2] ?? 's']!;
    })
    .meta({ unit: 'per second' });
}

/** A probability: 0 to 1, or a percentage like `2.5%`. */
export function probability() {
  return z
    .union([z.string(), z.number()], { error: expected('a probability like 0.02 or 2%') })
    .transform((value, context) => {
      const match = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(String(value));
      const ratio = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
      if (!(ratio >= 0 && ratio <= 1)) {
        fail(context, value, 'a probability from 0 to 1, like 0.02 or 2%');
        return z.NEVER;
      }
      return ratio;
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

/** The mapping `field` with more keys. */
export function extendRecord(field: z.ZodType, shape: z.ZodRawShape) {
  if (!(field instanceof z.ZodObject)) throw new TypeError('only a record can be extended');
  return record({ ...field.shape, ...shape });
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

/** Reports a mistake from inside a transform or a cross-field check. */
export function fail(
  context: z.RefinementCtx,
  got: unknown,
  expectedText: string,
  hint?: string,
  path: (string | number)[] = [],
): void {
  context.addIssue({ code: 'custom', message: problem(got, expectedText, hint), path, input: got });
}

/** The message form that `input/error.ts` takes apart again: what was got, what was expected, a hint. */
export function problem(got: unknown, expectedText: string, hint?: string): string {
  return JSON.stringify({ got: show(got), expected: expectedText, ...(hint === undefined ? {} : { hint }) });
}

function expected(expectedText: string) {
  return (issue: { input?: unknown }) => problem(issue.input, expectedText);
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'a mapping';
  return String(value);
}

/** `did you mean "least_conn"?` for the nearest of `values`, if one is near. */
export function didYouMean(got: unknown, values: readonly string[]): string | undefined {
  if (typeof got !== 'string') return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(got.length / 3)) + 1;
  for (const value of values) {
    if (Math.abs(value.length - got.length) >= bestDistance) continue;
    const distance = editDistance(got.toLowerCase(), value.toLowerCase());
    if (distance < bestDistance) {
      best = value;
      bestDistance = distance;
    }
  }
  return best === undefined ? undefined : `did you mean "${best}"?`;
}

/** Levenshtein distance, O(n·m); long inputs are cut at 64 characters. */
function editDistance(a: string, b: string): number {
  const left = a.slice(0, 64);
  const right = b.slice(0, 64);
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + change));
    }
    previous = current;
  }
  return previous[right.length]!;
}

/** Checks `value` against `field`; issues carry a path and a {@link problem} message. */
export function check<F extends z.ZodType>(
  field: F,
  value: unknown,
): { ok: true; value: z.output<F> } | { ok: false; issues: readonly FieldIssue[] } {
  const result = field.safeParse(value, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, issues: result.error.issues.flatMap(flattenIssue) };
}

/** One mistake: where in the value (keys and indices), and its {@link problem} message. */
export interface FieldIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Set where the path names a key itself (an unknown key), not its value. */
  readonly aboutKey?: string;
}

function flattenIssue(issue: z.core.$ZodIssue): FieldIssue[] {
  const path = issue.path as (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path,
      message: issue.keys.length === 1 ? issue.message : aboutOneKey(issue.message, key),
      aboutKey: key,
    }));
  }
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.filter((errors) => errors.length > 0);
    const nearest = branches.sort((a, b) => compare(wrongKeys(a), wrongKeys(b)) || depth(b) - depth(a))[0];
    if (nearest !== undefined && (depth(nearest) > 0 || (wrongKeys(nearest) > 0 && !isOtherType(nearest)))) {
      return nearest.flatMap(flattenIssue).map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
    }
    if (branches.length > 0) return [{ path, message: noForm(branches) }];
  }
  const aboutKey = issue.code === 'custom' ? (issue.params?.aboutKey as string | undefined) : undefined;
  return [{ path, message: issue.message, ...(aboutKey === undefined ? {} : { aboutKey }) }];
}

/** What is said of a value that is of none of several forms: each of them. */
function noForm(branches: readonly (readonly z.core.$ZodIssue[])[]): string {
  const messages = branches.map(([first]) => first!.message).filter((message) => message.startsWith('{'));
  const [first] = messages;
  if (first === undefined) return branches[0]![0]!.message;
  const parts = messages.map((message) => JSON.parse(message) as { expected: string });
  const expectedText = [...new Set(parts.map((part) => part.expected))].join(', or ');
  return JSON.stringify({ ...JSON.parse(first), expected: expectedText });
}

/** The message about several unknown keys, for one of them. */
function aboutOneKey(message: string, key: string): string {
  const { expected: expectedText } = JSON.parse(message) as { expected: string };
  const known = expectedText.replace(/^only the keys /, '').split(', ');
  return problem(key, expectedText, didYouMean(key, known));
}

/** How many keys of the mapping itself are unknown or missing: the form with the fewest is the one that was meant. */
function wrongKeys(issues: readonly z.core.$ZodIssue[]): number {
  if (isOtherType(issues)) return Number.POSITIVE_INFINITY;
  let wrong = 0;
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) wrong += issue.keys.length;
    else if (issue.code !== 'custom' && issue.path.length === 1 && issue.input === undefined) wrong += 1;
  }
  return wrong;
}

/** For sorting; unlike a difference, right for infinite values. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True where a mapping was given for a list, or the like: of all forms the farthest. */
function isOtherType(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

/** A plug as this file needs to see it. */
interface NamedOptions {
  readonly name: string;
  readonly options: z.ZodType;
}

/** The plugs a field chooses from, asked for only when a value is checked: a catalogue may contain the field itself. */
type PlugSource = () => readonly NamedOptions[];

/** What a file says of a plug: its name and its checked options. */
export interface PlugChoice {
  readonly kind: string;
  readonly options: unknown;
}

/** `{ kind: uvicorn, workers: 2 }`: the plug by its `kind`, the other keys are its options. A bare word is the plug without options. */
export function plugByKind(plugs: PlugSource, key = 'kind') {
  return plugField({ plugs, kindKey: key }, `a mapping with a key "${key}"`, (value, available) => {
    if (typeof value === 'string') return { plug: find(available, value), rest: {}, got: value };
    if (!isMapping(value)) return undefined;
    const { [key]: got, ...rest } = value;
    const misspelt = got === undefined ? Object.keys(rest).find((other) => isNear(other, key)) : undefined;
    return { plug: find(available, got), rest, got, path: [key], misspelt, meant: key };
  });
}

/**
 * `{ query: db, time: 8ms }`: the plug is the one whose name is among the keys; its options check the whole mapping.
 * Where several names are (`{ query: db, cpu: 1ms }`), the one whose options know most of the keys, in whatever order
 * they stand. A misspelt name counts as that name, so that the mistake is found in it and not in all other keys.
 */
export function plugByKey(plugs: PlugSource, noun: string) {
  return plugField({ plugs }, `a mapping that names a ${noun}`, (value, available) => {
    if (!isMapping(value)) return undefined;
    const keys = Object.keys(value);
    let plug: NamedOptions | undefined;
    let bestFit = 0;
    for (const candidate of available) {
      const fit = fitOf(candidate, keys);
      if (fit > bestFit) [plug, bestFit] = [candidate, fit];
    }
    return { plug, rest: value, got: keys[0], misspelt: keys[0] };
  });
}

/** How well `keys` fit a plug; 0 where neither its name nor anything near it is among them. */
function fitOf(plug: NamedOptions, keys: readonly string[]): number {
  const isNamed = keys.includes(plug.name);
  if (!isNamed && !keys.some((key) => isNear(key, plug.name))) return 0;
  const known = plug.options instanceof z.ZodObject ? Object.keys(plug.options.shape) : [plug.name];
  return 2 * keys.filter((key) => known.includes(key)).length + 1;
}

function isNear(got: string, name: string): boolean {
  return didYouMean(got, [name]) !== undefined;
}

/** What a mapping names; `path` leads to the name, `misspelt` is the key that stands where the name should. */
interface PlugMatch {
  readonly plug: NamedOptions | undefined;
  readonly rest: unknown;
  readonly got: unknown;
  readonly path?: readonly string[];
  readonly misspelt?: string | undefined;
  /** The key that `misspelt` should be, if it is only one. */
  readonly meant?: string;
}

function plugField(
  source: { readonly plugs: PlugSource; readonly kindKey?: string },
  expectedText: string,
  match: (value: unknown, available: readonly NamedOptions[]) => PlugMatch | undefined,
) {
  // Kept: some sources make their fields anew at every call, and that costs more than the check.
  let available: readonly NamedOptions[] | undefined;
  return z
    .unknown()
    .transform((value, context): PlugChoice => {
      available ??= source.plugs();
      const found = match(value, available);
      if (found === undefined) {
        fail(context, value, expectedText);
        return z.NEVER;
      }
      if (found.plug === undefined) {
        failPlug(context, found, available);
        return z.NEVER;
      }
      const result = check(found.plug.options, found.rest);
      if (result.ok) return { kind: found.plug.name, options: result.value };
      for (const issue of result.issues) {
        context.addIssue({
          code: 'custom',
          message: issue.message,
          path: [...issue.path],
          ...(issue.aboutKey === undefined ? {} : { params: { aboutKey: issue.aboutKey } }),
        });
      }
      return z.NEVER;
    })
    .meta(source);
}

function failPlug(context: z.RefinementCtx, found: PlugMatch, available: readonly NamedOptions[]): void {
  const names = available.map((plug) => plug.name);
  const { misspelt, meant, got, path = [] } = found;
  if (misspelt === undefined) {
    fail(context, got, `one of ${names.join(', ')}`, didYouMean(got, names), [...path]);
    return;
  }
  const message =
    meant === undefined
      ? problem(misspelt, `one of ${names.join(', ')}`, didYouMean(misspelt, names))
      : problem(misspelt, `a key "${meant}"`, didYouMean(misspelt, [meant]));
  context.addIssue({ code: 'custom', message, path: [], params: { aboutKey: misspelt } });
}

function find(plugs: readonly NamedOptions[], name: unknown): NamedOptions | undefined {
  return plugs.find((plug) => plug.name === name);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What the registry keeps of a field that chooses among plugs. */
interface PlugMeta {
  readonly plugs?: PlugSource;
  /** The key whose value names the plug, where there is one. */
  readonly kindKey?: string;
  /** Keys that stand beside the plug's options, as a record. */
  readonly own?: z.ZodType;
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
