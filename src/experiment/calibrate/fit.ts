import { gram, type Matrix, solve, transposeTimes } from './linear.js';

/** A least-squares problem in the logarithms of its parameters. */
export interface Problem {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** What a parameter is drawn to where nothing else says anything. */
  readonly start: readonly number[];
  /** The last so many residuals say what is likely beforehand; they count squared however large they are. */
  readonly priorCount: number;
  /** Weighted residuals, (simulated - measured) / sigma; `undefined` where it was stopped. */
  residuals(point: readonly number[]): Promise<readonly number[] | undefined>;
  /** Their derivatives, a row per residual; columns that are not `free` are 0. */
  jacobian(point: readonly number[], free: readonly boolean[]): Promise<Matrix | undefined>;
}

/** Where a fit ended. */
export interface Fit {
  readonly point: readonly number[];
  readonly residuals: readonly number[];
  /** At `point`, or at most {@link NEAR} from it. */
  readonly jacobian: Matrix;
  readonly iterations: number;
}

/** How a fit is bounded. */
export interface FitOptions {
  readonly iterationsMax: number;
  /** Parameters that may move. */
  readonly free: readonly boolean[];
}

/** Standard deviation of the draw to the start, in the logarithm: a factor of 20, so that it moves only what is not observed. */
const PRIOR_SD = 3;
/** Longest step of one parameter: a factor of two. */
const STEP_MAX = Math.LN2;
/** A step below this is the end: half a per cent. */
const NEAR = 0.005;
/** So much less of the sum of squares, relatively, is worth no further iteration. */
const GAIN_MIN = 0.003;
/** Tries at one step, each more cautious. */
const TRIES_MAX = 3;
/** Residuals beyond this many sigmas count linearly, not squared (Huber): a miss of the model must not bend all parameters. */
const HUBER = 2.5;

/**
 * Levenberg and Marquardt's method with bounds, Huber's weights, and a weak draw to the start.
 * Source: J. Nocedal, S. Wright, Numerical Optimization, 2nd edition, chapter 10; P. Huber, Robust Statistics, section 7.8.
 */
export async function leastSquares(
  problem: Problem,
  from: readonly number[],
  { iterationsMax, free }: FitOptions,
): Promise<Fit | undefined> {
  let point = [...from];
  let residuals = await problem.residuals(point);
  if (residuals === undefined) return undefined;
  let damping = 0.01;
  for (let iteration = 1; ; iteration += 1) {
    const jacobian = await problem.jacobian(point, free);
    if (jacobian === undefined) return undefined;
    const stepper = stepperOf(problem, { point, residuals, jacobian, free });
    const before = stepper.cost(residuals, point);
    let moved = false;
    let length = 0;
    for (let attempt = 0; attempt < TRIES_MAX && !moved; attempt += 1) {
      const next = stepper.step(damping);
      const tried = await problem.residuals(next);
      if (tried === undefined) return undefined;
      if (stepper.cost(tried, next) < before) {
        length = Math.max(...next.map((value, index) => Math.abs(value - point[index]!)));
        moved = true;
        const gain = 1 - stepper.cost(tried, next) / before;
        point = next;
        residuals = tried;
        damping = Math.max(1e-4, damping / 5);
        if (gain < GAIN_MIN) length = Math.min(length, NEAR);
      } else damping *= 10;
    }
    if (!moved || length <= NEAR || iteration >= iterationsMax) {
      return { point, residuals, jacobian, iterations: iteration };
    }
  }
}

/** The same problem with derivatives that are known: near the solution they change little, and cost most. */
export class FixedJacobian implements Problem {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly start: readonly number[];
  readonly priorCount: number;

  constructor(
    private readonly problem: Problem,
    private readonly known: Matrix,
  ) {
    ({ lower: this.lower, upper: this.upper, start: this.start, priorCount: this.priorCount } = problem);
  }

  residuals(point: readonly number[]): Promise<readonly number[] | undefined> {
    return this.problem.residuals(point);
  }

  jacobian(): Promise<Matrix> {
    return Promise.resolve(this.known);
  }
}

interface Stepper {
  cost(residuals: readonly number[], point: readonly number[]): number;
  step(damping: number): number[];
}

interface Place {
  readonly point: readonly number[];
  readonly residuals: readonly number[];
  readonly jacobian: Matrix;
  readonly free: readonly boolean[];
}

function stepperOf(problem: Problem, { point, residuals, jacobian, free }: Place): Stepper {
  const isPrior = (index: number) => index >= residuals.length - problem.priorCount;
  const weights = residuals.map((value, index) => (isPrior(index) ? 1 : huberWeight(value)));
  const active = [...free.keys()].filter((index) => free[index]);
  const rows = jacobian.map((row, index) =>
    active.map((column) => row[column]! * Math.sqrt(weights[index]!)),
  );
  const weighted = residuals.map((value, index) => value * Math.sqrt(weights[index]!));
  const information = gram(rows, active.length);
  const gradient = transposeTimes(rows, weighted, active.length);
  const prior = 1 / (PRIOR_SD * PRIOR_SD);
  return {
    cost(values, at) {
      const drawn = at.reduce((sum, value, index) => sum + prior * (value - problem.start[index]!) ** 2, 0);
      return values.reduce(
        (sum, value, index) => sum + (isPrior(index) ? value * value : huberCost(value)),
        drawn,
      );
    },
    step(damping) {
      const matrix = information.map((row, i) =>
        row.map((value, j) => (i === j ? value * (1 + damping) + prior + 1e-9 : value)),
      );
      const right = active.map(
        (column, i) => -gradient[i]! - prior * (point[column]! - problem.start[column]!),
      );
      const delta = solve(matrix, right) ?? right.map(() => 0);
      const next = [...point];
      for (const [i, column] of active.entries()) {
        const bounded = Math.max(-STEP_MAX, Math.min(STEP_MAX, delta[i]!));
        next[column] = clamp(point[column]! + bounded, problem.lower[column]!, problem.upper[column]!);
      }
      return next;
    },
  };
}

/** Weight of a residual's square, 1 near the middle. */
function huberWeight(residual: number): number {
  const size = Math.abs(residual);
  return size <= HUBER ? 1 : HUBER / size;
}

function huberCost(residual: number): number {
  const size = Math.abs(residual);
  return size <= HUBER ? size * size : 2 * HUBER * size - HUBER * HUBER;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
