import { ACCURACY_METRICS, type AccuracyMetric, type AccuracyRow, signedError } from './accuracy.js';

/** One run with all its takes: what the report of all runs has of it. */
export interface AccuracyRun {
  /** `n1-shop-ramp`: the takes' name without their letters. */
  readonly run: string;
  /** From the calibration alone. */
  readonly rows: readonly AccuracyRow[];
  /** Given each take's own CPU per request; a take whose CPU nobody measured has none. */
  readonly ownCpuRows: readonly AccuracyRow[];
  /** True where nearly all of a request's demands do not depend on the machine's speed. */
  readonly isSpeedIndependent: boolean;
  /** What simple methods predict, by their name. */
  readonly baselines: Readonly<Record<string, Partial<Record<AccuracyMetric, number>>>>;
}

/** One metric of a run as a whole, over its takes. */
export interface RunError {
  readonly metric: AccuracyMetric;
  /** Mean of the takes. */
  readonly measured: number;
  /** Mean of the predictions of the takes. */
  readonly predicted: number;
  /** Signed, as a fraction of the measured mean; of `failed` the difference itself. `null` where there is no measured value to divide by. */
  readonly error: number | null;
  /** From the smallest to the largest take, in the unit of `error`; `null` with one take. */
  readonly spread: number | null;
}

/** The errors of a run as a whole; metrics without rows are left out. */
export function runErrors(rows: readonly AccuracyRow[]): RunError[] {
  return ACCURACY_METRICS.flatMap((metric): RunError[] => {
    const own = rows.filter((row) => row.metric === metric && row.bucket === null);
    if (own.length === 0) return [];
    const values = own.map((row) => row.measured);
    const measured = meanOf(values);
    const predicted = meanOf(own.map((row) => row.predicted));
    const range = own.length < 2 ? null : Math.max(...values) - Math.min(...values);
    if (metric === 'failed')
      return [{ metric, measured, predicted, error: predicted - measured, spread: range }];
    const spread = range === null || measured === 0 ? null : range / measured;
    return [{ metric, measured, predicted, error: signedError(predicted, measured), spread }];
  });
}

/** Median and largest of absolute errors; `null` for none. */
export interface ErrorSummary {
  readonly median: number | null;
  readonly worst: number | null;
  readonly count: number;
}

/** Over runs, each counted once. */
export function summarizeErrors(errors: readonly (number | null | undefined)[]): ErrorSummary {
  const sizes = errors.flatMap((error) => (error == null ? [] : [Math.abs(error)])).sort((a, b) => a - b);
  if (sizes.length === 0) return { median: null, worst: null, count: 0 };
  const middle = (sizes.length - 1) / 2;
  const median = (sizes[Math.floor(middle)]! + sizes[Math.ceil(middle)]!) / 2;
  return { median, worst: sizes.at(-1)!, count: sizes.length };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
