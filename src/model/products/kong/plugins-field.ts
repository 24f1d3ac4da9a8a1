import {
  type AnyField,
  anything,
  check,
  didYouMean,
  fail,
  flag,
  handOn,
  list,
  mapOf,
  record,
  text,
  toJsonSchema,
} from '../../../options/fields.js';
import { policies } from '../../policies/index.js';
import type { PolicyPlug } from '../../policy.js';
import type { KongPluginPlug } from './plugin.js';

/** The plugins of Kong, from the catalogue of all policies. */
export const kongPlugins: readonly KongPluginPlug[] = policies.filter(
  (plug) => plug.product === 'kong',
) as readonly PolicyPlug<AnyField>[] as readonly KongPluginPlug[];

/** A plugin with its checked configuration. */
export interface PluginChoice {
  /** The plug's name: `kong-key-auth`. */
  readonly name: string;
  readonly config: unknown;
}

const written = record({
  name: text().describe('the plugin'),
  config: mapOf(anything()).default({}).describe('its configuration, in its own words'),
  enabled: flag().default(true).describe('false: it is left out'),
});

/**
 * `plugins: [ { name: key-auth, config: { key_names: [apikey] } }, ... ]`, each at most once. Whatever their order in the
 * file, they run by their priorities.
 */
export function pluginsField() {
  return list(written)
    .transform((entries, context): readonly PluginChoice[] => {
      const words = kongPlugins.map((plug) => plug.word);
      const choices: PluginChoice[] = [];
      for (const [index, entry] of entries.entries()) {
        const plug = kongPlugins.find((candidate) => candidate.word === entry.name);
        if (plug === undefined) {
          fail(context, entry.name, `one of ${words.join(', ')}`, didYouMean(entry.name, words), [
            index,
            'name',
          ]);
          continue;
        }
        if (choices.some(({ name }) => name === plug.name)) {
          fail(context, entry.name, 'each plugin once', undefined, [index, 'name']);
          continue;
        }
        const result = check(plug.options, entry.config);
        if (result.ok) {
          if (entry.enabled) choices.push({ name: plug.name, config: result.value });
          continue;
        }
        handOn(context, result.issues, [index, 'config']);
      }
      return choices.sort((a, b) => kongPlugin(b).priority - kongPlugin(a).priority);
    })
    .meta({ items: { anyOf: kongPlugins.map(schemaOf) } })
    .prefault([]);
}

/** The plug of a checked plugin. */
export function kongPlugin(choice: PluginChoice): KongPluginPlug {
  return kongPlugins.find((plug) => plug.name === choice.name)!;
}

function schemaOf(plug: KongPluginPlug): Record<string, unknown> {
  const { $schema: _, ...config } = toJsonSchema(plug.options);
  return {
    type: 'object',
    description: plug.summary,
    properties: { name: { const: plug.word }, config, enabled: { type: 'boolean' } },
    required: ['name'],
    additionalProperties: false,
  };
}
