import type { UncalibratedModel } from '../../input/calibration-input.js';
import type { Files } from '../../input/source.js';
import { exp } from '../../random/math.js';
import { speedSpread } from './drift.js';
import { type Fit, FixedJacobian, leastSquares } from './fit.js';
import { cleanInformation, type Identification, identify } from './identify.js';
import { withChance } from './noise.js';
import {
  lowLoadObservations,
  type Observation,
  observationsOf,
  routesOf,
  type Take,
} from './observations.js';
import { isSpeedPath, type Parameters, parametersOf } from './parameters.js';
import { CalibrationProblem, type ProblemOptions } from './problem.js';
import type { Simulated } from './simulated.js';
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
  /** Values of the unknowns, in their order; those that nothing depends on at their start. */
  readonly values: readonly number[];
  /** Relative standard deviation of the machine's speed between takes. */
  readonly spread: number;
  /** Root of the mean squared residual, in sigmas. */
  readonly misfit: number;
  readonly simulator: Simulator;
}

const DEMAND_ITERATIONS = 4;
const QUEUE_ITERATIONS = 4;
const LAST_ITERATIONS = 4;
/** Before any take was compared with another. */
const SPREAD_START = 0.05;

/** A measured run with everything of it that is fitted: all of it, and where there are several routes its quiet beginning apart. */
export function calibrationRuns(
  measured: CalibrationRun['measured'],
  takes: readonly Take[],
  day: number,
): CalibrationRun[] {
  const observations = observationsOf(takes, routesOf(takes));
  const quiet = lowLoadObservations(takes, observations);
  const whole = { measured, takes, observations, day };
  return quiet === undefined ? [whole] : [whole, { measured, takes, day, ...quiet }];
}

/** Replications that show how much chance there is in a run. */
const CHANCE_REPLICATIONS = 4;

/** The runs with chance in the sigmas of their observations; `undefined` where it was stopped. */
async function withChances(
  runs: readonly CalibrationRun[],
  simulate: (run: number, replication: number) => Promise<Simulated | undefined>,
): Promise<CalibrationRun[] | undefined> {
  const result: CalibrationRun[] = [];
  for (const [index, run] of runs.entries()) {
    const replications: Simulated[] = [];
    for (let replication = 0; replication < CHANCE_REPLICATIONS; replication += 1) {
      const simulated = await simulate(index, replication);
      if (simulated === undefined) return undefined;
      replications.push(simulated);
    }
    const counts = { takes: run.takes.length, count: 1 };
    result.push({ ...run, observations: withChance(run.observations, replications, counts) });
  }
  return result;
}

/**
 * Fits a model's unknowns to measured runs: first the demands to CPU per request and to what was measured at low load, where
 * nearly nothing waits; then everything to everything. What the runs do not identify goes back to its start, and the rest is fitted once
 * more.
 * @returns `undefined` where it was stopped.
 */
export async function calibrate(
  { model, runs, files }: CalibrationTask,
  options: CalibrateOptions,
): Promise<CalibrationFit | undefined> {
  const { unknowns } = model;
  const parameters = parametersOf(unknowns, 1 + Math.max(...runs.map(({ day }) => day)));
  let stage = 'demands';
  const simulationsMax =
    runs.length * (unknowns.length + 3) * (DEMAND_ITERATIONS + QUEUE_ITERATIONS + LAST_ITERATIONS);
  const simulator: Simulator = new Simulator(model, runs, {
    files,
    pause: () => options.pause({ stage, simulations: simulator.count, simulationsMax }),
  });
  let weighted = runs;
  const problemOf = (spread: number, isUsed: ProblemOptions['isUsed'], replications: readonly number[]) =>
    new CalibrationProblem({ simulator, runs: weighted, unknowns, parameters, spread, isUsed, replications });
  const column = (run: number) => parameters.firstSpeed + runs[run]!.day;
  const { isFree, isSpeed } = freedomOf(model, runs, parameters);
  const withoutSpeeds = isFree.map((free, index) => free && !isSpeed[index]);

  const demands = problemOf(SPREAD_START, isOfDemands, [0]);
  const first = await leastSquares(demands, parameters.start, {
    iterationsMax: DEMAND_ITERATIONS,
    free: withoutSpeeds,
  });
  if (first === undefined) return undefined;
  const spread = speedSpread(runs, first.jacobian, demands.places(), column);

  stage = 'chance';
  const values = unknowns.map((_, index) => exp(first.point[index]!));
  const chances = await withChances(runs, (run, replication) => {
    const { day, endSeconds } = runs[run]!;
    const speed = exp(first.point[parameters.firstSpeed + day]!);
    return simulator.simulate(run, values, {
      speed,
      replication,
      ...(endSeconds !== undefined && { endSeconds }),
    });
  });
  if (chances === undefined) return undefined;
  weighted = chances;

  stage = 'queues';
  const queues = problemOf(spread, isAny, [0]);
  const second = await leastSquares(queues, first.point, {
    iterationsMax: QUEUE_ITERATIONS,
    free: withoutSpeeds,
  });
  if (second === undefined) return undefined;

  stage = 'what is identified';
  const [a, b] = [problemOf(spread, isAny, [0]), problemOf(spread, isAny, [1])];
  const [rowsA, rowsB] = [await a.jacobian(second.point, isFree), await b.jacobian(second.point, isFree)];
  if (rowsA === undefined || rowsB === undefined) return undefined;
  const information = cleanInformation(rowsA, rowsB);
  const identifyOptions = {
    order: isSpeed.map(Number),
    candidates: parameters.start.map((_, index) => index < unknowns.length),
    nuisance: parameters.start.map((_, index) => index >= unknowns.length && isFree[index]!),
    scale: Math.max(1, misfitOf(second)),
  };
  const identification = identify(information, identifyOptions);

  stage = 'last steps';
  const kept = isFree.map((free, index) => {
    return free && (index >= unknowns.length || identification.deviations[index] !== undefined);
  });
  // What is known together with others only stays where the draw to the starts has left them all: back at its start it would pull
  // the others to where their sum is met no longer.
  const stays = (index: number) => kept[index] || identification.twins[index]!.length > 0;
  const from = second.point.map((value, index) => (stays(index) ? value : parameters.start[index]!));
  const both = problemOf(spread, isAny, [0, 1]);
  const mean = rowsA.map((row, at) => row.map((value, index) => (value + rowsB[at]![index]!) / 2));
  const last = await leastSquares(new FixedJacobian(both, mean), from, {
    iterationsMax: LAST_ITERATIONS,
    free: kept,
  });
  if (last === undefined) return undefined;
  return {
    parameters,
    problem: both,
    fit: last,
    identification,
    values: unknowns.map((_, index) => exp(last.point[index]!)),
    spread: speedSpread(runs, mean, both.places(), column),
    misfit: misfitOf(last),
    simulator,
  };
}

/** What may move: background CPU only where CPU was measured. Which unknowns are speeds of hosts. */
function freedomOf(
  { unknowns }: UncalibratedModel,
  runs: readonly CalibrationRun[],
  parameters: Parameters,
): { isFree: boolean[]; isSpeed: boolean[] } {
  const hasCpu = runs.some(({ observations }) => observations.some(({ metric }) => metric === 'cpu'));
  return {
    isFree: parameters.start.map((_, index) => index !== parameters.background || hasCpu),
    isSpeed: parameters.start.map((_, index) => isSpeedPath(unknowns[index]?.name)),
  };
}

/** Totals count beside their parts: chance is less in them. */
const isAny = () => true;

/**
 * Low load, and CPU per request up to its end, of runs in which nothing fails: what depends on demands nearly alone, and is simulated
 * in a fraction of the time.
 */
function isOfDemands({ observations }: CalibrationRun, { isLowLoad, role, window }: Observation): boolean {
  const failed = observations.find(({ metric }) => metric === 'failed');
  if (role !== 'fitted' || !isLowLoad || (failed?.value ?? 0) > 0.001) return false;
  const latencies = observations.filter((each) => each.isLowLoad && each.metric !== 'cpu');
  const end = Math.max(...latencies.map((each) => each.window.endSeconds));
  return window.endSeconds <= end + SLACK_SECONDS;
}

/** Scrapes do not end with the buckets. */
const SLACK_SECONDS = 10;

function misfitOf({ residuals }: Fit): number {
  const squares = residuals.reduce((sum, value) => sum + Math.min(25, value * value), 0);
  return Math.sqrt(squares / Math.max(1, residuals.length));
}
