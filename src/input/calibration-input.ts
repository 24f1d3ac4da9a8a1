import { canonicalHash, sortKeys } from './canonical.js';
import { resolveDataFiles } from './data-file.js';
import { InputError, type Mistake } from './error.js';
import type { Experiment } from './experiment.js';
import { loadExperiment } from './load.js';
import { mappingOf } from './mapping.js';
import { checkModel, type Model } from './model-file.js';
import { mistakeOf } from './origin.js';
import { parsePath, setPath } from './path.js';
import { isModelPath, modelPath } from './read-vary.js';
import { runName } from './run-name.js';
import { type Files, readSource } from './source.js';
import { fillUnknowns, readUnknowns, type Unknown, type UnknownValues } from './unknowns.js';
import { parseYaml, type YamlFile } from './yaml.js';

/** A model with unknowns, read. */
export interface UncalibratedModel {
  readonly file: string;
  readonly yaml: YamlFile;
  /** Plain data, keys sorted, unknowns as they are written. */
  readonly value: unknown;
  /** At least one, in the order of the text. */
  readonly unknowns: readonly Unknown[];
  /** `sha256:` of the plain data. */
  readonly hash: string;
}

/** An experiment (one variant of it) that was measured. */
export interface MeasuredExperiment {
  /** `n1-steady` */
  readonly run: string;
  readonly file: string;
  /** With the start values of the model's unknowns. */
  readonly experiment: Experiment;
  /** Path to value, as `vary` has them. */
  readonly assignments: Readonly<Record<string, unknown>>;
}

/**
 * Reads a model with unknowns.
 * @throws InputError with all mistakes; a model without unknowns is one.
 */
export function loadUncalibrated(file: string, files: Files): UncalibratedModel {
  const yaml = parseYaml(readSource(files, file));
  const value = sortKeys(yaml.value);
  const origin = { yaml, base: [], overlays: [] };
  const { unknowns, findings } = readUnknowns(yaml, value);
  const mistakes: Mistake[] = findings.map((finding) => mistakeOf(origin, finding));
  if (mistakes.length === 0 && unknowns.length === 0) {
    const hint = 'write `?` for a value, or { fit: { min: 0.1ms, max: 2ms } }';
    mistakes.push({ file, path: '', got: 'a model without unknowns', expected: 'one to calibrate', hint });
  }
  if (mistakes.length > 0) throw new InputError(mistakes);
  return { file, yaml, value, unknowns, hash: canonicalHash(value) };
}

/**
 * The measured variants of an experiment, with `model` in place of the model it names.
 * @throws InputError with all mistakes.
 */
export function loadMeasuredExperiments(
  file: string,
  files: Files,
  model: UncalibratedModel,
): MeasuredExperiment[] {
  const start = model.unknowns.map((unknown) => unknown.start);
  const value = fillUnknowns(model.value, model.unknowns, start);
  const loaded = loadExperiment(file, files, { model: { yaml: model.yaml, value } });
  return loaded.variants
    .filter(({ experiment }) => experiment.measured.length > 0)
    .map((variant) => ({
      run: runName(loaded, variant),
      file,
      experiment: variant.experiment,
      assignments: variant.assignments,
    }));
}

/** The model file that an experiment names; `undefined` where it has one inside, or none. */
export function modelFileOf(file: string, files: Files): string | undefined {
  const { model } = mappingOf(parseYaml(readSource(files, file)).value);
  return typeof model === 'string' ? files.resolve(file, model) : undefined;
}

/**
 * An experiment with other values of its model's unknowns.
 * @throws InputError where the model does not allow them.
 */
export function withValues(
  { experiment, assignments, file }: MeasuredExperiment,
  model: UncalibratedModel,
  values: UnknownValues,
  files: Files,
): Experiment {
  let value = fillUnknowns(model.value, model.unknowns, values);
  for (const [text, assigned] of Object.entries(assignments)) {
    const path = parsePath(text);
    if (path !== undefined && isModelPath(path)) value = setPath(value, modelPath(path), assigned);
  }
  return { ...experiment, model: checkedModel(sortKeys(value), { file, model, files }) };
}

interface CheckContext {
  readonly file: string;
  readonly model: UncalibratedModel;
  readonly files: Files;
}

function checkedModel(value: unknown, { file, model, files }: CheckContext): Model {
  const origin = { yaml: model.yaml, base: [], overlays: [] };
  const resolved = resolveDataFiles(value, origin, files);
  const checked = checkModel(resolved.value);
  if (checked.model !== undefined) return checked.model;
  const mistakes = checked.findings.map((finding) => ({ ...mistakeOf(origin, finding), file }));
  throw new InputError([...resolved.mistakes, ...mistakes]);
}
