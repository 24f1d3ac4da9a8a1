import { check } from '../options/fields.js';
import { canonicalHash, canonicalJson, sortKeys } from './canonical.js';
import { resolveDataFiles } from './data-file.js';
import { InputError, type Mistake, nameHint } from './error.js';
import type { Experiment, LoadedExperiment, MeasuredSpec, Variant } from './experiment.js';
import { checkFrame } from './experiment-check.js';
import { EXPERIMENT_KEYS, measuredField, varyField } from './experiment-fields.js';
import { findingsOf } from './issues.js';
import { MODEL_KEYS } from './model-fields.js';
import { checkModel, type Model } from './model-file.js';
import { checkModelReferences, isMapping, mappingOf, maybeMisspelt } from './model-references.js';
import { type Finding, locate, mistakeOf, type Origin, type Overlay } from './origin.js';
import { formatPath, getPath, type Path, PathError, parsePath, setPath, startsWith } from './path.js';
import { type Files, type Reference, readSource } from './source.js';
import {
  type Assignment,
  combinations,
  labelOf,
  type ParsedPaths,
  VARIANTS_MAX,
  type VaryWritten,
  variantCount,
} from './vary.js';
import { parseYaml, type YamlFile } from './yaml.js';

/** Values that the command line puts in place of the file's. */
export interface Overrides {
  readonly seed?: string;
  readonly replications?: number;
}

/**
 * Reads and checks an experiment with its model and data files, and applies every combination of its `vary`.
 * @throws InputError with all mistakes of all variants, each once.
 */
export function loadExperiment(file: string, files: Files, overrides: Overrides = {}): LoadedExperiment {
  const yaml = parseYaml(readSource(files, file));
  const plain = sortKeys(override(yaml.value, overrides));
  const desk: Desk = { files, mistakes: [], file, yaml, plain, models: new Map() };
  const name = baseName(file);
  const { vary, paths } = readVary(desk);
  const isVaryRight = desk.mistakes.length === 0 && !maybeMisspelt(mappingOf(plain), 'vary');
  const variants: Variant[] = [];
  for (const assignments of combinations(vary, paths)) {
    const experiment = checkVariant(desk, assignments, isVaryRight ? paths : undefined);
    if (experiment === undefined) continue;
    variants.push({
      assignments: Object.fromEntries(assignments.map(({ text, value }) => [text, value])),
      label: assignments.length === 0 ? name : labelOf(assignments, paths),
      experiment,
    });
  }
  if (desk.mistakes.length > 0) throw new InputError(desk.mistakes);
  const inputs = variants.map(({ experiment: { measured: _, ...rest } }) => rest);
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

/** What checks report to, and read from. */
interface Room {
  readonly files: Files;
  readonly mistakes: Mistake[];
}

/** Checks a model's plain data, data files read; `undefined` where there were mistakes. */
function modelOf(value: unknown, origin: Origin, { files, mistakes }: Room): Model | undefined {
  const resolved = resolveDataFiles(value, origin, files);
  const { model, findings } = checkModel(resolved.value);
  const before = mistakes.length;
  mistakes.push(...resolved.mistakes);
  const report = (finding: Finding) => mistakes.push(mistakeOf(origin, finding));
  for (const finding of firstOfEachList(findings, resolved.lists)) report(finding);
  checkModelReferences(resolved.value, report);
  return mistakes.length > before ? undefined : model;
}

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

/** One experiment on its way from text to variants. */
interface Desk extends Room {
  readonly file: string;
  readonly yaml: YamlFile;
  /** The experiment's plain data, keys sorted. */
  readonly plain: unknown;
  /** Model files by path; `undefined` where one could not be read. */
  readonly models: Map<string, YamlFile | undefined>;
}

function override(value: unknown, overrides: Overrides): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return { ...value, ...overrides };
}

/** `experiments/n-instances.yaml` is `n-instances`. */
function baseName(file: string): string {
  return file.replace(/^.*[/\\]/, '').replace(/\.(ya?ml|json)$/i, '');
}

/** The checked `vary`; nothing where it has mistakes: the rest of the file is checked all the same. */
function readVary(desk: Desk): { vary: VaryWritten; paths: ParsedPaths } {
  const none = { vary: {}, paths: new Map<string, Path>() };
  const written = mappingOf(desk.plain).vary;
  if (written === undefined) return none;
  const report = (finding: Finding) => {
    desk.mistakes.push(mistakeOf(originOf(desk), { ...finding, path: ['vary', ...finding.path] }));
  };
  const result = check(varyField, written);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report(finding);
    return none;
  }
  const paths = parsePaths(result.value as VaryWritten, report);
  const vary = withKnownPaths(result.value as VaryWritten, paths);
  const count = variantCount(vary);
  if (count === 0) report({ path: [], got: 'no value', expected: 'at least one value for each path' });
  if (count > VARIANTS_MAX) {
    report({ path: [], got: `${count} variants`, expected: `at most ${VARIANTS_MAX} variants` });
  }
  return count === 0 || count > VARIANTS_MAX ? none : { vary, paths };
}

function withKnownPaths(vary: VaryWritten, paths: ParsedPaths): VaryWritten {
  const keep = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([text]) => paths.has(text)));
  return Array.isArray(vary) ? vary.map(keep) : keep(vary as Readonly<Record<string, unknown[]>>);
}

function originOf(desk: Desk): Origin {
  return { yaml: desk.yaml, base: [], overlays: [] };
}

function parsePaths(vary: VaryWritten, report: (finding: Finding) => void): ParsedPaths {
  const paths = new Map<string, Path>();
  const groups: [Path, readonly string[]][] = Array.isArray(vary)
    ? vary.map((combination, index) => [[index], Object.keys(combination)])
    : [[[], Object.keys(vary)]];
  for (const [at, texts] of groups) {
    for (const text of texts) {
      const path = parsePath(text);
      const problem = path === undefined ? NOT_A_PATH : rootProblem(path);
      if (problem === undefined) paths.set(text, path!);
      else report({ path: at, aboutKey: text, got: JSON.stringify(text), ...problem });
    }
  }
  return paths;
}

const NOT_A_PATH = {
  expected: 'a path such as services.api.replicas',
  hint: 'keys with blanks, dots or brackets need quotes: services.api.routes."GET /x"[0].cpu',
};

function rootProblem(path: Path): { expected: string; hint?: string } | undefined {
  const root = String(path[0]);
  const known = [...new Set([...EXPERIMENT_KEYS.filter((key) => key !== 'vary'), ...MODEL_KEYS])];
  if (known.includes(root)) return undefined;
  const expected = `a path that begins with a key of the experiment or the model: ${known.join(', ')}`;
  const hint = nameHint(root, known);
  return hint === undefined ? { expected } : { expected, hint };
}

/** True for a path into the model; `model` alone names another model file. */
function isModelPath(path: Path): boolean {
  return path[0] === 'model' ? path.length > 1 : !EXPERIMENT_KEYS.includes(String(path[0]));
}

/** The path inside the model: `model.hosts` is `hosts`. */
function modelPath(path: Path): Path {
  return path[0] === 'model' ? path.slice(1) : path;
}

function checkVariant(
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
    modelValue = assign(desk, found.value, inModel);
    model = modelOf(modelValue, { ...found.origin, overlays: overlaysOf(desk, inModel) }, desk);
  }
  const report = (finding: Finding) => desk.mistakes.push(mistakeOf(origin, finding));
  const { model: _, ...withoutModel } = mappingOf(experiment);
  const resolved = resolveDataFiles(withoutModel, origin, desk.files);
  desk.mistakes.push(...resolved.mistakes);
  const frameValue =
    'model' in mappingOf(experiment) ? { ...mappingOf(resolved.value), model: '-' } : resolved.value;
  const frame = checkFrame(isMapping(experiment) ? frameValue : experiment, modelValue, report);
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

interface MeasuredContext {
  readonly assignments: readonly Assignment[];
  /** The paths of `vary`; `undefined` where it has mistakes, and `when` cannot be held against it. */
  readonly paths: ParsedPaths | undefined;
  readonly origin: Origin;
}

/** The measurements of this variant: those whose `when` is true of it. */
function measuredOf(
  desk: Desk,
  experiment: unknown,
  { assignments, paths, origin }: MeasuredContext,
): MeasuredSpec[] {
  const result = check(measuredField, mappingOf(experiment).measured ?? []);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) {
      desk.mistakes.push(mistakeOf(origin, { ...finding, path: ['measured', ...finding.path] }));
    }
    return [];
  }
  const values = new Map(assignments.map(({ path, value }) => [formatPath(path), canonicalJson(value)]));
  const known = paths && new Set([...paths.values()].map(formatPath));
  const report = (finding: Finding) => desk.mistakes.push(mistakeOf(origin, finding));
  return result.value.flatMap(({ when, k6, summary, label }, index) => {
    const at = ['measured', index];
    const file = k6 ?? summary;
    if (file === undefined || (k6 !== undefined && summary !== undefined)) {
      report({
        path: at,
        got: file === undefined ? 'neither' : 'both',
        expected: 'one of the keys k6 and summary',
      });
      return [];
    }
    let applies = true;
    for (const [text, value] of Object.entries(when)) {
      const path = formatPath(parsePath(text) ?? [text]);
      if (known === undefined) continue;
      const hint = nameHint(text, [...known]);
      if (known.has(path)) applies &&= values.get(path) === canonicalJson(value);
      else
        report({
          path: [...at, 'when'],
          aboutKey: text,
          got: JSON.stringify(text),
          expected: 'a path of vary',
          hint,
        });
    }
    const format = k6 === undefined ? 'summary' : 'k6';
    const target = findFile(desk, file, {
      ...locate(origin, [...at, format], 'value'),
      path: formatPath([...at, format]),
    });
    return applies ? [{ file: target, format, label }] : [];
  });
}

/** The path of a file that must be there; it is read later, by whoever compares. */
function findFile(desk: Desk, file: string, reference: Reference): string {
  const target = desk.files.resolve(reference.file, file);
  const { kind } = desk.files.read(target, 0);
  if (kind === 'too-large' || kind === 'file') return target;
  try {
    readSource(desk.files, target, { reference });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    desk.mistakes.push(...error.mistakes);
  }
  return target;
}
