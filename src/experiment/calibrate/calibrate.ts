import type { UncalibratedModel } from '../../input/calibration-input.js';
import type { Files } from '../../input/source.js';
import { exp } from '../../random/math.js';
import { speedSpread } from './drift.js';
import { type Fit, FixedJacobian, leastSquares } from './fit.js';
import { cleanInformation, type Identification, identify } from './identify.js';
import type { Matrix } from './linear.js';
import { withChance } from './noise.js';
import { meanOf, type Observation, type Take } from './observation.js';
import { lowLoadObservations, observationsOf, routesOf } from './observations.js';
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
 * nearly nothing waits; then everything to everything. What nothing depends on goes back to its start, and the rest is fitted once more.
 * @returns `undefined` where it was stopped.
 */
export async function calibrate(
  task: CalibrationTask,
  options: CalibrateOptions,
): Promise<CalibrationFit | undefined> {
  const stages = new Stages(task, options);
  const demands = await stages.demands();
  if (demands === undefined || !(await stages.takeChance(demands))) return undefined;
  const queues = await stages.queues(demands);
  const slopes = queues && (await stages.slopes(queues));
  return slopes && stages.last(queues, slopes);
}

/** Derivatives of everything, under two seeds. */
type Slopes = readonly [Matrix, Matrix];

/** One calibration, stage by stage; each gives `undefined` where it was stopped. */
class Stages {
  private stage = 'demands';
  private spread = SPREAD_START;
  private runs: readonly CalibrationRun[];
  private readonly parameters: Parameters;
  private readonly simulator: Simulator;
  private readonly isFree: readonly boolean[];
  private readonly isSpeed: readonly boolean[];

  constructor(
    private readonly task: CalibrationTask,
    options: CalibrateOptions,
  ) {
    const { model, runs, files } = task;
    this.runs = runs;
    this.parameters = parametersOf(model.unknowns, 1 + Math.max(...runs.map(({ day }) => day)));
    const iterations = DEMAND_ITERATIONS + QUEUE_ITERATIONS + LAST_ITERATIONS;
    const simulationsMax = runs.length * (model.unknowns.length + 3) * iterations;
    this.simulator = new Simulator(model, runs, {
      files,
      pause: () => options.pause({ stage: this.stage, simulations: this.simulator.count, simulationsMax }),
    });
    ({ isFree: this.isFree, isSpeed: this.isSpeed } = freedomOf(model, runs, this.parameters));
  }

  /** What computes, by CPU per request and low load. */
  async demands(): Promise<Fit | undefined> {
    const problem = this.problem(isOfDemands, [0]);
    const found = await leastSquares(problem, this.parameters.start, {
      iterationsMax: DEMAND_ITERATIONS,
      free: this.isFree.map((free, index) => free && !this.isSpeed[index]),
    });
    if (found !== undefined) this.spread = this.spreadOf(found.jacobian, problem);
    return found;
  }

  /** Puts into the sigmas what replications differ by; false where it was stopped. */
  async takeChance({ point }: Fit): Promise<boolean> {
    this.stage = 'chance';
    const values = this.valuesAt(point);
    const runs = await withChances(this.runs, (run, replication) => {
      const { day, endSeconds } = this.runs[run]!;
      const speed = exp(point[this.parameters.firstSpeed + day]!);
      const end = endSeconds === undefined ? {} : { endSeconds };
      return this.simulator.simulate(run, values, { speed, replication, ...end });
    });
    if (runs !== undefined) this.runs = runs;
    return runs !== undefined;
  }

  /** Everything to everything. */
  queues({ point }: Fit): Promise<Fit | undefined> {
    this.stage = 'queues';
    return leastSquares(this.problem(isAny, [0]), point, {
      iterationsMax: QUEUE_ITERATIONS,
      free: this.isFree.map((free, index) => free && !this.isSpeed[index]),
    });
  }

  /** How everything depends on everything, speeds included. */
  async slopes({ point }: Fit): Promise<Slopes | undefined> {
    this.stage = 'what is identified';
    const one = await this.problem(isAny, [0]).jacobian(point, this.isFree);
    const other = one && (await this.problem(isAny, [1]).jacobian(point, this.isFree));
    return other && [one, other];
  }

  /** What is identified, and its last steps. */
  async last(queues: Fit, [one, other]: Slopes): Promise<CalibrationFit | undefined> {
    this.stage = 'last steps';
    const { unknowns } = this.task.model;
    const identification = identify(cleanInformation(one, other), {
      order: this.isSpeed.map(Number),
      candidates: this.isFree.map((_, index) => index < unknowns.length),
      nuisance: this.isFree.map((free, index) => free && index >= unknowns.length),
      scale: Math.max(1, misfitOf(queues)),
    });
    const free = this.isFree.map((isFree, index) => {
      return isFree && (index >= unknowns.length || identification.deviations[index] !== undefined);
    });
    // What is known together with others only stays where the draw to the starts has left them all: back at its start it would
    // pull the others to where their sum is met no longer.
    const stays = (index: number) => free[index] || identification.twins[index]!.length > 0;
    const from = queues.point.map((value, index) => (stays(index) ? value : this.parameters.start[index]!));
    const problem = this.problem(isAny, [0, 1]);
    const mean = one.map((row, at) => row.map((value, index) => (value + other[at]![index]!) / 2));
    const fixed = new FixedJacobian(problem, mean);
    const found = await leastSquares(fixed, from, { iterationsMax: LAST_ITERATIONS, free });
    if (found === undefined) return undefined;
    const fit = { ...found, point: this.centred(found.point) };
    const { parameters, simulator } = this;
    const common = { parameters, simulator, problem, fit, identification };
    const spread = this.spreadOf(mean, problem);
    return { ...common, values: this.valuesAt(fit.point), spread, misfit: misfitOf(fit) };
  }

  private problem(isUsed: ProblemOptions['isUsed'], replications: readonly number[]): CalibrationProblem {
    const { simulator, runs, parameters, spread } = this;
    const { unknowns } = this.task.model;
    return new CalibrationProblem({ simulator, runs, unknowns, parameters, spread, isUsed, replications });
  }

  /**
   * The usual day is the mean of all: what the days of the runs have in common goes into the host's own speed, where that is an unknown.
   * Nothing that was fitted changes by it.
   */
  private centred(point: readonly number[]): number[] {
    const speeds = [...this.isSpeed.keys()].filter((index) => this.isSpeed[index]);
    const { firstSpeed } = this.parameters;
    const days = [...new Set(this.runs.map(({ day }) => day))].map((day) => firstSpeed + day);
    if (speeds.length === 0) return [...point];
    const common = meanOf(days.map((index) => point[index]!));
    return point.map((value, index) => {
      if (speeds.includes(index)) return value + common;
      return days.includes(index) ? value - common : value;
    });
  }

  private valuesAt(point: readonly number[]): number[] {
    return this.task.model.unknowns.map((_, index) => exp(point[index]!));
  }

  private spreadOf(jacobian: Matrix, problem: CalibrationProblem): number {
    const column = (run: number) => this.parameters.firstSpeed + this.runs[run]!.day;
    return speedSpread(this.runs, jacobian, problem.places(), column);
  }
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
