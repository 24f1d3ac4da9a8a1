import type { Unknown } from '../../input/unknowns.js';
import { exp, log } from '../../random/math.js';
import type { RowPlace } from './drift.js';
import type { Problem } from './fit.js';
import type { Matrix } from './linear.js';
import type { Observation } from './observations.js';
import type { Parameters } from './parameters.js';
import type { Simulated } from './simulated.js';
import type { CalibrationRun, Simulator } from './simulator.js';

/** What is fitted at one stage. */
export interface ProblemOptions {
  readonly simulator: Simulator;
  readonly runs: readonly CalibrationRun[];
  readonly unknowns: readonly Unknown[];
  readonly parameters: Parameters;
  /** Relative standard deviation of the machine's speed between takes. */
  readonly spread: number;
  /** Observations that take part. */
  readonly isUsed: (run: CalibrationRun, observation: Observation) => boolean;
}

/** Relative step of a difference: large against what one request more or less changes, small against the curve of a queue. */
const STEP = 0.06;
/** Residual of an observation where the simulation has no request at all. */
const NOTHING = 5;

/** Residuals of all used observations, then one per run: how unlikely its speed is. */
export class CalibrationProblem implements Problem {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly start: readonly number[];
  /** Runs that hold a used observation. */
  readonly usedRuns: readonly number[];
  /** By run and parameter: false once a step has changed nothing. */
  private readonly depends: boolean[][];

  constructor(private readonly options: ProblemOptions) {
    const { parameters, runs } = options;
    ({ lower: this.lower, upper: this.upper, start: this.start } = parameters);
    this.usedRuns = [...runs.keys()].filter((index) => this.used(index).length > 0);
    this.depends = runs.map(() => new Array<boolean>(parameters.count).fill(true));
  }

  async residuals(point: readonly number[]): Promise<readonly number[] | undefined> {
    const all: number[] = [];
    for (const run of this.usedRuns) {
      const simulated = await this.simulate(run, point);
      if (simulated === undefined) return undefined;
      all.push(...this.residualsOf(run, simulated, point));
    }
    return [...all, ...this.speedResiduals(point)];
  }

  async jacobian(
    point: readonly number[],
    _residuals: readonly number[],
    free: readonly boolean[],
  ): Promise<Matrix | undefined> {
    const rows: number[][] = [];
    for (const run of this.usedRuns) {
      const own = await this.rowsOf(run, point, free);
      if (own === undefined) return undefined;
      rows.push(...own);
    }
    const { parameters } = this.options;
    for (const run of this.usedRuns) {
      const row = new Array<number>(parameters.count).fill(0);
      row[parameters.firstSpeed + run] = 1 / this.speedDeviation(run);
      rows.push(row);
    }
    return rows;
  }

  /** Which observation each row belongs to; the last rows, one per run, belong to none. */
  places(): RowPlace[] {
    return this.usedRuns.flatMap((run) => this.used(run).map((observation) => ({ run, observation })));
  }

  private async rowsOf(run: number, point: readonly number[], free: readonly boolean[]) {
    const { parameters } = this.options;
    const base = await this.simulate(run, point);
    if (base === undefined) return undefined;
    const here = this.residualsOf(run, base, point);
    const rows = here.map(() => new Array<number>(parameters.count).fill(0));
    for (let index = 0; index < parameters.count; index += 1) {
      const isOther = index >= parameters.firstSpeed && index !== parameters.firstSpeed + run;
      if (!free[index] || isOther || !this.depends[run]![index]) continue;
      const step = point[index]! + STEP <= this.upper[index]! ? STEP : -STEP;
      const moved = point.map((value, at) => (at === index ? value + step : value));
      const simulated = await this.simulate(run, moved);
      if (simulated === undefined) return undefined;
      if (simulated !== base && isSame(simulated, base)) this.depends[run]![index] = false;
      const there = this.residualsOf(run, simulated, moved);
      for (const [at, row] of rows.entries()) row[index] = (there[at]! - here[at]!) / step;
    }
    return rows;
  }

  private simulate(run: number, point: readonly number[]): Promise<Simulated | undefined> {
    const { simulator, unknowns, parameters } = this.options;
    const values = unknowns.map((_, index) => exp(point[index]!));
    return simulator.simulate(run, values, exp(point[parameters.firstSpeed + run]!));
  }

  /** Observations of a run that take part, by their index. */
  private used(run: number): number[] {
    const { runs, isUsed } = this.options;
    const { observations } = runs[run]!;
    return [...observations.keys()].filter((index) => isUsed(runs[run]!, observations[index]!));
  }

  private residualsOf(run: number, simulated: Simulated, point: readonly number[]): number[] {
    const { observations } = this.options.runs[run]!;
    const background = exp(point[this.options.parameters.background]!);
    return this.used(run).map((index) => {
      const { value, sigma } = observations[index]!;
      const fitted = fittedValue(observations[index]!, simulated, { index, background });
      return Number.isFinite(fitted) ? (fitted - value) / sigma : NOTHING;
    });
  }

  private speedResiduals(point: readonly number[]): number[] {
    const { firstSpeed } = this.options.parameters;
    return this.usedRuns.map((run) => point[firstSpeed + run]! / this.speedDeviation(run));
  }

  /** The mean of several takes is nearer to the mean of all days. */
  private speedDeviation(run: number): number {
    return this.options.spread / Math.sqrt(this.options.runs[run]!.takes.length);
  }
}

/** A simulated number on the scale of its observation: background CPU is shared out over the requests. */
export function fittedValue(
  { metric }: Observation,
  { values, secondsPerRequest }: Simulated,
  { index, background }: { readonly index: number; readonly background: number },
): number {
  const value = values[index]!;
  return metric === 'cpu' ? log(value + background * secondsPerRequest[index]!) : value;
}

function isSame(a: Simulated, b: Simulated): boolean {
  return a.values.every((value, index) => Object.is(value, b.values[index]));
}
