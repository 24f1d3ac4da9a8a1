import { type MeasuredRun, quantileOfSorted, sortedDurations } from '../input/measured.js';
import type { Window, WindowValues } from './window.js';

const BUCKET_COUNT_MAX = 15;
/** Bucket lengths that a reader can count in. */
const BUCKET_SECONDS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** The shortest countable bucket that gives at most 15 of them. */
export function defaultBucket(durationSeconds: number): number {
  const fitting = BUCKET_SECONDS.find((seconds) => durationSeconds / seconds <= BUCKET_COUNT_MAX);
  return fitting ?? Math.ceil(durationSeconds / BUCKET_COUNT_MAX);
}

/** To a whole, positive number of intervals. */
export function roundTo(seconds: number, intervalSeconds: number): number {
  return Math.max(1, Math.round(seconds / intervalSeconds)) * intervalSeconds;
}

/** The buckets that a run of that length is cut into; the last one may reach beyond its end. */
export function bucketsOf(durationSeconds: number, bucketSeconds: number): Window[] {
  const count = Math.max(1, Math.ceil(durationSeconds / bucketSeconds));
  return Array.from({ length: count }, (_, index) => ({
    startSeconds: index * bucketSeconds,
    endSeconds: (index + 1) * bucketSeconds,
  }));
}

/**
 * Of a real run as a whole: of its metrics, which a summary has too; what it lacks (k6's summary has no p(99) by default) comes
 * from the samples.
 */
export function measuredTotal(run: MeasuredRun, durationSeconds: number): WindowValues {
  const duration = run.metrics.http_req_duration ?? {};
  const count = run.metrics.http_reqs?.count ?? duration.count ?? null;
  const sorted = sortedDurations(run.samples);
  const quantile = (statistic: string, probability: number) =>
    duration[statistic] ?? (sorted.length === 0 ? null : quantileOfSorted(sorted, probability));
  return {
    requests: count ?? 0,
    throughput: count === null ? null : (count * (run.stretch ?? 1)) / durationSeconds,
    avg: duration.avg ?? null,
    p50: quantile('med', 0.5),
    p90: quantile('p(90)', 0.9),
    p95: quantile('p(95)', 0.95),
    p99: quantile('p(99)', 0.99),
    'error rate': run.metrics.http_req_failed?.rate ?? null,
    users: run.vus.length === 0 ? null : run.vus.reduce((sum, { value }) => sum + value, 0) / run.vus.length,
  };
}
