/** Prometheus' own arithmetic on sampled counters and histograms, so that two sides can be read as its graphs read them. */

/** A scraped value. */
export interface Scraped {
  readonly atSeconds: number;
  readonly value: number;
}

/** Extrapolation to the window's borders only where these are as near as another sample would be. */
const EXTRAPOLATION_FACTOR = 1.1;

/**
 * `rate(counter[range])` at an instant: the increase between the first and the last sample of the window, extrapolated to the window, but
 * not below zero, per second. `undefined` with fewer than two samples.
 *
 * Source: Prometheus 2.53, promql/functions.go, extrapolatedRate.
 *
 * @param samples ascending in time.
 */
export function rateAt(
  samples: readonly Scraped[],
  atSeconds: number,
  rangeSeconds: number,
): number | undefined {
  const start = atSeconds - rangeSeconds;
  const inside = samples.filter((sample) => sample.atSeconds >= start && sample.atSeconds <= atSeconds);
  const [first] = inside;
  const last = inside.at(-1);
  if (first === undefined || last === undefined || inside.length < 2) return undefined;
  const increase = increaseOf(inside);
  const sampled = last.atSeconds - first.atSeconds;
  const between = sampled / (inside.length - 1);
  const threshold = between * EXTRAPOLATION_FACTOR;
  let toStart = first.atSeconds - start;
  let toEnd = atSeconds - last.atSeconds;
  if (toStart >= threshold) toStart = between / 2;
  if (increase > 0 && first.value >= 0) toStart = Math.min(toStart, sampled * (first.value / increase));
  if (toEnd >= threshold) toEnd = between / 2;
  return (increase * (sampled + toStart + toEnd)) / sampled / rangeSeconds;
}

/** A counter that fell began anew: what it had is added. */
function increaseOf(samples: readonly Scraped[]): number {
  let increase = samples.at(-1)!.value - samples[0]!.value;
  for (let index = 1; index < samples.length; index += 1) {
    const before = samples[index - 1]!.value;
    if (samples[index]!.value < before) increase += before;
  }
  return increase;
}

/** One bucket of a classic histogram: cumulative, as Prometheus keeps it. */
export interface CumulativeBucket {
  /** Upper border, `le`; Infinity for the last. */
  readonly le: number;
  /** Observations (or their rate) of at most `le`. */
  readonly count: number;
}

/**
 * `histogram_quantile(q, buckets)`: linear within the bucket; in the last one the lower border of it. `undefined` where Prometheus says NaN.
 *
 * Source: Prometheus 2.53, promql/quantile.go, bucketQuantile and ensureMonotonicAndIgnoreSmallDeltas.
 *
 * @param quantile 0 to 1.
 */
export function histogramQuantile(
  quantile: number,
  buckets: readonly CumulativeBucket[],
): number | undefined {
  const sorted = monotonic([...buckets].sort((a, b) => a.le - b.le));
  const last = sorted.at(-1);
  if (last === undefined || last.le !== Number.POSITIVE_INFINITY || sorted.length < 2) return undefined;
  if (!(last.count > 0)) return undefined;
  const rank = quantile * last.count;
  const index = sorted.slice(0, -1).findIndex(({ count }) => count >= rank);
  if (index < 0) return sorted.at(-2)!.le;
  const { le, count } = sorted[index]!;
  const before = sorted[index - 1];
  if (before === undefined) return le <= 0 ? le : le * (rank / count);
  return before.le + (le - before.le) * ((rank - before.count) / (count - before.count));
}

/** Each count at least that of the bucket before it: rates of buckets are sampled at different times. */
function monotonic(sorted: readonly CumulativeBucket[]): CumulativeBucket[] {
  let most = 0;
  return sorted.map(({ le, count }) => {
    most = Math.max(most, count);
    return { le, count: most };
  });
}
