import { check, didYouMean } from '../options/fields.js';
import { type Desk, originOf } from './desk.js';
import { EXPERIMENT_KEYS, varyField } from './experiment-fields.js';
import { findingsOf } from './issues.js';
import { mappingOf } from './mapping.js';
import { MODEL_KEYS } from './model-fields.js';
import { type Finding, mistakeOf } from './origin.js';
import { type Path, parsePath } from './path.js';
import { type ParsedPaths, VARIANTS_MAX, type VaryWritten, variantCount } from './vary.js';

/** The checked `vary`; nothing where it has mistakes: the rest of the file is checked all the same. */
export function readVary(desk: Desk): { vary: VaryWritten; paths: ParsedPaths } {
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
  const known = [...new Set([...EXPERIMENT_KEYS, ...MODEL_KEYS])].filter((key) => !NOT_VARIED.includes(key));
  if (known.includes(root)) return undefined;
  const expected = 'a path that begins with a key of the experiment or the model';
  return { expected, hint: didYouMean(root, known) ?? known.join(', ') };
}

/** Keys without meaning for a run. */
const NOT_VARIED = ['vary', 'x-parts'];

/** True for a path into the model; `model` alone names another model file. */
export function isModelPath(path: Path): boolean {
  return path[0] === 'model' ? path.length > 1 : !EXPERIMENT_KEYS.includes(String(path[0]));
}

/** The path inside the model: `model.hosts` is `hosts`. */
export function modelPath(path: Path): Path {
  return path[0] === 'model' ? path.slice(1) : path;
}
