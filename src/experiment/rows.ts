import type { MeasuredRun } from '../input/measured.js';
import { ACCURACY_METRICS, type AccuracyRow, signedError } from '../metrics/accuracy.js';
import type { ReplicationRecord } from '../metrics/record.js';
import { bucketsOf, measuredTotal } from './measured-window.js';
import { predictionInterval } from './prediction-interval.js';
import { type MetricsOfRun, metricsOf, recordTotal, recordWindow } from './record-window.js';
import { measuredWindow } from './window.js';

/** The replications that a prediction is made of. */
export interface PredictedRecords {
  /** With the model's own values, at least one. */
  readonly central: readonly ReplicationRecord[];
  /** With values drawn from what the calibration is unsure of, see `calibrationDraws`; may be empty. */
  readonly drawn: readonly ReplicationRecord[];
  /** How far the model itself is from reality, see `modelDiscrepancy`; nothing where nobody knows. */
  readonly discrepancy?: Readonly<Record<string, number>> | undefined;
}

/** How rows are made. */
export interface RowOptions {
  /** A whole number of the replications' intervals. */
  readonly bucketSeconds: number;
  /** Whether the model was fitted to the take. */
  readonly isCalibrated: (take: MeasuredRun) => boolean;
}

/**
 * A row per metric for each take as a whole, then for each bucket of time, in the order of the takes. A number that one side does
 * not have (a quantile of no requests) has no row.
 *
 * The prediction is the mean over the central replications of what one run would show, also of a bucket's quantiles: the p99 of
 * thirty requests is nearly their largest on both sides.
 */
export function accuracyRows(
  takes: readonly MeasuredRun[],
  { central, drawn, discrepancy }: PredictedRecords,
  { bucketSeconds, isCalibrated }: RowOptions,
): AccuracyRow[] {
  return takes.flatMap((take) => {
    const place = { run: take.label, calibrated: isCalibrated(take), discrepancy };
    const { durationSeconds } = take;
    const total = (record: ReplicationRecord) => recordTotal(record, durationSeconds);
    const whole = rowsOf({
      ...place,
      bucket: null,
      measured: metricsOf(measuredTotal(take, durationSeconds)),
      central: central.map(total),
      drawn: drawn.map(total),
    });
    if (take.samples === undefined) return whole;
    const buckets = bucketsOf(durationSeconds, bucketSeconds).flatMap((window) =>
      rowsOf({
        ...place,
        bucket: window.startSeconds,
        measured: metricsOf(measuredWindow(take, window)),
        central: central.map((record) => recordWindow(record, window)),
        drawn: drawn.map((record) => recordWindow(record, window)),
      }),
    );
    return [...whole, ...buckets];
  });
}

interface Sides extends Pick<AccuracyRow, 'run' | 'bucket' | 'calibrated'> {
  readonly discrepancy: PredictedRecords['discrepancy'];
  readonly measured: MetricsOfRun;
  readonly central: readonly MetricsOfRun[];
  readonly drawn: readonly MetricsOfRun[];
}

function rowsOf({ run, bucket, calibrated, ...sides }: Sides): AccuracyRow[] {
  return ACCURACY_METRICS.flatMap((metric) => {
    const measured = sides.measured[metric];
    const replicated = { central: present(sides.central, metric), drawn: present(sides.drawn, metric) };
    if (measured === null || replicated.central.length === 0) return [];
    const predicted = replicated.central.reduce((sum, value) => sum + value, 0) / replicated.central.length;
    const interval = predictionInterval(metric, replicated, sides.discrepancy?.[metric]);
    const error = signedError(predicted, measured);
    return [{ run, metric, bucket, measured, predicted, interval, error, calibrated }];
  });
}

function present(runs: readonly MetricsOfRun[], metric: keyof MetricsOfRun): number[] {
  return runs.map((run) => run[metric]).filter((value) => value !== null);
}
