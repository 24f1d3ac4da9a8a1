import { toJsonSchema } from '../options/fields.js';
import { experimentSchemaField } from './experiment-fields.js';
import { modelField } from './model-fields.js';

/** JSON Schema (draft 2020-12) of an experiment file. References between names are beyond it: `sim check` checks them. */
export function experimentSchema(): Record<string, unknown> {
  return { title: 'clustersim experiment', ...toJsonSchema(experimentSchemaField) };
}

/**
 * JSON Schema (draft 2020-12) of a model file that can be run. Unknowns (`?`, `{ fit: ... }`) are not in it: an editor underlines each, as
 * what is still to be calibrated.
 */
export function modelSchema(): Record<string, unknown> {
  return { title: 'clustersim model', ...toJsonSchema(modelField) };
}
