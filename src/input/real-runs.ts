import { check } from '../options/fields.js';
import { canonicalJson } from './canonical.js';
import type { Desk } from './desk.js';
import { InputError, nameHint } from './error.js';
import type { MeasuredSpec } from './experiment.js';
import { measuredField } from './experiment-fields.js';
import { findingsOf } from './issues.js';
import { mappingOf } from './mapping.js';
import { filesOfEntry } from './measured-entry.js';
import { type Finding, locate, mistakeOf, type Origin } from './origin.js';
import { formatPath, type Path, parsePath } from './path.js';
import { type Reference, readSource } from './source.js';
import type { Assignment, ParsedPaths } from './vary.js';

/** The variant whose measurements are looked for. */
export interface MeasuredContext {
  readonly assignments: readonly Assignment[];
  /** The paths of `vary`; `undefined` where it has mistakes, and `when` cannot be held against it. */
  readonly paths: ParsedPaths | undefined;
  readonly origin: Origin;
}

/** The measurements of this variant: those whose `when` is true of it. */
export function measuredOf(
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
  return result.value.flatMap(({ when, label, stretch, prometheus, targets, ...entry }, index) => {
    const at = ['measured', index];
    const named = filesOfEntry(entry);
    if ('got' in named) {
      report({ path: at, ...named });
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
    const { format, files, settings } = named;
    const find = (name: string, path: Path) =>
      findFile(desk, name, { ...locate(origin, path, 'value'), path: formatPath(path) });
    const [file, ...also] = files.map((name) => find(name, [...at, format])) as [string, ...string[]];
    const answers = prometheus.map((name) => find(name, [...at, 'prometheus']));
    return applies ? [{ file, also, format, label, stretch, prometheus: answers, targets, ...settings }] : [];
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
