import type { Amounts } from './amounts.js';
import { canonicalHash, sortKeys } from './canonical.js';
import { type Desk, type ModelInstead, originOf } from './desk.js';
import { InputError, type Mistake } from './error.js';
import type { Experiment, LoadedExperiment, Variant } from './experiment.js';
import { mappingOf, maybeMisspelt } from './mapping.js';
import type { Model } from './model-file.js';
import { mistakeOf } from './origin.js';
import { readVary } from './read-vary.js';
import { type Files, readSource } from './source.js';
import { checkVariant, modelOf } from './variant.js';
import { type Assignment, combinations, labelsOf } from './vary.js';
import { parseYaml } from './yaml.js';

/** Values that the command line puts in place of the file's. */
export interface Overrides {
  readonly seed?: string;
  readonly replications?: number;
  /** A model to take the place of the one that the file names. */
  readonly model?: ModelInstead;
  /** Amounts to put into the model, see {@link Amounts}: what a calibration is unsure of, drawn. */
  readonly amounts?: Amounts;
}

/**
 * Reads and checks an experiment with its model and data files, and applies every combination of its `vary`.
 * @throws InputError with all mistakes of all variants, each once.
 */
export function loadExperiment(file: string, files: Files, overrides: Overrides = {}): LoadedExperiment {
  const yaml = parseYaml(readSource(files, file));
  const { model: instead, amounts = {}, ...values } = overrides;
  const plain = sortKeys(override(yaml.value, values));
  const desk: Desk = { files, mistakes: [], file, yaml, plain, models: new Map(), instead, amounts };
  const name = baseName(file);
  const { vary, paths } = readVary(desk);
  const isVaryRight = desk.mistakes.length === 0 && !maybeMisspelt(mappingOf(plain), 'vary');
  const variants: Variant[] = [];
  const labels = new Set<string>();
  const grid = combinations(vary, paths);
  const varied = labelsOf(grid, paths, name);
  for (const [index, assignments] of grid.entries()) {
    const label = varied[index]!;
    if (labels.has(label)) tellTwice(desk, assignments, label);
    labels.add(label);
    const experiment = checkVariant(desk, assignments, isVaryRight ? paths : undefined);
    if (experiment === undefined) continue;
    variants.push({
      assignments: Object.fromEntries(assignments.map(({ text, value }) => [text, value])),
      label,
      experiment,
    });
  }
  if (desk.mistakes.length > 0) throw new InputError(desk.mistakes);
  const inputs = variants.map(({ experiment }) => hashedOf(experiment));
  const title = variants[0]!.experiment.title;
  return { name, file, title, inputsHash: canonicalHash(inputs), variants };
}

/**
 * Reads and checks a model by itself.
 * @throws InputError with all mistakes.
 */
export function loadModel(file: string, files: Files): Model {
  const yaml = parseYaml(readSource(files, file));
  const mistakes: Mistake[] = [];
  const model = modelOf(sortKeys(yaml.value), { yaml, base: [], overlays: [] }, { files, mistakes });
  if (mistakes.length > 0 || model === undefined) throw new InputError(mistakes);
  return model;
}

/** True if a file is a model, not an experiment: it has hosts or services at its top. Throws like {@link loadModel} where it cannot be read. */
export function isModelFile(file: string, files: Files): boolean {
  const keys = Object.keys(mappingOf(parseYaml(readSource(files, file)).value));
  return !keys.includes('model') && (keys.includes('services') || keys.includes('hosts'));
}

/** What decides on the numbers: no measurements, and of a script its texts. */
function hashedOf({ measured: _, script, ...rest }: Experiment): unknown {
  return script === undefined ? rest : { ...rest, script: { env: script.env, sources: script.sources } };
}

/** Two variants of one name would be one in every table, and in an interrupted run. */
function tellTwice(desk: Desk, assignments: readonly Assignment[], label: string): void {
  const path = assignments.at(-1)?.valueAt ?? ['vary'];
  const got = `the variant ${JSON.stringify(label)} a second time`;
  desk.mistakes.push(mistakeOf(originOf(desk), { path, got, expected: 'each variant once' }));
}

function override(value: unknown, overrides: Omit<Overrides, 'model'>): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return { ...value, ...overrides };
}

/** `experiments/n-instances.yaml` is `n-instances`. */
function baseName(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.(ya?ml|json)$/i, '');
}
