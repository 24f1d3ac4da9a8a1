import { plainAmount, type Unknown } from '../../input/unknowns.js';
import { NS_PER_SECOND } from '../../kernel/time.js';
import type {
  Calibration,
  CalibrationResidual,
  FittedValue,
  Unidentified,
} from '../../metrics/calibration.js';
import { varianceOfMean } from '../../model/drift.js';
import { exp } from '../../random/math.js';
import { adviceFor } from './advice.js';
import type { CalibrationFit, CalibrationTask } from './calibrate.js';
import { meanOf, type Observation } from './observation.js';
import { isSpeedPath } from './parameters.js';
import { fittedValue } from './problem.js';
import { sourceOf } from './source.js';

/** z of a two-sided 95 % interval. */
const NORMAL_975 = 1.96;

/**
 * What a fit says, in the units of the model.
 * @param hashes `sha256:` of each run's measured files, in the order of the runs.
 * @returns `undefined` where it was stopped.
 */
export async function calibrationOf(
  task: CalibrationTask,
  found: CalibrationFit,
  hashes: readonly string[],
): Promise<Calibration | undefined> {
  const { model, runs } = task;
  const { fit, identification, parameters, simulator } = found;
  const residuals: CalibrationResidual[] = [];
  for (const [index, { endSeconds }] of runs.entries()) {
    if (endSeconds !== undefined) continue;
    const own = await residualsOf(task, found, index);
    if (own === undefined) return undefined;
    residuals.push(...own);
  }
  const unidentified: Unidentified[] = [];
  const values = model.unknowns.map((unknown, index): FittedValue => {
    const deviation = identification.deviations[index];
    const value = found.values[index]!;
    const isSpeed = isSpeedPath(unknown.name);
    const common = {
      path: unknown.name,
      unit: unknown.kind === 'duration' ? ('ns' as const) : ('1' as const),
      value,
      start: unknown.start,
      ...(isSpeed && { spread: rounded(spreadBeyondDrift(found.spread, unknown.name, runs)) }),
    };
    if (deviation !== undefined) {
      const half = NORMAL_975 * deviation;
      const interval = [rounded(value * exp(-half)), rounded(value * exp(half))] as const;
      return { ...common, interval, source: sourceOf(runs, found, index) };
    }
    const twins = identification.twins[index]!.map((twin) => model.unknowns[twin]!.name);
    const advice = adviceFor({ unknown, twins, runs });
    unidentified.push({ path: unknown.name, ...advice });
    return { ...common, source: `not identified: ${advice.reason}` };
  });
  const hasCpu = runs.some(({ observations }) => observations.some(({ metric }) => metric === 'cpu'));
  return {
    model: model.hash,
    runs: runs
      .filter(({ endSeconds }) => endSeconds === undefined)
      .map(({ measured, takes, day }) => ({
        run: measured.run,
        takes: takes.length,
        data: hashes[day]!,
      })),
    values,
    unidentified,
    residuals,
    ...(hasCpu && { background: rounded(exp(fit.point[parameters.background]!)) }),
    spread: rounded(found.spread),
    simulations: simulator.count,
    observations: found.problem.places().length,
    misfit: rounded(found.misfit),
  };
}

/** What takes differ by beyond what the model lets the host's speed drift within them. */
function spreadBeyondDrift(spread: number, path: string, runs: CalibrationTask['runs']): number {
  const { experiment } = runs[0]!.measured;
  const drift = experiment.model.hosts[path.split('.')[1]!]?.drift;
  if (drift === undefined) return spread;
  const seconds = meanOf(runs.flatMap(({ takes }) => takes.map(({ run }) => run.durationSeconds)));
  return Math.sqrt(Math.max(0, spread * spread - varianceOfMean(drift, seconds * NS_PER_SECOND)));
}

/** The numbers of a whole run on the machine's usual day: its own speed is left out. */
async function residualsOf(
  { runs }: CalibrationTask,
  { simulator, values, fit, parameters }: CalibrationFit,
  runIndex: number,
): Promise<CalibrationResidual[] | undefined> {
  const simulated = await simulator.simulate(runIndex, values, { speed: 1, replication: 0 });
  if (simulated === undefined) return undefined;
  const { measured, observations } = runs[runIndex]!;
  const background = exp(fit.point[parameters.background]!);
  return observations.flatMap((observation, index) => {
    if (!isShown(observation)) return [];
    const both = { index, background };
    const [real, own] = [observation.value, fittedValue(observation, simulated, both)].map((value) =>
      onScale(observation, value),
    ) as [number, number];
    const error = observation.metric === 'failed' ? own - real : (own - real) / real;
    return [{ run: measured.run, metric: observation.metric, measured: real, fitted: own, error }];
  });
}

function isShown({ role, metric, route }: Observation): boolean {
  if (route !== undefined) return false;
  return (role === 'total' && metric !== 'p(90)') || metric === 'failed';
}

function onScale({ metric }: Observation, value: number): number {
  if (metric === 'failed') return value;
  return metric === 'cpu' ? exp(value) * 1000 : exp(value);
}

const DIGITS = 4;

/** To four significant digits: more than any interval has. */
export function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** A fitted amount as a file writes it: `0.308ms`, `0.93`, `5`. */
export function writtenValue(unknown: Unknown, amount: number): string {
  if (unknown.kind === 'duration') return `${rounded(amount / 1e6)}ms`;
  return String(unknown.kind === 'count' ? plainAmount(unknown, amount) : rounded(amount));
}
