/** One quantity over time on both sides; one entry per bucket, `null` where a side has no requests. */
export interface ComparedSeries {
  readonly predicted: readonly (number | null)[];
  readonly measured: readonly (number | null)[];
  /** Smallest and largest of several takes of the measurement; absent with one take. */
  readonly measuredMin?: readonly (number | null)[];
  readonly measuredMax?: readonly (number | null)[];
  /** Half width of the prediction's 95 % interval per bucket, where there are several replications. */
  readonly predictedHalfWidth?: readonly (number | null)[];
}

/** One number of the whole run, or of a stage, on both sides. */
export interface ComparedValue {
  /** What it is, as a reader says it: `p95`, `throughput`, `error rate`. */
  readonly name: string;
  /** `ms`, `req/s`, `ratio`, `s`, `requests`. */
  readonly unit: string;
  readonly predicted: number | null;
  readonly measured: number | null;
  /** Signed: `(predicted - measured) / measured`; `null` where either side is missing or the measurement is 0. */
  readonly relativeError: number | null;
}

/** A stage of the load (or the whole run) with its compared numbers. */
export interface ComparedStage {
  /** `0-60s to 100 users`, `total`. */
  readonly label: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly values: readonly ComparedValue[];
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
  readonly stages: readonly ComparedStage[];
}
