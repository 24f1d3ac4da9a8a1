import { type MeasuredRun, quantileOfSorted } from '../input/measured.js';
import { Histogram } from '../metrics/histogram.js';
import type { VariantResult } from '../metrics/result.js';

/** What is compared, in the reader's words, with its unit. */
export const QUANTITIES = [
  ['throughput', 'req/s'],
  ['avg', 'ms'],
  ['p50', 'ms'],
  ['p90', 'ms'],
  ['p95', 'ms'],
  ['p99', 'ms'],
  ['error rate', 'ratio'],
  ['users', 'users'],
] as const;

/** One of the compared quantities. */
export type Quantity = (typeof QUANTITIES)[number][0];

/** A part of a run, from `startSeconds` to before `endSeconds`. */
export interface Window {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What one side has in a window; `null` where it has no requests there, or does not know. */
export type WindowValues = Readonly<Record<Quantity, number | null>> & {
  /** Requests that ended in it, as a number of one run. */
  readonly requests: number;
};

/** Of a prediction; the window is taken as whole intervals. */
export function predictedWindow(prediction: VariantResult, window: Window): WindowValues {
  const { series, replications } = prediction;
  const first = Math.round(window.startSeconds / series.intervalSeconds);
  const end = Math.min(series.httpReqs.length, Math.round(window.endSeconds / series.intervalSeconds));
  const durations = new Histogram(
    Math.min(...series.durations.map((sparse) => sparse.bucketsPerOctave), 256),
  );
  let failed = 0;
  let users = 0;
  for (let index = first; index < end; index++) {
    durations.mergeSparse(series.durations[index]!);
    failed += series.httpReqsFailed[index]! * series.intervalSeconds;
    users += series.vus[index]!;
  }
  const requests = durations.count / replications;
  const quantile = (probability: number) => (durations.count === 0 ? null : durations.quantile(probability));
  return {
    requests,
    throughput: requests / (window.endSeconds - window.startSeconds),
    avg: durations.count === 0 ? null : durations.mean,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    'error rate': requests === 0 ? null : failed / requests,
    users: end > first ? users / (end - first) : null,
  };
}

/** Of a real run; all `null` without samples. Durations are null where the file tells none. */
export function measuredWindow(run: MeasuredRun, window: Window): WindowValues {
  const { samples } = run;
  const durations: number[] = [];
  let count = 0;
  let failed = 0;
  let sum = 0;
  for (let index = 0; index < (samples?.endMs.length ?? 0); index++) {
    const endSeconds = samples!.endMs[index]! / 1000;
    if (endSeconds < window.startSeconds || endSeconds >= window.endSeconds) continue;
    count += 1;
    failed += samples!.failed[index]!;
    const durationMs = samples!.durationMs[index]!;
    if (Number.isNaN(durationMs)) continue;
    durations.push(durationMs);
    sum += durationMs;
  }
  const sorted = Float64Array.from(durations).sort();
  const quantile = (probability: number) =>
    sorted.length === 0 ? null : quantileOfSorted(sorted, probability);
  const vus = run.vus.filter(
    ({ atSeconds }) => atSeconds >= window.startSeconds && atSeconds < window.endSeconds,
  );
  const requests = count * (samples?.every ?? 1);
  return {
    requests,
    throughput:
      samples === undefined
        ? null
        : (requests * (run.stretch ?? 1)) / (window.endSeconds - window.startSeconds),
    avg: sorted.length === 0 ? null : sum / sorted.length,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    'error rate': count === 0 || run.metrics.http_req_failed === undefined ? null : failed / count,
    users: vus.length === 0 ? null : vus.reduce((total, point) => total + point.value, 0) / vus.length,
  };
}

/** The prediction's values of the whole run, with their 95 % intervals. */
export interface PredictedTotal {
  readonly values: WindowValues;
  readonly intervals: Partial<Record<Quantity, readonly [number, number]>>;
}

/** k6's names of the quantities that are statistics of a metric. */
const STATISTICS = [
  ['avg', 'http_req_duration', 'avg'],
  ['p50', 'http_req_duration', 'med'],
  ['p90', 'http_req_duration', 'p(90)'],
  ['p95', 'http_req_duration', 'p(95)'],
  ['p99', 'http_req_duration', 'p(99)'],
  ['error rate', 'http_req_failed', 'rate'],
] as const satisfies readonly (readonly [Quantity, string, string])[];

/** @param durationSeconds what throughput is divided by: the measured run's length. */
export function predictedTotal(prediction: VariantResult, durationSeconds: number): PredictedTotal {
  const { metrics, intervals, series } = prediction;
  const requests = metrics.http_reqs?.count ?? 0;
  const duration = metrics.http_req_duration;
  const values = STATISTICS.map(
    ([name, metric, statistic]) =>
      [name, requests === 0 ? null : (metrics[metric]?.[statistic] ?? null)] as const,
  );
  const bounds = STATISTICS.map(
    ([name, metric, statistic]) => [name, intervals[metric]?.[statistic]] as const,
  );
  const count = intervals.http_reqs?.count;
  // Users as a load generator samples them while it runs: intervals after its end are not part of it.
  const users = series.vus.slice(
    0,
    Math.max(1, Math.floor(prediction.durationSeconds / series.intervalSeconds)),
  );
  return {
    values: {
      ...(Object.fromEntries(values) as Record<(typeof STATISTICS)[number][0], number | null>),
      requests: duration === undefined ? 0 : requests,
      throughput: requests / durationSeconds,
      users: users.length === 0 ? null : users.reduce((sum, value) => sum + value, 0) / users.length,
    },
    intervals: {
      ...Object.fromEntries(bounds.filter(([, interval]) => interval !== undefined)),
      ...(count && { throughput: [count[0] / durationSeconds, count[1] / durationSeconds] as const }),
    },
  };
}
