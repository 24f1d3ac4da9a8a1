import type { UncalibratedModel } from '../../input/calibration-input.js';
import type { Files } from '../../input/source.js';
import { exp } from '../../random/math.js';
import { speedSpread } from './drift.js';
import { type Fit, leastSquares } from './fit.js';
import { type Identification, identify } from './identify.js';
import { type Observation, observationsOf, routesOf, type Take } from './observations.js';
import { type Parameters, parametersOf } from './parameters.js';
import { CalibrationProblem } from './problem.js';
import { type CalibrationRun, Simulator } from './simulator.js';

/** What is to be calibrated, and to what. */
export interface CalibrationTask {
  readonly model: UncalibratedModel;
  readonly runs: readonly CalibrationRun[];
  readonly files: Files;
}

/** How it is watched. */
export interface CalibrateOptions {
  /** Called every few thousand events; true: stop. */
  readonly pause: (progress: CalibrationProgress) => Promise<boolean>;
}

/** How far it is. */
export interface CalibrationProgress {
  readonly stage: string;
  readonly simulations: number;
  /** What the stages take at most; they usually need half of it. */
  readonly simulationsMax: number;
}

/** Where the fit ended. */
export interface CalibrationFit {
  readonly parameters: Parameters;
  readonly problem: CalibrationProblem;
  readonly fit: Fit;
  readonly identification: Identification;
  /** Values of the unknowns, in their order; those that are not identified at their start. */
  readonly values: readonly number[];
  /** Relative standard deviation of the machine's speed between takes. */
  readonly spread: number;
  /** Root of the mean squared residual, in sigmas. */
  readonly misfit: number;
  readonly simulator: Simulator;
}

const DEMAND_ITERATIONS = 4;
const QUEUE_ITERATIONS = 4;
const LAST_ITERATIONS = 2;
/** Before any take was compared with another. */
const SPREAD_START = 0.05;

/** A measured run with everything of it that is fitted. */
export function calibrationRun(measured: CalibrationRun['measured'], takes: readonly Take[]): CalibrationRun {
  return { measured, takes, observations: observationsOf(takes, routesOf(takes)) };
}

/**
 * Fits a model's unknowns to measured runs: first the demands to CPU per request and to what was measured at low load, where
 * nearly nothing waits; then everything to everything. What the runs do not identify is put back to its start, and the rest fitted
 * once more.
 * @returns `undefined` where it was stopped.
 */
export async function calibrate(
  { model, runs, files }: CalibrationTask,
  options: CalibrateOptions,
): Promise<CalibrationFit | undefined> {
  const { unknowns } = model;
  const parameters = parametersOf(unknowns, runs.length);
  let stage = 'demands';
  const simulationsMax =
    runs.length * (unknowns.length + 3) * (DEMAND_ITERATIONS + QUEUE_ITERATIONS + LAST_ITERATIONS);
  const simulator: Simulator = new Simulator(model, runs, {
    files,
    pause: () => options.pause({ stage, simulations: simulator.count, simulationsMax }),
  });
  const problemOf = (spread: number, isUsed: (run: CalibrationRun, observation: Observation) => boolean) =>
    new CalibrationProblem({ simulator, runs, unknowns, parameters, spread, isUsed });
  const hasCpu = runs.some(({ observations }) => observations.some(({ metric }) => metric === 'cpu'));
  const free = parameters.start.map((_, index) => index !== parameters.background || hasCpu);

  const demands = problemOf(SPREAD_START, (run, observation) => isOfDemands(run, observation));
  const first = await leastSquares(demands, parameters.start, { iterationsMax: DEMAND_ITERATIONS, free });
  if (first === undefined) return undefined;
  const column = (run: number) => parameters.firstSpeed + run;
  const spread = speedSpread(runs, first.jacobian, demands.places(), column);

  stage = 'queues';
  const everything = problemOf(spread, (_, { role }) => role === 'fitted');
  const second = await leastSquares(everything, first.point, { iterationsMax: QUEUE_ITERATIONS, free });
  if (second === undefined) return undefined;
  const order = unknowns.map(({ name }) => (/^hosts\..*\.speed$/.test(name) ? 1 : 0));
  const identifyAt = (at: Fit) =>
    identify(at.jacobian, Math.max(1, misfitOf(at)), {
      order,
      candidates: parameters.start.map((_, index) => index < unknowns.length),
      nuisance: parameters.start.map((_, index) => index >= unknowns.length && free[index]!),
    });
  const found = identifyAt(second);

  stage = 'what is identified';
  const kept = free.map(
    (isFree, index) => isFree && (index >= unknowns.length || found.deviations[index] !== undefined),
  );
  const from = second.point.map((value, index) => (kept[index] ? value : parameters.start[index]!));
  const isSame = kept.every((isKept, index) => isKept === free[index]);
  const last = isSame
    ? second
    : await leastSquares(everything, from, { iterationsMax: LAST_ITERATIONS, free: kept });
  if (last === undefined) return undefined;
  return {
    parameters,
    problem: everything,
    fit: last,
    identification: isSame ? found : { ...identifyKept(identifyAt(last), found), twins: found.twins },
    values: unknowns.map((_, index) => exp(last.point[index]!)),
    spread: speedSpread(runs, last.jacobian, everything.places(), column),
    misfit: misfitOf(last),
    simulator,
  };
}

/** What was given up stays given up. */
function identifyKept(last: Identification, found: Identification): Identification {
  const deviations = last.deviations.map((deviation, index) =>
    found.deviations[index] === undefined ? undefined : (deviation ?? found.deviations[index]),
  );
  return { ...last, deviations };
}

/** CPU per request, and low load, of runs in which nothing fails: they are cheap, and depend on demands nearly alone. */
function isOfDemands({ observations }: CalibrationRun, { isLowLoad, role }: Observation): boolean {
  const failed = observations.find(({ metric }) => metric === 'failed');
  return role === 'fitted' && isLowLoad && (failed?.value ?? 0) < 0.001;
}

function misfitOf({ residuals }: Fit): number {
  const squares = residuals.reduce((sum, value) => sum + Math.min(25, value * value), 0);
  return Math.sqrt(squares / Math.max(1, residuals.length));
}
