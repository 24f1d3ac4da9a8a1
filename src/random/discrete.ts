/** Cumulative probabilities with a guide into them: draws an index in constant expected time from one uniform number. */
export interface CumulativeTable {
  /** bounds[i] = probability of an index of at most i; not decreasing, the last is 1. */
  readonly bounds: Float64Array;
  /** guide[j] = the first index whose bound is above j / guide.length. */
  readonly guide: Int32Array;
}

/**
 * The table of `weights` (not negative, at least one positive, any sum). O(n) time, 12 bytes per weight. An index of
 * weight 0 is never drawn.
 *
 * Source: Chen and Asau, "On Generating Random Variates from an Empirical Distribution" (1974): with as many guides as
 * weights, a draw looks at two bounds on average. An alias table is as fast, but does not keep the order: here a
 * larger uniform number never gives a smaller index.
 */
export function cumulativeTable(weights: ArrayLike<number>): CumulativeTable {
  const bounds = new Float64Array(weights.length);
  let total = 0;
  for (let index = 0; index < weights.length; index += 1) {
    total += weights[index]!;
    bounds[index] = total;
  }
  for (let index = 0; index < bounds.length; index += 1) bounds[index] = bounds[index]! / total;
  const guide = new Int32Array(bounds.length);
  let first = 0;
  for (let step = 0; step < guide.length; step += 1) {
    while (bounds[first]! <= step / guide.length) first += 1;
    guide[step] = first;
  }
  return { bounds, guide };
}

/** The index whose share of [0, 1) holds `uniform`. */
export function indexAt(table: CumulativeTable, uniform: number): number {
  const bounds = table.bounds;
  let index = table.guide[Math.floor(uniform * table.guide.length)]!;
  // The guide's own bound is rounded: one step down may be needed before the steps up.
  if (index > 0 && bounds[index - 1]! > uniform) index -= 1;
  while (bounds[index]! <= uniform) index += 1;
  return index;
}

/** Mean and variance of values drawn with probabilities proportional to weights. */
export function weightedMoments(values: ArrayLike<number>, weights: ArrayLike<number>): Moments {
  let total = 0;
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    total += weights[index]!;
    sum += weights[index]! * values[index]!;
  }
  const mean = sum / total;
  let squares = 0;
  for (let index = 0; index < values.length; index += 1) {
    const deviation = values[index]! - mean;
    squares += weights[index]! * deviation * deviation;
  }
  return { mean, variance: squares / total };
}

/** The first two moments of a distribution. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}
