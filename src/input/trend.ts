import type { MetricValues } from '../metrics/result.js';
import { type Column, float64Column, Thinning } from './columns.js';
import { quantileOfSorted } from './measured.js';

/** Most values of a metric that are kept for its percentiles: 8 MB. */
const VALUES_MAX = 1_048_576;

/** The values of one metric. */
export interface Trend {
  readonly kept: Column;
  readonly thinning: Thinning;
  count: number;
  /** In order of arrival, as k6 adds. */
  sum: number;
  min: number;
  max: number;
}

/** No values yet. @param valuesMax most that are kept; of more, percentiles are of a random share. */
export function newTrend(valuesMax: number = VALUES_MAX): Trend {
  const [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return { kept: float64Column(), thinning: new Thinning(valuesMax), count: 0, sum: 0, min, max };
}

/** Adds a value: O(1). */
export function addToTrend(trend: Trend, value: number): void {
  trend.count += 1;
  trend.sum += value;
  if (value < trend.min) trend.min = value;
  if (value > trend.max) trend.max = value;
  if (trend.thinning.takes(() => trend.kept.halve())) trend.kept.push(value);
}

/** k6's statistics of a trend, which is empty afterwards; percentiles are exact up to a million values, then those of a random share of at least half a million. */
export function trendStatistics({ kept, count, sum, min, max }: Trend): MetricValues {
  const sorted = kept.take().sort();
  return {
    avg: count === 0 ? 0 : sum / count,
    min: count === 0 ? 0 : min,
    med: quantileOfSorted(sorted, 0.5),
    max: count === 0 ? 0 : max,
    'p(90)': quantileOfSorted(sorted, 0.9),
    'p(95)': quantileOfSorted(sorted, 0.95),
    'p(99)': quantileOfSorted(sorted, 0.99),
    count,
  };
}
