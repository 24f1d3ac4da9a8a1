import { amountAssignments } from './amounts.js';
import { sortKeys } from './canonical.js';
import { resolveDataFiles } from './data-file.js';
import { type Desk, originOf, type Room } from './desk.js';
import { InputError } from './error.js';
import type { Experiment } from './experiment.js';
import { checkFrame } from './experiment-check.js';
import { isMapping, mappingOf, maybeMisspelt } from './mapping.js';
import { checkModel, type Model } from './model-file.js';
import { checkModelReferences } from './model-references.js';
import { type Finding, locate, mistakeOf, type Origin, type Overlay } from './origin.js';
import { formatPath, getPath, type Path, PathError, setPath, startsWith } from './path.js';
import { isModelPath, modelPath } from './read-vary.js';
import { measuredOf } from './real-runs.js';
import { scriptLoader } from './script-load.js';
import { type Reference, readSource } from './source.js';
import { resolveTraces } from './trace-file.js';
import { unknownPaths } from './unknown-places.js';
import type { Assignment, ParsedPaths } from './vary.js';
import { parseYaml, type YamlFile } from './yaml.js';

/**
 * One variant: the experiment with the assignments in place, checked with its model; `undefined` where anything was wrong.
 * @param paths the paths of `vary`; `undefined` where it has mistakes.
 */
export function checkVariant(
  desk: Desk,
  assignments: readonly Assignment[],
  paths: ParsedPaths | undefined,
): Experiment | undefined {
  const before = desk.mistakes.length;
  const own = assignments.filter(({ path }) => !isModelPath(path));
  const inModel = assignments
    .filter(({ path }) => isModelPath(path))
    .map((assignment) => ({ ...assignment, path: modelPath(assignment.path) }));
  const origin = { ...originOf(desk), overlays: overlaysOf(desk, own) };
  const experiment = assign(desk, desk.plain, own);
  const found = findModel(desk, experiment, origin);
  let model: Model | undefined;
  let modelValue: unknown;
  if (found !== undefined) {
    const all = [...amountAssignments(desk.amounts, found.value, inModel), ...inModel];
    modelValue = assign(desk, found.value, all);
    model = modelOf(modelValue, { ...found.origin, overlays: overlaysOf(desk, all) }, desk);
  }
  const report = (finding: Finding) => desk.mistakes.push(mistakeOf(origin, finding));
  const { model: _, ...withoutModel } = mappingOf(experiment);
  const resolved = resolveDataFiles(withoutModel, origin, desk.files);
  const traced = resolveTraces(resolved.value, origin, desk.files);
  desk.mistakes.push(...resolved.mistakes, ...traced.mistakes);
  const frameValue =
    'model' in mappingOf(experiment) ? { ...mappingOf(traced.value), model: '-' } : traced.value;
  const loadScript = scriptLoader(desk, origin);
  const frame = checkFrame(
    isMapping(experiment) ? frameValue : experiment,
    { model: modelValue, loadScript },
    report,
  );
  const measured = measuredOf(desk, experiment, { assignments, paths, origin });
  if (frame === undefined || model === undefined || desk.mistakes.length > before) return undefined;
  return { ...frame, model, measured };
}

function overlaysOf(desk: Desk, assignments: readonly Assignment[]): Overlay[] {
  return assignments.map(({ path, valueAt, keyAt }) => ({ path, valueAt, keyAt, yaml: desk.yaml }));
}

/** `value` with the assignments in place, keys sorted again. */
function assign(desk: Desk, value: unknown, assignments: readonly Assignment[]): unknown {
  let assigned = value;
  for (const { path, value: part, keyAt, text } of assignments) {
    if (leadsThroughMisspelt(assigned, path)) continue;
    try {
      assigned = setPath(assigned, path, part);
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      const got = `${JSON.stringify(text)}, but ${formatPath(error.prefix)} is not a mapping`;
      const finding = {
        path: keyAt.slice(0, -1),
        aboutKey: String(keyAt.at(-1)),
        got,
        expected: error.expected,
      };
      desk.mistakes.push(mistakeOf(originOf(desk), finding));
    }
  }
  return sortKeys(assigned);
}

/** True where a mapping on the way is missing, but may be there under a misspelt key: that is told, and enough. */
function leadsThroughMisspelt(value: unknown, path: Path): boolean {
  return path
    .slice(0, -1)
    .some((segment, depth) =>
      maybeMisspelt(mappingOf(getPath(value, path.slice(0, depth))), String(segment)),
    );
}

/** The model of an experiment: a file that it names, read once, or a mapping in it. */
function findModel(
  desk: Desk,
  experiment: unknown,
  origin: Origin,
): { value: unknown; origin: Origin } | undefined {
  const { instead } = desk;
  if (instead !== undefined) {
    return { value: instead.value, origin: { yaml: instead.yaml, base: [], overlays: [] } };
  }
  const { model } = mappingOf(experiment);
  if (isMapping(model)) return { value: model, origin: { yaml: desk.yaml, base: ['model'], overlays: [] } };
  if (typeof model !== 'string' || model === '') {
    const wrong = { path: ['model'], got: JSON.stringify(model), expected: 'a model file, or a mapping' };
    if (model !== undefined) desk.mistakes.push(mistakeOf(origin, wrong));
    return undefined;
  }
  const reference = { ...locate(origin, ['model'], 'value'), path: 'model' };
  const file = desk.files.resolve(reference.file, model);
  if (!desk.models.has(file)) desk.models.set(file, readModelFile(desk, file, reference));
  const yaml = desk.models.get(file);
  return yaml && { value: sortKeys(yaml.value), origin: { yaml, base: [], overlays: [] } };
}

function readModelFile(desk: Desk, file: string, reference: Reference): YamlFile | undefined {
  try {
    return parseYaml(readSource(desk.files, file, { reference }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    desk.mistakes.push(...error.mistakes);
    return undefined;
  }
}

/** Checks a model's plain data, data files read; `undefined` where there were mistakes. */
export function modelOf(value: unknown, origin: Origin, { files, mistakes }: Room): Model | undefined {
  const resolved = resolveDataFiles(value, origin, files);
  const { model, findings } = checkModel(resolved.value);
  const before = mistakes.length;
  mistakes.push(...resolved.mistakes);
  const report = (finding: Finding) => mistakes.push(mistakeOf(origin, finding));
  const unknown = unknownPaths(value);
  for (const path of unknown) report({ path, ...UNKNOWN });
  const told = findings.filter(({ path }) => !unknown.some((prefix) => startsWith(path, prefix)));
  for (const finding of firstOfEachList(told, resolved.lists)) report(finding);
  checkModelReferences(resolved.value, report);
  return mistakes.length > before ? undefined : model;
}

/** What is wrong with an unknown where the model is to be run. */
const UNKNOWN = {
  got: 'an unknown',
  expected: 'a value',
  hint: 'run `sim calibrate` to fit it to real runs',
};

/** A data file in the wrong unit is one mistake, not one per value. */
function firstOfEachList(findings: readonly Finding[], lists: readonly Path[]): Finding[] {
  const seen = new Set<Path>();
  return findings.filter((finding) => {
    const list = lists.find((candidate) => startsWith(finding.path, candidate));
    if (list === undefined) return true;
    if (seen.has(list)) return false;
    seen.add(list);
    return true;
  });
}
