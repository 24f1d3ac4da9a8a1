import { Histogram, TOTAL_BUCKETS_PER_OCTAVE } from '../metrics/histogram.js';
import type { SparseHistogram } from '../metrics/result.js';
import { log } from '../random/math.js';

/** How far two distributions of latencies lie apart. */
export interface DistributionDistance {
  /** Kolmogorov and Smirnov's: the largest difference of the two distribution functions, 0 to 1. */
  readonly ks: number;
  /** Quantile by quantile: mean of |ln(predicted / measured)| over the 1 % to the 99 % quantile; 0.05 is about 5 %. */
  readonly qq: number;
}

const PERCENTILES = 99;

/**
 * Both sides are put into buckets of 0.4 % first: within one, an order of values says nothing (a timeout of ten seconds ends at
 * 10.0004 s in one and at 10.0011 s in the other).
 *
 * @throws RangeError where a side is empty.
 */
export function distributionDistance(a: SparseHistogram, b: SparseHistogram): DistributionDistance {
  if (a.count === 0 || b.count === 0) throw new RangeError('no distance from a distribution of nothing');
  return { ks: kolmogorovSmirnov(a, b), qq: quantileDistance(a, b) };
}

/** Values as a histogram that {@link distributionDistance} takes; what is not a number is left out. */
export function histogramOf(values: Iterable<number>): SparseHistogram {
  const histogram = new Histogram(TOTAL_BUCKETS_PER_OCTAVE);
  for (const value of values) if (!Number.isNaN(value)) histogram.record(value);
  return histogram.toSparse();
}

/** Several histograms in one, at the coarsest resolution among them. */
export function mergedHistogram(all: readonly SparseHistogram[]): SparseHistogram {
  const coarsest = Math.min(TOTAL_BUCKETS_PER_OCTAVE, ...all.map(({ bucketsPerOctave }) => bucketsPerOctave));
  const merged = new Histogram(coarsest);
  for (const histogram of all) merged.mergeSparse(histogram);
  return merged.toSparse();
}

function kolmogorovSmirnov(a: SparseHistogram, b: SparseHistogram): number {
  const bucketsPerOctave = Math.min(a.bucketsPerOctave, b.bucketsPerOctave);
  const [one, other] = [a, b].map((side) => Histogram.fromSparse(side, bucketsPerOctave).toSparse());
  const borders = [...new Set([...one!.buckets, ...other!.buckets])].sort((x, y) => x - y);
  const sides = [one!, other!].map((side) => ({
    counts: new Map(side.buckets.map((bucket, index) => [bucket, side.counts[index]!])),
    total: side.count,
    passed: 0,
  }));
  let largest = 0;
  for (const bucket of borders) {
    for (const side of sides) side.passed += side.counts.get(bucket) ?? 0;
    const [first, second] = sides.map(({ passed, total }) => passed / total);
    largest = Math.max(largest, Math.abs(first! - second!));
  }
  return largest;
}

function quantileDistance(a: SparseHistogram, b: SparseHistogram): number {
  const [one, other] = [Histogram.fromSparse(a), Histogram.fromSparse(b)];
  let sum = 0;
  for (let percent = 1; percent <= PERCENTILES; percent += 1) {
    const [x, y] = [one.quantile(percent / 100), other.quantile(percent / 100)];
    // Below a nanosecond there is nothing to compare.
    sum += Math.abs(log(Math.max(x, 1e-6) / Math.max(y, 1e-6)));
  }
  return sum / PERCENTILES;
}
