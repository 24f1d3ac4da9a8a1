/**
 * Fields for what varies: wherever a file may write a value, it may write a distribution of values. These forms mean
 * the same:
 *
 *     60us                                        a constant
 *     { exponential: 3ms }                        a name and the option it is best known by
 *     { lognormal: 0.9ms, cv: 0.3 }               ... and other options beside it
 *     { lognormal: { mean: 0.9ms, cv: 0.3 } }     a name and all its options
 */
import type { z } from 'zod';
import {
  anything,
  bytes,
  check,
  didYouMean,
  duration,
  type Field,
  type FieldIssue,
  fail,
  number,
  problem,
  toJsonSchema,
} from '../options/fields.js';
import { distributions } from './catalogue.js';
import type { DistributionPlug, DistributionSpec, ValueFields, ValueUnit } from './distribution.js';

type Context = z.RefinementCtx;
type Mapping = Readonly<Record<string, unknown>>;

/** A distribution of durations; its values are ns, not yet rounded to whole ones. */
export function durationDistribution(): Field<DistributionSpec> {
  return durations;
}

/** A distribution of plain numbers, such as key ranks. */
export function numberDistribution(): Field<DistributionSpec> {
  return numbers;
}

/** A distribution of sizes in bytes, not yet rounded to whole ones. */
export function bytesDistribution(): Field<DistributionSpec> {
  return sizes;
}

const durations = distributionField('duration', () => duration());
const numbers = distributionField('number', () => number());
const sizes = distributionField('bytes', () => bytes());

const EXAMPLES: Record<ValueUnit, string> = {
  duration: 'a duration like 250ms, or a distribution like { exponential: 3ms }',
  number: 'a number, or a distribution like { uniform: { min: 1, max: 9 } }',
  bytes: 'a size like 64k, or a distribution like { exponential: 2k }',
};

function distributionField(unit: ValueUnit, value: () => Field<number>): Field<DistributionSpec> {
  const optionFields = new Map<DistributionPlug, z.ZodType>();
  const field: Field<DistributionSpec> = anything()
    .transform((given, context) => parse({ values, optionFields }, given, context))
    .meta(describe({ unit, value, distribution: () => anything() as Field<DistributionSpec> }));
  const values: ValueFields = { unit, value, distribution: () => field };
  for (const plug of distributions.plugs) {
    if (fits(plug, unit)) optionFields.set(plug, plug.optionsFor(values));
  }
  return field;
}

function fits(plug: DistributionPlug, unit: ValueUnit): boolean {
  return plug.units === undefined || plug.units.includes(unit);
}

/** What {@link parse} needs of the field it parses for. */
interface FieldParts {
  readonly values: ValueFields;
  readonly optionFields: ReadonlyMap<DistributionPlug, z.ZodType>;
}

function parse(parts: FieldParts, given: unknown, context: Context): DistributionSpec {
  if (isMapping(given)) return parseMapping(parts, given, context);
  if (typeof given === 'string' && distributions.has(given)) {
    fail(context, given, `the options of ${given}`, `for example ${distributions.get(given).example}`);
  } else if (typeof given !== 'string' && typeof given !== 'number') {
    fail(context, given, EXAMPLES[parts.values.unit]);
  } else {
    return parseOptions(parts, distributions.get('constant'), { value: given }, { context, place: () => [] });
  }
  return NOTHING;
}

/** Stands in for a value that was reported as wrong; never gets out of the field. */
const NOTHING: DistributionSpec = { kind: 'constant', options: { value: 0 } };

function parseMapping(parts: FieldParts, given: Mapping, context: Context): DistributionSpec {
  const keys = Object.keys(given);
  const named = keys.filter((key) => distributions.has(key));
  if (named.length !== 1) {
    if (named.length === 0) failName(parts, keys, { context, given });
    else fail(context, named.join(', '), 'one distribution');
    return NOTHING;
  }
  const name = named[0]!;
  const plug = distributions.get(name);
  const body = given[name];
  if (!fits(plug, parts.values.unit)) {
    fail(context, name, `a distribution of ${NOUNS[parts.values.unit]}`, undefined, [name]);
    return NOTHING;
  }
  if (isMapping(body)) {
    refuseSiblings(name, keys, { context, given });
    return parseOptions(parts, plug, body, { context, place: (path) => [name, ...path] });
  }
  const { [name]: _, ...siblings } = given;
  const place = ([first, ...rest]: Path) =>
    first === undefined ? [] : [first === plug.shorthand ? name : first, ...rest];
  return parseOptions(parts, plug, { ...siblings, [plug.shorthand]: body }, { context, place });
}

const NOUNS: Record<ValueUnit, string> = { duration: 'durations', number: 'numbers', bytes: 'sizes' };

function failName(parts: FieldParts, keys: readonly string[], { context, given }: Reported): void {
  const names = [...parts.optionFields.keys()].map((plug) => plug.name);
  const nearest = keys.find((key) => didYouMean(key, names) !== undefined) ?? keys[0];
  if (nearest === undefined) {
    fail(context, given, EXAMPLES[parts.values.unit]);
    return;
  }
  const hint = didYouMean(nearest, names);
  const message = problem(nearest, `a distribution: one of ${names.join(', ')}`, hint);
  context.addIssue({ code: 'unrecognized_keys', keys: [nearest], message, input: given, path: [] });
}

function refuseSiblings(name: string, keys: readonly string[], { context, given }: Reported): void {
  for (const key of keys) {
    if (key === name) continue;
    const message = problem(key, `only the key ${name}`, `move it into the options of ${name}`);
    context.addIssue({ code: 'unrecognized_keys', keys: [key], message, input: given, path: [] });
  }
}

interface Reported {
  readonly context: Context;
  readonly given: Mapping;
}

type Path = readonly (string | number)[];

/** Checks the options of `plug`; `place` says where in the written form an option is. */
function parseOptions(
  parts: FieldParts,
  plug: DistributionPlug,
  options: Mapping,
  { context, place }: { context: Context; place: (path: Path) => (string | number)[] },
): DistributionSpec {
  const result = check(parts.optionFields.get(plug)!, options);
  if (result.ok) return { kind: plug.name, options: result.value };
  const misspelt = result.issues.some((issue) => issue.aboutKey !== undefined);
  for (const issue of result.issues) {
    // What an option is missed for, when its name is misspelt, is one mistake and not two.
    if (misspelt && issue.path.length === 0 && issue.aboutKey === undefined) continue;
    report(context, issue, { input: options, path: place(issue.path) });
  }
  return NOTHING;
}

function report(
  context: Context,
  { message, aboutKey }: FieldIssue,
  at: { input: Mapping; path: (string | number)[] },
): void {
  if (aboutKey === undefined) context.addIssue({ code: 'custom', message, ...at });
  else context.addIssue({ code: 'unrecognized_keys', keys: [aboutKey], message, ...at });
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What the JSON Schema says of the field: the checking itself is code, which a schema cannot show. Parts of a mixture
 * are left open there, so that the schema stays finite. Made when asked for: most runs never ask.
 */
function describe(values: ValueFields): { readonly unit: string; readonly anyOf: unknown[] } {
  return {
    unit: `${values.unit} distribution`,
    get anyOf() {
      const named = distributions.plugs.filter((plug) => fits(plug, values.unit));
      return [bare(toJsonSchema(values.value())), ...named.map((plug) => writtenForm(plug, values))];
    },
  };
}

/** `{ name: { options } }` or `{ name: value, other options }`, in one schema. */
function writtenForm(plug: DistributionPlug, values: ValueFields): Record<string, unknown> {
  const schema = bare(toJsonSchema(plug.optionsFor(values)));
  const { [plug.shorthand]: main, ...others } = schema.properties as Record<string, unknown>;
  const siblings = Object.fromEntries(Object.keys(others).map((option) => [option, {}]));
  return {
    type: 'object',
    description: plug.summary,
    properties: { [plug.name]: { anyOf: [main, schema] }, ...siblings },
    required: [plug.name],
    additionalProperties: false,
  };
}

function bare(schema: Record<string, unknown>): Record<string, unknown> {
  const { $schema: _, ...rest } = schema;
  return rest;
}
