import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  type CalibrationFit,
  type CalibrationProgress,
  type CalibrationTask,
  calibrate,
  calibrationRuns,
} from '../experiment/calibrate/calibrate.js';
import { calibrationOf, writtenValue } from '../experiment/calibrate/outcome.js';
import {
  loadMeasuredExperiments,
  loadUncalibrated,
  modelFileOf,
  type UncalibratedModel,
} from '../input/calibration-input.js';
import { sha256 } from '../input/sha256.js';
import { calibratedText, type WrittenCalibration } from '../input/write-calibration.js';
import type { Calibration } from '../metrics/calibration.js';
import type { CommandContext } from './context.js';
import { UsageError } from './failure.js';
import { diskFiles } from './files.js';
import { readTake } from './take-files.js';

/** A model and the measured runs that it is to be fitted to. */
export interface CalibrationInput extends CalibrationTask {
  /** `sha256:` of each run's measured files. */
  readonly hashes: readonly string[];
}

/**
 * Reads a model with unknowns and measured experiments.
 * @param places files, and directories; a file counts whatever model it names, of a directory those that name one of `models`.
 * @param prometheus address of a Prometheus that is asked in place of its saved answers.
 * @throws InputError, or UsageError where nothing was measured, or Prometheus cannot be asked or has nothing.
 */
export async function readCalibration(
  file: string,
  places: readonly string[],
  models: readonly string[],
  prometheus?: string,
): Promise<CalibrationInput> {
  const model = loadUncalibrated(file, diskFiles);
  const files = places.flatMap((place) => experimentsAt(place, models));
  const experiments = files.flatMap((each) => loadMeasuredExperiments(each, diskFiles, model));
  if (experiments.length === 0) {
    throw new UsageError(
      `no measured run of ${models.join(' or ')} in ${places.join(', ')}`,
      'name experiments that have `measured:`, or a directory of them',
    );
  }
  const runs = [];
  const hashes = [];
  for (const experiment of experiments) {
    const takes = [];
    for (const spec of experiment.experiment.measured) takes.push(await readTake(spec, prometheus));
    runs.push(...calibrationRuns(experiment, takes, hashes.length));
    const all = takes.flatMap((take) => take.hashes).join('\n');
    hashes.push(`sha256:${sha256(new TextEncoder().encode(all))}`);
  }
  return { model, runs, hashes, files: diskFiles };
}

/** The experiments of a directory (by name) whose model is one of `models`; a file is what it is. */
function experimentsAt(place: string, models: readonly string[]): string[] {
  const isDirectory = statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isDirectory) return [place];
  const wanted = models.map((model) => path.resolve(model));
  const names = readdirSync(place).filter((name) => /\.ya?ml$/.test(name));
  return names
    .sort()
    .map((name) => path.join(place, name))
    .filter((file) => {
      const model = modelFileOf(file, diskFiles);
      return model !== undefined && wanted.includes(path.resolve(model));
    });
}

/** How long the simulation may go on before it looks at the keyboard, ms. */
const RESPONSE_MS = 50;

/** Fits under a progress bar; `undefined` where Ctrl-C stopped it. */
export async function calibrateWatched(
  input: CalibrationInput,
  { console, surroundings }: CommandContext,
): Promise<{ fit: CalibrationFit; calibration: Calibration } | undefined> {
  let isInterrupted = false;
  const unregister = surroundings.onInterrupt(() => {
    isInterrupted = true;
    unregister();
    console.error('stopping; nothing is written (Ctrl-C again: stop at once)');
  });
  let lastPauseMs = performance.now();
  const pause = async ({ stage, simulations, simulationsMax }: CalibrationProgress): Promise<boolean> => {
    if (performance.now() - lastPauseMs < RESPONSE_MS) return isInterrupted;
    console.progress(simulations / simulationsMax, `${stage}: ${simulations} simulations`);
    await new Promise((resume) => setImmediate(resume));
    lastPauseMs = performance.now();
    return isInterrupted;
  };
  try {
    const fit = await calibrate(input, { pause });
    if (fit === undefined) return undefined;
    const calibration = await calibrationOf(input, fit, input.hashes);
    return calibration && { fit, calibration };
  } finally {
    unregister();
    console.clearProgress();
  }
}

/** The text of the calibrated model. @param about what is written besides the fit. */
export function calibratedModelText(
  model: UncalibratedModel,
  { fit, calibration }: { readonly fit: CalibrationFit; readonly calibration: Calibration },
  about: Omit<WrittenCalibration, 'calibration' | 'texts'>,
): string {
  const texts = model.unknowns.map((unknown, index) => writtenValue(unknown, fit.values[index]!));
  return calibratedText(model, { ...about, calibration, texts });
}

/** Where the calibrated model goes: `shop-uncalibrated.yaml` and `shop.yaml` become `shop.calibrated.yaml`. */
export function calibratedFile({ file }: UncalibratedModel): string {
  return file.replace(/(-uncalibrated)?(\.ya?ml)?$/i, '.calibrated.yaml');
}
