import type { Unknown } from '../../input/unknowns.js';
import { exp, log } from '../../random/math.js';
import type { RowPlace } from './drift.js';
import type { Problem } from './fit.js';
import type { Matrix } from './linear.js';
import { meanOf, type Observation } from './observation.js';
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
  /** Which replications are simulated; their mean is what is fitted. */
  readonly replications: readonly number[];
  /** Observations that take part. */
  readonly isUsed: (run: CalibrationRun, observation: Observation) => boolean;
}

/** Relative step of a difference: large against what one request more or less changes, small against the curve of a queue. */
const STEP = 0.1;
/** Share of what is known of a parameter for which its derivatives are simulated anew at every step. */
const INFORMATION_SHARE = 0.9;
/** Residual of an observation where the simulation has no request at all. */
const NOTHING = 5;

/** Residuals of all used observations, then one per run: how unlikely its speed is. */
export class CalibrationProblem implements Problem {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly start: readonly number[];
  /** Runs that hold a used observation. */
  readonly usedRuns: readonly number[];
  /** Whose speed has a residual. */
  private readonly days: readonly number[];
  /** By run and parameter: whether its derivatives are worth another simulation. */
  private readonly worth: boolean[][];
  /** By run: the derivatives as last simulated. */
  private readonly known: (number[][] | undefined)[];
  /** By run: when the last used window ends; `undefined` for all of the run. */
  private readonly ends: readonly (number | undefined)[];

  constructor(private readonly options: ProblemOptions) {
    const { parameters, runs } = options;
    ({ lower: this.lower, upper: this.upper, start: this.start } = parameters);
    this.usedRuns = [...runs.keys()].filter((index) => this.used(index).length > 0);
    this.days = [...new Set(this.usedRuns.map((index) => runs[index]!.day))];
    this.worth = runs.map(() => new Array<boolean>(parameters.count).fill(true));
    this.known = runs.map(() => undefined);
    this.ends = runs.map(
      ({ observations, endSeconds }, run) => endSeconds ?? endOf(observations, this.used(run)),
    );
  }

  get priorCount(): number {
    return this.days.length;
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

  async jacobian(point: readonly number[], free: readonly boolean[]): Promise<Matrix | undefined> {
    const rows: number[][] = [];
    for (const run of this.usedRuns) {
      const own = await this.rowsOf(run, point, free);
      if (own === undefined) return undefined;
      rows.push(...own);
    }
    this.judgeWorth();
    const { parameters } = this.options;
    for (const day of this.days) {
      const row = new Array<number>(parameters.count).fill(0);
      row[parameters.firstSpeed + day] = 1 / this.speedDeviation(day);
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
    const known = this.known[run];
    const rows = here.map((_, at) => known?.[at] ?? new Array<number>(parameters.count).fill(0));
    for (let index = 0; index < parameters.count; index += 1) {
      const isOther = index >= parameters.firstSpeed && index !== this.speedOf(run);
      if (!free[index] || isOther || !this.worth[run]![index]) continue;
      const step = point[index]! + STEP <= this.upper[index]! ? STEP : -STEP;
      const moved = point.map((value, at) => (at === index ? value + step : value));
      const simulated = await this.simulate(run, moved);
      if (simulated === undefined) return undefined;
      const there = this.residualsOf(run, simulated, moved);
      for (const [at, row] of rows.entries()) row[index] = (there[at]! - here[at]!) / step;
    }
    this.known[run] = rows;
    // What is not free has no derivative here, but may be free again.
    return rows.map((row) => row.map((value, index) => (free[index] ? value : 0)));
  }

  /** From the first Jacobian on, a run is simulated again for a parameter only where it holds much of what is known of it; else its derivatives stay. */
  private judgeWorth(): void {
    const { parameters, runs } = this.options;
    for (let index = 0; index < parameters.background; index += 1) {
      const information = runs.map((_, run) =>
        (this.known[run] ?? []).reduce((sum, row) => sum + row[index]! ** 2, 0),
      );
      const total = information.reduce((sum, value) => sum + value, 0);
      const ranked = [...runs.keys()].sort((a, b) => information[b]! - information[a]! || a - b);
      let held = 0;
      for (const run of ranked) {
        this.worth[run]![index] = held < INFORMATION_SHARE * total;
        held += information[run]!;
      }
    }
  }

  private async simulate(run: number, point: readonly number[]): Promise<Simulated | undefined> {
    const { simulator, unknowns, replications } = this.options;
    const values = unknowns.map((_, index) => exp(point[index]!));
    const speed = exp(point[this.speedOf(run)]!);
    const endSeconds = this.ends[run];
    const several: Simulated[] = [];
    for (const replication of replications) {
      const options = { speed, replication, ...(endSeconds !== undefined && { endSeconds }) };
      const simulated = await simulator.simulate(run, values, options);
      if (simulated === undefined) return undefined;
      several.push(simulated);
    }
    return several.length === 1 ? several[0] : meanSimulated(several);
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
    return this.days.map((day) => point[firstSpeed + day]! / this.speedDeviation(day));
  }

  /** The mean of several takes is nearer to the mean of all days. */
  private speedDeviation(day: number): number {
    const { takes } = this.options.runs.find((run) => run.day === day)!;
    return this.options.spread / Math.sqrt(takes.length);
  }

  /** Index of the parameter that is the machine's speed in a run. */
  private speedOf(run: number): number {
    return this.options.parameters.firstSpeed + this.options.runs[run]!.day;
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

function meanSimulated(several: readonly Simulated[]): Simulated {
  const mean = (of: (simulated: Simulated) => readonly number[]) =>
    of(several[0]!).map((_, index) => meanOf(several.map((each) => of(each)[index]!)));
  return { values: mean(({ values }) => values), secondsPerRequest: mean((each) => each.secondsPerRequest) };
}

/** The end of the last window, where it is well before the end of the run. */
function endOf(observations: readonly Observation[], used: readonly number[]): number | undefined {
  const endOfRun = Math.max(...observations.map(({ window }) => window.endSeconds));
  const last = Math.max(...used.map((index) => observations[index]!.window.endSeconds));
  return last < endOfRun - 1 ? last : undefined;
}
