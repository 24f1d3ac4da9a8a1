import type { AccuracyMetric } from '../metrics/accuracy.js';
import { Histogram } from '../metrics/histogram.js';
import { RECORD_BUCKETS_PER_OCTAVE, type ReplicationRecord } from '../metrics/record.js';
import { replicationMetrics } from '../metrics/summary.js';
import type { Window, WindowValues } from './window.js';

/** What one side has of each metric; `null` without requests. */
export type MetricsOfRun = Readonly<Record<AccuracyMetric, number | null>>;

/** The compared quantities of a window under k6's names. */
export function metricsOf(values: WindowValues): MetricsOfRun {
  return {
    rate: values.throughput,
    avg: values.avg,
    med: values.p50,
    'p(90)': values.p90,
    'p(95)': values.p95,
    'p(99)': values.p99,
    failed: values['error rate'],
  };
}

/** Of one replication, in a window of whole intervals; quantiles are at most 0.8 % off, for a smooth distribution a tenth of that. */
export function recordWindow(record: ReplicationRecord, window: Window): MetricsOfRun {
  const first = Math.round(window.startSeconds / record.intervalSeconds);
  const end = Math.round(window.endSeconds / record.intervalSeconds);
  const durations = new Histogram(RECORD_BUCKETS_PER_OCTAVE);
  let failed = 0;
  for (const interval of record.intervals.slice(first, end)) {
    durations.mergeSparse(interval.durations);
    failed += interval.failed;
  }
  const { count } = durations;
  const orNull = (value: number) => (count === 0 ? null : value);
  return {
    rate: count / (window.endSeconds - window.startSeconds),
    avg: orNull(durations.mean),
    med: orNull(durations.quantile(0.5)),
    'p(90)': orNull(durations.quantile(0.9)),
    'p(95)': orNull(durations.quantile(0.95)),
    'p(99)': orNull(durations.quantile(0.99)),
    failed: orNull(failed / count),
  };
}

/** Of one replication as a whole. @param durationSeconds what the rate is divided by: the measured run's length. */
export function recordTotal(record: ReplicationRecord, durationSeconds: number): MetricsOfRun {
  const {
    http_reqs: requests,
    http_req_duration: duration,
    http_req_failed: failed,
  } = replicationMetrics(record);
  const count = requests?.count ?? 0;
  const trend = (statistic: string) => (count === 0 ? null : (duration?.[statistic] ?? null));
  return {
    rate: count / durationSeconds,
    avg: trend('avg'),
    med: trend('med'),
    'p(90)': trend('p(90)'),
    'p(95)': trend('p(95)'),
    'p(99)': trend('p(99)'),
    failed: count === 0 ? null : (failed?.rate ?? null),
  };
}
