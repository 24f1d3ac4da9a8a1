/**
 * What a run leaves behind, as plain data: everything a table, chart, comparison or export needs, and nothing else.
 * Times in milliseconds and rates per second, as in k6's summary, unless the name says otherwise.
 */

import type { GeneratorRecord } from './generator.js';

/** Statistics of a k6 metric. Trends: avg min med max p(90) p(95) p(99) count; counters: count rate; rates: rate passes fails; gauges: value min max. */
export type MetricValues = Readonly<Record<string, number>>;

/** A log-linear histogram with only its filled buckets; see `histogram.ts` for the bucket borders. */
export interface SparseHistogram {
  /** Buckets per factor of two. */
  readonly bucketsPerOctave: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Bucket numbers, ascending. */
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
}

/** A quantity over time: `values[i]` belongs to the interval that starts at `i * intervalSeconds`. */
export interface GaugeSeries {
  readonly place: string;
  readonly name: string;
  readonly values: readonly number[];
}

/** The run over time, one entry per interval; averages over the replications, percentiles of all their requests together. */
export interface SeriesResult {
  readonly intervalSeconds: number;
  /** Virtual users at the end of the interval. */
  readonly vus: readonly number[];
  /** Requests that ended in the interval, per second. */
  readonly httpReqs: readonly number[];
  /** Of these, the failed ones, per second. */
  readonly httpReqsFailed: readonly number[];
  /** `null` where no request ended. */
  readonly p50: readonly (number | null)[];
  readonly p90: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  readonly avg: readonly (number | null)[];
  /** Durations of the interval's requests, coarse; for re-bucketing (a comparison per stage or per 10 s). */
  readonly durations: readonly SparseHistogram[];
  readonly gauges: readonly GaugeSeries[];
}

/** One instance over the whole run; averages over the replications. */
export interface InstanceResult {
  readonly name: string;
  readonly service: string;
  readonly requests: number;
  /** Fraction of the requests of its service. */
  readonly share: number;
  readonly errors: number;
  readonly avg: number;
  readonly 'p(95)': number;
  /** CPU seconds used per second of the run. */
  readonly cpu: number;
  /** Seconds frozen by the CPU quota per second of the run. */
  readonly throttled: number;
  readonly memoryBytesMax: number;
  readonly inFlightMax: number;
}

/** How one threshold ended. */
export interface ThresholdResult {
  readonly ok: boolean;
  /** The value that was compared. */
  readonly value: number;
}

/** One replication: one seed. */
export interface ReplicationResult {
  readonly seed: string;
  readonly fingerprint: string;
  readonly events: number;
  readonly metrics: Readonly<Record<string, MetricValues>>;
}

/** One variant of an experiment: what was varied, and what came out. */
export interface VariantResult {
  /** Path to value, as the experiment's `vary` has them; empty without `vary`. */
  readonly variant: Readonly<Record<string, unknown>>;
  /** Short label: `replicas=2, algorithm=least_conn`; the experiment's name where there is one variant only. */
  readonly label: string;
  /** Of all replications together. */
  readonly fingerprint: string;
  readonly replications: number;
  /** Length of the run in simulated seconds (mean). */
  readonly durationSeconds: number;
  readonly events: number;
  /** Mean over the replications (`min` and `max`: extremes), under k6's metric names. */
  readonly metrics: Readonly<Record<string, MetricValues>>;
  /** 95 % confidence intervals of the same; absent with fewer than two replications. */
  readonly intervals: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>>;
  readonly thresholds: Readonly<Record<string, Readonly<Record<string, ThresholdResult>>>>;
  readonly instances: readonly InstanceResult[];
  readonly durations: SparseHistogram;
  readonly series: SeriesResult;
  readonly runs: readonly ReplicationResult[];
  /** By scenario, what a load generator other than k6 reports of the first replication; absent where there was none. */
  readonly generators?: Readonly<Record<string, GeneratorRecord>>;
}

/** Everything `result.json` holds. */
export interface RunResult {
  readonly experiment: string;
  readonly title: string;
  readonly version: string;
  readonly seed: string;
  /** `sha256:` of the inputs (experiment, model, data files), in a canonical form. */
  readonly inputs: string;
  readonly variants: readonly VariantResult[];
}
