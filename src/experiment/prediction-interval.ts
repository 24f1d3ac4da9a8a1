import { mean, sampleStandardDeviation } from 'simple-statistics';
import { ACCURACY_METRICS, type AccuracyMetric, type AccuracyRow } from '../metrics/accuracy.js';
import { studentT95 } from '../metrics/confidence.js';
import { exp, log } from '../random/math.js';

/** The replications' values of one quantity. */
export interface Replicated {
  /** With the model's own values: they make the prediction. */
  readonly central: readonly number[];
  /** With values drawn from what the calibration is unsure of; may be empty. */
  readonly drawn: readonly number[];
}

/** Where the spread of a quantity is about the same whatever its size. */
interface Scale {
  readonly to: (value: number) => number;
  readonly from: (scaled: number) => number;
  /** What a discrepancy of the model (relative; of a fraction, of its root) is on this scale, at a scaled value. */
  readonly discrepancy: (relative: number, scaled: number) => number;
}

/** Latencies spread in proportion; below 1 ns there is none. */
const LOG: Scale = {
  to: (value) => log(Math.max(value, 1e-6)),
  from: exp,
  discrepancy: (relative) => relative,
};
/** Counts spread as their root (Poisson). */
const ROOT: Scale = {
  to: Math.sqrt,
  from: (scaled) => Math.max(0, scaled) * Math.max(0, scaled),
  discrepancy: (relative, scaled) => (relative * scaled) / 2,
};
const ROOT_HALF = Math.sqrt(0.5);
/**
 * A fraction spreads as sqrt(p (1 - p)), which is that of the root at either end; the arc sine needs an engine's
 * mathematics for the middle, which the two branches meet at one half.
 */
const FRACTION: Scale = {
  to: (value) => (value <= 0.5 ? Math.sqrt(value) : 2 * ROOT_HALF - Math.sqrt(1 - value)),
  from: (scaled) => {
    const low = Math.min(Math.max(scaled, 0), 2 * ROOT_HALF);
    const rest = 2 * ROOT_HALF - low;
    return low <= ROOT_HALF ? low * low : 1 - rest * rest;
  },
  discrepancy: (root) => root,
};

function scaleOf(metric: AccuracyMetric): Scale {
  if (metric === 'rate') return ROOT;
  return metric === 'failed' ? FRACTION : LOG;
}

/**
 * The 95 % prediction interval: where one single real run lies in 19 of 20 cases, if the model is right.
 *
 * With n replications whose values spread by s about their centre, it is the centre ± t s sqrt(1 + 1/n), t being Student's with
 * n - 1 degrees of freedom: the spread of one more run, and that of the centre itself. What the calibration is unsure of comes in by
 * the drawn replications; near the knee it moves latencies farther up than down, so that the two sides have spreads of their own
 * (a split normal distribution about the same centre).
 *
 * Sampling noise of a measured quantile needs no term of its own: each replication has as many requests as the real run.
 *
 * With one replication and no draws nothing is known of the spread: the interval is the point.
 *
 * @param discrepancy how far the model itself is from reality where nothing is left to chance: see {@link modelDiscrepancy}.
 * @throws RangeError without a central value.
 */
export function predictionInterval(
  metric: AccuracyMetric,
  { central, drawn }: Replicated,
  discrepancy = 0,
): readonly [number, number] {
  if (central.length === 0) throw new RangeError('no replication to predict from');
  const predicted = mean(central as number[]);
  const [low, high] = widened(metric, predicted, scaledInterval(metric, central, drawn), discrepancy);
  // The prediction is the mean on the plain scale: rounding, at least, could put it outside.
  return [Math.min(low, predicted), Math.max(high, predicted)];
}

function scaledInterval(
  metric: AccuracyMetric,
  central: readonly number[],
  drawn: readonly number[],
): readonly [number, number] {
  const { to, from } = scaleOf(metric);
  const scaled = central.map(to);
  const centre = mean(scaled);
  const chance = scaled.length < 2 ? 0 : sampleStandardDeviation(scaled);
  const widening = Math.sqrt(1 + 1 / scaled.length);
  if (drawn.length < 2) {
    const half = scaled.length < 2 ? 0 : studentT95(scaled.length - 1) * widening * chance;
    return [from(centre - half), from(centre + half)];
  }
  const t = studentT95(drawn.length - 1) * widening;
  const offsets = drawn.map((value) => to(value) - centre);
  const side = (sign: 1 | -1) => {
    const there = offsets.filter((offset) => offset * sign > 0);
    const squares = there.reduce((sum, offset) => sum + offset * offset, 0);
    return t * Math.max(chance, there.length === 0 ? 0 : Math.sqrt(squares / there.length));
  };
  return [from(centre - side(-1)), from(centre + side(1))];
}

/** Two-sided 95 % quantile of the normal distribution. */
const NORMAL_95 = 1.959963984540054;

/** Adds an independent, normal discrepancy to both sides, on the metric's scale. */
function widened(
  metric: AccuracyMetric,
  predicted: number,
  [low, high]: readonly [number, number],
  discrepancy: number,
): readonly [number, number] {
  if (!(discrepancy > 0)) return [low, high];
  const { to, from, discrepancy: onScale } = scaleOf(metric);
  const centre = to(predicted);
  const more = NORMAL_95 * onScale(discrepancy, centre);
  const side = (border: number) => Math.sqrt((to(border) - centre) ** 2 + more * more);
  return [from(centre - side(low)), from(centre + side(high))];
}

/** Share of measured values that an interval is to hold. */
const WANTED = 0.95;

/**
 * How far the model itself is from reality, by metric: the smallest discrepancy with which the intervals of these rows hold 95 % of
 * their measured values (of n, the ⌈0.95 (n + 1)⌉-th smallest that one of them would need: split conformal prediction, Vovk et al. 2005).
 * Relative; of `failed` on the scale of its root. Metrics without rows are left out.
 *
 * Drawn parameters and chance do not tell what no value of the parameters can meet; this does (Kennedy and O'Hagan 2001). Rows that the
 * calibration was not fitted to are the better judges.
 *
 * @param rows whose intervals were made without a discrepancy.
 */
export function modelDiscrepancy(
  rows: readonly Pick<AccuracyRow, 'metric' | 'measured' | 'predicted' | 'interval'>[],
): Partial<Record<AccuracyMetric, number>> {
  const found = ACCURACY_METRICS.flatMap((metric) => {
    const needed = rows
      .filter((row) => row.metric === metric)
      .map(neededDiscrepancy)
      .sort((a, b) => a - b);
    if (needed.length === 0) return [];
    const rank = Math.min(needed.length, Math.ceil(WANTED * (needed.length + 1)));
    return [[metric, needed[rank - 1]!] as const];
  });
  return Object.fromEntries(found);
}

function neededDiscrepancy({
  metric,
  measured,
  predicted,
  interval: [low, high],
}: Parameters<typeof modelDiscrepancy>[0][number]): number {
  if (measured >= low && measured <= high) return 0;
  const { to, discrepancy } = scaleOf(metric);
  const centre = to(predicted);
  const [off, half] = [to(measured) - centre, to(measured < low ? low : high) - centre];
  const unit = discrepancy(1, centre);
  return unit === 0 ? 0 : Math.sqrt(Math.max(0, off * off - half * half)) / (NORMAL_95 * unit);
}
