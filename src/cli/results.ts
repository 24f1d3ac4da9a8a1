import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { RunResult, VariantResult } from '../metrics/result.js';
import type { RenderedFile } from '../report/format.js';
import { UsageError } from './failure.js';

/** The file that holds the whole result, and by which a directory of results is known. */
export const RESULT_FILE = 'result.json';
/** What a run was asked for: enough to run it again. */
const RUN_FILE = 'run.json';
/** The finished variants of an interrupted run. */
const RESUME_FILE = 'resume.json';

/** How a result came about. */
export interface RunRecord {
  /** The experiment's file, relative to the directory of the result. */
  readonly experiment: string;
  /** What the command line put in place of the file's. */
  readonly overrides: { readonly seed?: string; readonly replications?: number };
}

/** What an interrupted run had finished. */
interface ResumeRecord {
  readonly version: string;
  readonly inputs: string;
  readonly finished: readonly VariantResult[];
}

/** Writes files so that each is there completely or not at all; the directory is made where it is missing. */
export function writeFiles(directory: string, files: readonly RenderedFile[]): void {
  mkdirSync(directory, { recursive: true });
  for (const { name, content } of files) {
    const target = path.join(directory, name);
    const unfinished = path.join(directory, `.${name}.${process.pid}.tmp`);
    try {
      writeFileSync(unfinished, content);
      renameSync(unfinished, target);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
  }
}

/**
 * Sees that results can be written to `directory` before anything is run; makes nothing.
 * @throws UsageError where it, or what it would be in, is a file or may not be written to.
 */
export function checkWritable(directory: string): void {
  let place = path.resolve(directory);
  while (kindOf(place) === 'nothing' && path.dirname(place) !== place) place = path.dirname(place);
  const hint = 'name another directory with --out';
  if (kindOf(place) !== 'directory') {
    throw new UsageError(`results cannot be written to ${directory}: ${place} is not a directory`, hint);
  }
  try {
    accessSync(place, constants.W_OK);
  } catch {
    throw new UsageError(`results cannot be written to ${directory}: ${place} may not be written to`, hint);
  }
}

function kindOf(place: string): 'directory' | 'other' | 'nothing' {
  try {
    return statSync(place).isDirectory() ? 'directory' : 'other';
  } catch {
    return 'nothing';
  }
}

/** Writes down how the result in `directory` came about. */
export function writeRunRecord(directory: string, file: string, overrides: RunRecord['overrides']): void {
  const experiment = path.relative(directory, file).split(path.sep).join('/');
  const record: RunRecord = { experiment, overrides };
  writeFiles(directory, [{ name: RUN_FILE, content: `${JSON.stringify(record, null, 2)}\n` }]);
}

/** How the result in `directory` came about, and the experiment's file as seen from here; `undefined` where nothing tells. */
export function readRunRecord(directory: string): (RunRecord & { readonly file: string }) | undefined {
  const record = readJson(path.join(directory, RUN_FILE)) as RunRecord | undefined;
  return record && { ...record, file: path.join(directory, record.experiment) };
}

/** Keeps the finished variants of an interrupted run. */
export function writeResume(directory: string, result: RunResult): void {
  const record: ResumeRecord = { version: result.version, inputs: result.inputs, finished: result.variants };
  writeFiles(directory, [{ name: RESUME_FILE, content: JSON.stringify(record) }]);
}

/** Forgets an interrupted run: it is complete now. */
export function removeResume(directory: string): void {
  rmSync(path.join(directory, RESUME_FILE), { force: true });
}

/**
 * The finished variants of an interrupted run of the same inputs by the same version, by label.
 * @throws UsageError where they are of other inputs: mixing the two would be a result of nothing.
 */
export function readResume(
  directory: string,
  { inputs, version }: { inputs: string; version: string },
): ReadonlyMap<string, VariantResult> {
  const record = readJson(path.join(directory, RESUME_FILE)) as ResumeRecord | undefined;
  if (record === undefined) return new Map();
  if (record.inputs !== inputs || record.version !== version) {
    const what = record.inputs === inputs ? `version ${record.version} of sim` : 'other inputs';
    throw new UsageError(
      `the interrupted run in ${directory} was made with ${what}`,
      'run without --resume to start anew',
    );
  }
  return new Map(record.finished.map((variant) => [variant.label, variant]));
}

/**
 * Reads a result: its file, or the directory it is in.
 * @throws UsageError where there is none.
 */
export function readResult(given: string): { result: RunResult; directory: string } {
  const isDirectory = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = isDirectory ? path.join(given, RESULT_FILE) : given;
  const result = readJson(file) as Partial<RunResult> | undefined;
  if (result === undefined) {
    throw new UsageError(`there is no result at ${given}`, 'sim run writes results/NAME/result.json');
  }
  const isResult = Array.isArray(result.variants) && result.variants.every((variant) => 'series' in variant);
  if (!isResult || typeof result.inputs !== 'string') {
    throw new UsageError(`${file} is not a result of sim run`, 'give it results/NAME/result.json');
  }
  return { result: result as RunResult, directory: path.dirname(file) };
}

/** The value in a JSON file; `undefined` where there is no such file. */
function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message counts characters; that the file is not ours says more.
    throw new UsageError(`${file} is not JSON`);
  }
}
