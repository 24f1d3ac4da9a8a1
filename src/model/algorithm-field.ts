import { anything, check, didYouMean, fail, handOn, toJsonSchema } from '../options/fields.js';
import type { AlgorithmPlug } from './balancer.js';

/** An algorithm with its checked options, under the plug's name (`nginx-least-conn`). */
export interface AlgorithmChoice {
  readonly name: string;
  readonly options: unknown;
}

/** Stands for a mistake that was reported. */
const NONE: AlgorithmChoice = { name: '', options: {} };

/**
 * One algorithm of a product by its word, with options where it has some: `least_conn`,
 * `{ hash: { key: $request_uri, consistent: true } }`, or as the product's own configuration has it,
 * `hash $request_uri consistent` and `{ hash: $request_uri consistent }`.
 * @param methods the product's algorithms.
 * @param fallback the word that holds when nothing is said.
 */
export function algorithmField(methods: readonly AlgorithmPlug[], fallback: string) {
  const words = methods.map((plug) => plug.word);
  return anything()
    .transform((value, context): AlgorithmChoice => {
      const written = wordAndOptions(value, words);
      const plug = methods.find((method) => written !== undefined && isSame(method.word, written.word));
      if (written === undefined || plug === undefined) {
        fail(context, written?.word ?? value, `one of ${words.join(', ')}`, didYouMean(written?.word, words));
        return NONE;
      }
      const options = optionsOf(plug, written.options);
      if (options === undefined) {
        fail(context, written.options, `the options of ${plug.word}`, `for example ${plug.example}`, [
          ...written.path,
        ]);
        return NONE;
      }
      const result = check(plug.options, options);
      if (result.ok) return { name: plug.name, options: result.value };
      handOn(context, result.issues, written.path);
      return NONE;
    })
    .meta({ anyOf: [{ enum: words }, ...methods.map(schemaOf)] })
    .prefault(fallback);
}

/** The plug of a checked algorithm. @throws {TypeError} where `methods` are another product's. */
export function chosenAlgorithm<Plug extends AlgorithmPlug>(
  methods: readonly Plug[],
  algorithm: AlgorithmChoice,
): Plug {
  const plug = methods.find((method) => method.name === algorithm.name);
  if (plug === undefined) throw new TypeError(`no algorithm is named "${algorithm.name}"`);
  return plug;
}

/** What a written algorithm names: its plug, and its options as a mapping, unchecked; `undefined` where it names none. */
export function maybeAlgorithm<Plug extends AlgorithmPlug>(
  value: unknown,
  methods: readonly Plug[],
): { readonly plug: Plug; readonly options: unknown } | undefined {
  const words = methods.map((plug) => plug.word);
  const written = wordAndOptions(value, words);
  const plug = methods.find((method) => written !== undefined && isSame(method.word, written.word));
  if (written === undefined || plug === undefined) return undefined;
  const options = optionsOf(plug, written.options);
  return options === undefined ? undefined : { plug, options };
}

/** A mapping as it is, a text as the product's configuration would have it. */
function optionsOf(plug: AlgorithmPlug, options: unknown): unknown {
  return typeof options === 'string' ? plug.maybeOptions?.(options) : options;
}

function schemaOf(plug: AlgorithmPlug): Record<string, unknown> {
  const { $schema: _, ...options } = toJsonSchema(plug.options);
  return {
    type: 'object',
    description: plug.summary,
    properties: { [plug.word]: { anyOf: [options, { type: 'string' }] } },
    required: [plug.word],
    additionalProperties: false,
  };
}

/** Words are the same in any case, with `-` or `_`: configurations and APIs of one product differ in that. */
function isSame(known: string, written: string): boolean {
  const plain = (word: string) => word.toLowerCase().replaceAll('_', '-');
  return plain(known) === plain(written);
}

interface Written {
  readonly word: string;
  readonly options: unknown;
  readonly path: readonly string[];
}

/** `random(2)` and `hash $arg_k` are a word that is known and what follows it; anything else is a word as it stands. */
function wordAndOptions(value: unknown, words: readonly string[]): Written | undefined {
  if (typeof value === 'string') {
    const [, word, rest] = /^([\w-]+)[\s(](.*?)\)?$/.exec(value.trim()) ?? [];
    if (word !== undefined && words.some((known) => isSame(known, word)))
      return { word, options: rest, path: [] };
    return { word: value, options: {}, path: [] };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length !== 1) return undefined;
  const [word, options] = entries[0]!;
  return { word, options: options ?? {}, path: [word] };
}
