import type { z } from 'zod';
import { didYouMean } from './did-you-mean.js';
import { handOn } from './field-issue.js';
import { anything, check, keysOf } from './fields.js';
import { fail, problem } from './mistake.js';

/** A plug as a field needs to see it. */
export interface NamedOptions {
  readonly name: string;
  readonly options: z.ZodType;
}

/** The plugs a field chooses from, asked for only when a value is checked: a catalogue may contain the field itself. */
export type PlugSource = () => readonly NamedOptions[];

/** What the registry keeps of a field that chooses among plugs. */
export interface PlugMeta {
  readonly plugs?: PlugSource;
  /** The key whose value names the plug, where there is one. */
  readonly kindKey?: string;
  /** Keys that stand beside the plug's options, as a record. */
  readonly own?: z.ZodType;
}

/** What a file says of a plug: its name and its checked options. */
export interface PlugChoice {
  readonly kind: string;
  readonly options: unknown;
}

/** A transform must return something even after it told of a mistake; nobody reads it. */
const NOTHING: PlugChoice = { kind: '', options: undefined };

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
  const known = keysOf(plug.options) ?? [plug.name];
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
  return anything()
    .transform((value, context): PlugChoice => {
      available ??= source.plugs();
      const found = match(value, available);
      if (found === undefined) {
        fail(context, value, expectedText);
        return NOTHING;
      }
      if (found.plug === undefined) {
        failPlug(context, found, available);
        return NOTHING;
      }
      const result = check(found.plug.options, found.rest);
      if (result.ok) return { kind: found.plug.name, options: result.value };
      handOn(context, result.issues);
      return NOTHING;
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
