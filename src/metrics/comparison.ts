import type { AccuracyRow } from './accuracy.js';

/** One quantity over time on both sides; one entry per bucket, `null` where a side has no requests. */
export interface ComparedSeries {
  readonly predicted: readonly (number | null)[];
  readonly measured: readonly (number | null)[];
  /** Smallest and largest of several takes of the measurement; absent with one take. */
  readonly measuredMin?: readonly (number | null)[];
  readonly measuredMax?: readonly (number | null)[];
  /** The 95 % prediction interval of one single run per bucket, where the replications are known. */
  readonly predictedLow?: readonly (number | null)[];
  readonly predictedHigh?: readonly (number | null)[];
}

/**
 * How near a prediction is, by its error: A within 5 %, B 10 %, C 25 %, D 50 %, E beyond. For a ratio (the error rate) in
 * percentage points instead: 0.5, 1, 2.5, 5. Lying within the spread of several takes is told apart (`withinTakes`), and raises no grade.
 */
export type Grade = 'A' | 'B' | 'C' | 'D' | 'E';

/** One number of the whole run, or of a stage, on both sides. */
export interface ComparedValue {
  /** What it is, as a reader says it: `p95`, `throughput`, `error rate`. */
  readonly name: string;
  /** `ms`, `req/s`, `ratio`, `users`. */
  readonly unit: string;
  readonly predicted: number | null;
  readonly measured: number | null;
  /** Signed: `(predicted - measured) / measured`; `null` where either side is missing or the measurement is 0. */
  readonly relativeError: number | null;
  /**
   * Where one single real run lies in 19 of 20 cases (its 95 % prediction interval); where the replications are not known, the 95 %
   * confidence interval of the prediction.
   */
  readonly predictedInterval?: readonly [number, number];
  /** How many takes lie inside a prediction interval; absent where there is none. */
  readonly takesInside?: number;
  /** Smallest and largest of several takes; `measured` is their mean. */
  readonly measuredRange?: readonly [number, number];
  /** True where the prediction lies between the smallest and the largest take; absent with one take. */
  readonly withinTakes?: boolean;
  /** Absent where a side is missing, or has too few requests for a quantile. */
  readonly grade?: Grade;
}

/** A stage of the load (or the whole run) with its compared numbers. */
export interface ComparedStage {
  /** `0-60s to 100 users`, `total`. */
  readonly label: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly values: readonly ComparedValue[];
}

/** A number on both sides. */
export interface Beside {
  readonly measured: number;
  readonly predicted: number;
}

/** How the latencies of a part of the requests are distributed, on both sides; the measured ones as means over the takes. */
export interface ComparedDistribution {
  readonly kind: 'all' | 'route' | 'instance';
  /** `all requests`, `/api/produits`, `api-1`. */
  readonly name: string;
  readonly requests: Beside;
  /** ms. */
  readonly med: Beside;
  /** ms. */
  readonly p95: Beside;
  /** Kolmogorov-Smirnov distance, 0 to 1; mean over the takes. */
  readonly ks: number;
  /** Mean of |ln(predicted / measured)| over the quantiles 1 % to 99 %; mean over the takes. */
  readonly qq: number;
  /** The largest of the same distances between two takes; absent with one. */
  readonly takesKs?: number;
  readonly takesQq?: number;
}

/** A run as Prometheus' graphs show it, on both sides. */
export interface ComparedPrometheus {
  /** Window of `rate()`. */
  readonly rangeSeconds: number;
  /** The instants of `query_range`. */
  readonly atSeconds: readonly number[];
  /** How old the values of each target are at these. */
  readonly lagSeconds: readonly number[];
  /** `sum(rate(http_request_duration_seconds_count))`. */
  readonly rate: ComparedSeries;
  /** `histogram_quantile(0.5, sum by (le) (rate(..._bucket)))` in ms, and so on. */
  readonly med: ComparedSeries;
  readonly p95: ComparedSeries;
}

/** One take predicted given its own CPU per request: what is left of the error when the machine's speed that day is known. */
export interface OwnCpuTake {
  readonly run: string;
  /** ms of the instances' CPU per request: measured, and of the model as it stands. */
  readonly cpuMs: Beside;
  /** Speed of the instances' host at which the model takes as much; `null` where no plausible one does, and nothing was predicted. */
  readonly speed: number | null;
  /** The take's rows at that speed. */
  readonly rows: readonly AccuracyRow[];
}

/** Prediction beside measurement: what `sim compare` writes and the overlay chart draws. */
export interface Comparison {
  readonly title: string;
  /** Label of the variant that was predicted. */
  readonly label: string;
  /** Where the measurement comes from: a path as the experiment has it. */
  readonly source: string;
  readonly bucketSeconds: number;
  /** Users at the end of each bucket, as planned by the load; empty if unknown. */
  readonly vus: readonly number[];
  /** ms. */
  readonly p50: ComparedSeries;
  /** ms. */
  readonly p95: ComparedSeries;
  /** Requests per second. */
  readonly throughput: ComparedSeries;
  /** Failed requests as a fraction of all, 0 to 1. */
  readonly errorRate: ComparedSeries;
  /** ms. */
  readonly avg?: ComparedSeries;
  /** ms. */
  readonly p90?: ComparedSeries;
  /** ms. */
  readonly p99?: ComparedSeries;
  /** Virtual users, mean of the bucket. */
  readonly users?: ComparedSeries;
  /** In order of time, the whole run (`total`) last. */
  readonly stages: readonly ComparedStage[];
  /** All requests, then by route and instance where both sides tell; empty without samples. */
  readonly distributions?: readonly ComparedDistribution[];
  /** How often the real run was made. */
  readonly takes?: number;
  /** The worst grade of the whole run's throughput, avg, p50, p95 and error rate. */
  readonly grade?: Grade;
  /** What may explain the errors, a sentence each. */
  readonly remarks?: readonly string[];
}
