import { Histogram } from './histogram.js';
import type { MetricRecord } from './record.js';
import type { MetricValues, SparseHistogram } from './result.js';

/** The statistics of a trend, in the order they are written. */
export const TREND_STATISTICS = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)', 'count'] as const;

/**
 * One statistic of a metric, by k6's word for it: of a trend avg, min, med, max, p(N) and count (ms); of a counter count and
 * rate (per second of the test); of a rate rate (0 to 1; 0 without samples), passes and fails; of a gauge value, min, max.
 *
 * @throws RangeError for a statistic that the type does not have.
 */
export function aggregate(record: MetricRecord, aggregation: string, durationSeconds: number): number {
  if (record.type === 'trend') return trendStatistic(Histogram.fromSparse(record.values), aggregation);
  const value = metricValues(record, durationSeconds)[aggregation];
  if (value === undefined) throw new RangeError(`a ${record.type} has no statistic "${aggregation}"`);
  return value;
}

/** All statistics of a metric, under k6's words. */
export function metricValues(record: MetricRecord, durationSeconds: number): MetricValues {
  switch (record.type) {
    case 'trend':
      return trendValues(record.values);
    case 'counter':
      return { count: record.count, rate: durationSeconds > 0 ? record.count / durationSeconds : 0 };
    case 'rate': {
      const { passes, total } = record;
      return { rate: total > 0 ? passes / total : 0, passes, fails: total - passes };
    }
    case 'gauge':
      return { value: record.value, min: record.min, max: record.max };
  }
}

function trendValues(sparse: SparseHistogram): MetricValues {
  const histogram = Histogram.fromSparse(sparse);
  const values: Record<string, number> = {};
  for (const name of TREND_STATISTICS) values[name] = trendStatistic(histogram, name);
  return values;
}

/** One statistic of a histogram; 0 where it is empty, as k6 has it. */
export function trendStatistic(histogram: Histogram, name: string): number {
  switch (name) {
    case 'avg':
      return histogram.mean;
    case 'min':
      return histogram.count === 0 ? 0 : histogram.min;
    case 'med':
      return histogram.quantile(0.5);
    case 'max':
      return histogram.max;
    case 'count':
      return histogram.count;
  }
  const percent = /^p\((.+)\)$/.exec(name)?.[1];
  if (percent === undefined) throw new RangeError(`a trend has no statistic "${name}"`);
  return histogram.quantile(Number(percent) / 100);
}
