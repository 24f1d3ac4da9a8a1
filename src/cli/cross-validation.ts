import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CalibrationRun } from '../experiment/calibrate/simulator.js';
import { defaultBucket } from '../experiment/measured-window.js';
import { accuracyRows } from '../experiment/rows.js';
import { canonicalHash, sortKeys } from '../input/canonical.js';
import { loadExperiment, type Overrides } from '../input/load.js';
import { memoryFiles, readSource } from '../input/source.js';
import { parseYaml } from '../input/yaml.js';
import type { AccuracyRow } from '../metrics/accuracy.js';
import { canonicalJson } from '../report/canonical.js';
import { type CalibrationInput, calibratedModelText, calibrateWatched } from './calibrating.js';
import type { CommandContext } from './context.js';
import { diskFiles } from './files.js';
import { predict } from './predicting.js';
import { writeFiles } from './results.js';

/** What the file of a cross-validation holds; its runs so far, where it was interrupted. */
interface CrossValidation {
  /** `sha256:` of the model, the experiments' names and the measured files. */
  readonly inputs: string;
  /** Runs that were left out, predicted and written down. */
  readonly runs: readonly string[];
  readonly rows: readonly AccuracyRow[];
}

/**
 * Leaves out one run after the other, fits the model to the rest, and predicts the one: `{ rows: [...] }`, written after each run, so
 * that the same command goes on where it was stopped.
 * @returns `undefined` where Ctrl-C stopped it.
 */
export async function crossValidate(
  input: CalibrationInput,
  target: string,
  context: CommandContext,
): Promise<CrossValidation | undefined> {
  const inputs = canonicalHash([
    input.model.hash,
    input.runs.map(({ measured }) => measured.run),
    input.hashes,
  ]);
  let done = readDone(target, inputs);
  const left = input.runs.filter((run) => isWhole(run) && !done.runs.includes(run.measured.run));
  for (const run of left) {
    context.console.error(`leaving out ${run.measured.run}`);
    const rows = await rowsWithout(input, run, context);
    if (rows === undefined) return undefined;
    done = { inputs, runs: [...done.runs, run.measured.run], rows: [...done.rows, ...rows] };
    const file = { name: path.basename(target), content: canonicalJson(done) };
    writeFiles(path.dirname(target), [file]);
  }
  return done;
}

function isWhole({ endSeconds }: CalibrationRun): boolean {
  return endSeconds === undefined;
}

function readDone(target: string, inputs: string): CrossValidation {
  const none = { inputs, runs: [], rows: [] };
  if (!existsSync(target)) return none;
  const before = JSON.parse(readFileSync(target, 'utf8')) as CrossValidation;
  return before.inputs === inputs ? before : none;
}

async function rowsWithout(
  input: CalibrationInput,
  run: CalibrationRun,
  context: CommandContext,
): Promise<AccuracyRow[] | undefined> {
  const runs = input.runs
    .filter(({ day }) => day !== run.day)
    .map((each) => ({ ...each, day: each.day > run.day ? each.day - 1 : each.day }));
  const hashes = input.hashes.filter((_, day) => day !== run.day);
  const found = await calibrateWatched({ ...input, runs, hashes }, context);
  if (found === undefined) return undefined;
  const text = calibratedModelText(input.model, found, { software: {} });
  const file = input.model.file;
  const yaml = parseYaml(readSource(memoryFiles({ [file]: text }), file));
  const model = { yaml, value: sortKeys(yaml.value) };
  const reload = (overrides: Overrides) =>
    loadExperiment(run.measured.file, diskFiles, { ...overrides, model });
  const predicted = await predict({ loaded: reload({}), reload }, context, { progress: 'shown' });
  if (predicted.isInterrupted) return undefined;
  const own = predicted.variants.find(
    ({ variant }) => canonicalJson(variant.assignments) === canonicalJson(run.measured.assignments),
  );
  if (own === undefined) return [];
  const takes = run.takes.map((take) => take.run);
  const bucketSeconds = defaultBucket(Math.max(...takes.map(({ durationSeconds }) => durationSeconds)));
  return accuracyRows(takes, own.records, { bucketSeconds, isCalibrated: () => false });
}
