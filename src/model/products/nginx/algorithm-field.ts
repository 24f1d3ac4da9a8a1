import { anything, check, didYouMean, fail, toJsonSchema } from '../../../options/fields.js';
import { balancers } from '../../balancers/index.js';
import type { NginxMethodPlug } from './method.js';

/** A method with its checked options, under the plug's name (`nginx-least-conn`). */
export interface NginxAlgorithm {
  readonly name: string;
  readonly options: unknown;
}

/** The methods of nginx, from the catalogue of all algorithms. */
const methods: readonly NginxMethodPlug[] = balancers.filter((plug) => plug.product === 'nginx');
const words = methods.map((plug) => plug.word);

/** The plug of a checked algorithm. */
export function nginxMethod(algorithm: NginxAlgorithm): NginxMethodPlug {
  const plug = methods.find((method) => method.name === algorithm.name);
  if (plug === undefined) throw new TypeError(`nginx has no method "${algorithm.name}"`);
  return plug;
}

/**
 * A method by its word, with options where it has some:
 * `least_conn`, `{ hash: { key: $request_uri, consistent: true } }`, or as nginx.conf has it `{ hash: $request_uri consistent }`.
 */
export function algorithmField() {
  return anything()
    .transform((value, context): NginxAlgorithm => {
      const written = wordAndOptions(value);
      const plug = methods.find((method) => method.word === written?.word);
      if (written === undefined || plug === undefined) {
        fail(context, written?.word ?? value, `one of ${words.join(', ')}`, didYouMean(written?.word, words));
        return NONE;
      }
      const options = optionsOf(plug, written.options);
      if (options === undefined) {
        fail(context, written.options, `the options of ${plug.word}`, `for example ${plug.example}`, [
          plug.word,
        ]);
        return NONE;
      }
      const result = check(plug.options, options);
      if (result.ok) return { name: plug.name, options: result.value };
      for (const issue of result.issues) {
        context.addIssue({
          code: 'custom',
          message: issue.message,
          path: [...written.path, ...issue.path],
          ...(issue.aboutKey === undefined ? {} : { params: { aboutKey: issue.aboutKey } }),
        });
      }
      return NONE;
    })
    .meta({ anyOf: [{ enum: words }, ...methods.map(schemaOf)] })
    .prefault('round_robin');
}

/** A mapping as it is, a text as nginx.conf would have it. */
function optionsOf(plug: NginxMethodPlug, options: unknown): unknown {
  return typeof options === 'string' ? plug.maybeOptions?.(options) : options;
}

function schemaOf(plug: NginxMethodPlug): Record<string, unknown> {
  const { $schema: _, ...options } = toJsonSchema(plug.options);
  return {
    type: 'object',
    description: plug.summary,
    properties: { [plug.word]: { anyOf: [options, { type: 'string' }] } },
    required: [plug.word],
    additionalProperties: false,
  };
}

/** Stands for a mistake that was reported. */
const NONE: NginxAlgorithm = { name: '', options: {} };

interface Written {
  readonly word: string;
  readonly options: unknown;
  readonly path: readonly string[];
}

function wordAndOptions(value: unknown): Written | undefined {
  if (typeof value === 'string') return { word: value, options: {}, path: [] };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length !== 1) return undefined;
  const [word, options] = entries[0]!;
  return { word, options: options ?? {}, path: [word] };
}
