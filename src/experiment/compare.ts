import type { MeasuredRun } from '../input/measured.js';
import type { ComparedSeries, ComparedStage, ComparedValue, Comparison } from '../metrics/comparison.js';
import type { VariantResult } from '../metrics/result.js';
import { compareDistributions } from './compare-distributions.js';
import { type QuantityIntervals, totalIntervals, windowIntervals } from './comparison-intervals.js';
import { overallGrade, valueGrade } from './grade.js';
import { bucketsOf, defaultBucket, measuredTotal, roundTo } from './measured-window.js';
import { comparisonRemarks } from './remarks.js';
import type { PredictedRecords } from './rows.js';
import {
  measuredWindow,
  predictedTotal,
  predictedWindow,
  QUANTITIES,
  type Quantity,
  type WindowValues,
} from './window.js';

/** A stage of the load, in seconds since the start of the run. */
export interface StageWindow {
  /** `0-60s to 100 users` */
  readonly label: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** How the run is cut. */
export interface CompareOptions {
  /** Default: the prediction's label. */
  readonly title?: string;
  /** Rounded to whole intervals of the prediction. Default: such that there are at most 15 buckets. */
  readonly bucketSeconds?: number;
  /** Besides the whole run; none by default. Rounded to whole intervals of the prediction, as the measurement then is too. */
  readonly stages?: readonly StageWindow[];
  /** The replications themselves: without them there is no prediction interval, and no distribution. */
  readonly records?: PredictedRecords;
}

/**
 * Holds a prediction against one or several takes of a real run, per bucket, per stage and in total.
 *
 * Both sides use k6's definitions: a request counts where it ended, quantiles are interpolated by the same rule, the error rate is
 * that of `http_req_failed`. Throughput is requests in a window by the length of the window, for the whole run too: there the
 * window is the measured duration (mean of the takes), so that a longer tail of one side cannot hide a difference. A take that
 * has only a summary takes part in the total.
 *
 * Quantiles of the whole run are the prediction's own; those of stages and buckets come from its coarser histograms per interval
 * (at most 3.1 % off, for a smooth distribution a tenth of that).
 *
 * @throws RangeError without a take.
 */
export function compareRuns(
  prediction: VariantResult,
  measured: readonly MeasuredRun[],
  options: CompareOptions = {},
): Comparison {
  if (measured.length === 0) throw new RangeError('nothing to compare with: no measured run');
  const durationSeconds = meanOf(measured.map((run) => run.durationSeconds));
  const { intervalSeconds } = prediction.series;
  const bucketSeconds = roundTo(options.bucketSeconds ?? defaultBucket(durationSeconds), intervalSeconds);
  const { records } = options;
  const buckets = bucketsOf(durationSeconds, bucketSeconds).map((window) => ({
    predicted: predictedWindow(prediction, window),
    measured: measured.map((run) => measuredWindow(run, window)),
    intervals: records && windowIntervals(records, window),
  }));
  const stages = (options.stages ?? []).map((stage) =>
    compareStage({ prediction, measured, records }, stage),
  );
  const total = compareTotal({ prediction, measured, records }, durationSeconds);
  const series = (quantity: Quantity) => comparedSeries(buckets, quantity);
  const grade = overallGrade(total.values);
  const comparison = {
    title: options.title ?? prediction.label,
    label: prediction.label,
    source: measured.map((run) => run.source).join(', '),
    bucketSeconds,
    vus: usersAtEnds(measured, prediction, buckets.length, bucketSeconds),
    p50: series('p50'),
    p95: series('p95'),
    throughput: series('throughput'),
    errorRate: series('error rate'),
    avg: series('avg'),
    p90: series('p90'),
    p99: series('p99'),
    users: series('users'),
    stages: [...stages, total],
    distributions: compareDistributions(measured, records?.central ?? []),
    takes: measured.length,
    ...(grade === undefined ? {} : { grade }),
  };
  return { ...comparison, remarks: comparisonRemarks(comparison) };
}

interface ComparedWindow {
  readonly predicted: WindowValues;
  /** One per take. */
  readonly measured: readonly WindowValues[];
  /** Prediction intervals, where the replications are known. */
  readonly intervals?: QuantityIntervals | undefined;
}

function comparedSeries(windows: readonly ComparedWindow[], quantity: Quantity): ComparedSeries {
  const takes = windows.map((window) => presentValues(window.measured, quantity));
  const pick = (choose: (values: readonly number[]) => number) =>
    takes.map((values) => (values.length === 0 ? null : choose(values)));
  const several = (windows[0]?.measured.length ?? 0) > 1;
  const border = (which: 0 | 1) => windows.map(({ intervals }) => intervals?.[quantity]?.[which] ?? null);
  const hasIntervals = windows.some(({ intervals }) => intervals?.[quantity] !== undefined);
  return {
    predicted: windows.map((window) => window.predicted[quantity]),
    measured: pick(meanOf),
    ...(hasIntervals && { predictedLow: border(0), predictedHigh: border(1) }),
    ...(several && {
      measuredMin: pick((values) => Math.min(...values)),
      measuredMax: pick((values) => Math.max(...values)),
    }),
  };
}

function presentValues(takes: readonly WindowValues[], quantity: Quantity): number[] {
  return takes.map((take) => take[quantity]).filter((value) => value !== null);
}

function compareStage({ prediction, measured, records }: Sides, stage: StageWindow): ComparedStage {
  const { intervalSeconds } = prediction.series;
  const startSeconds = Math.round(stage.startSeconds / intervalSeconds) * intervalSeconds;
  const length = roundTo(stage.endSeconds - startSeconds, intervalSeconds);
  const window = { startSeconds, endSeconds: startSeconds + length };
  const compared = {
    predicted: predictedWindow(prediction, window),
    measured: measured.map((run) => measuredWindow(run, window)),
    intervals: records && windowIntervals(records, window),
  };
  return { label: stage.label, ...window, values: comparedValues(compared, compared.intervals ?? {}) };
}

interface Sides {
  readonly prediction: VariantResult;
  readonly measured: readonly MeasuredRun[];
  readonly records: PredictedRecords | undefined;
}

function compareTotal({ prediction, measured, records }: Sides, durationSeconds: number): ComparedStage {
  const { values, intervals } = predictedTotal(prediction, durationSeconds);
  const compared = {
    predicted: values,
    measured: measured.map((run) => measuredTotal(run, durationSeconds)),
    intervals: records && totalIntervals(records, durationSeconds),
  };
  return {
    label: 'total',
    startSeconds: 0,
    endSeconds: durationSeconds,
    values: comparedValues(compared, compared.intervals ?? intervals),
  };
}

function comparedValues(
  window: ComparedWindow,
  intervals: Partial<Record<Quantity, readonly [number, number]>>,
): ComparedValue[] {
  const requests = Math.min(window.predicted.requests, ...window.measured.map((take) => take.requests));
  return QUANTITIES.map(([name, unit]) => {
    const takes = presentValues(window.measured, name);
    const predicted = window.predicted[name];
    const measured = takes.length === 0 ? null : meanOf(takes);
    const isComparable = predicted !== null && measured !== null;
    const range = takes.length < 2 ? undefined : ([Math.min(...takes), Math.max(...takes)] as const);
    const value: ComparedValue = {
      name,
      unit,
      predicted,
      measured,
      relativeError: isComparable && measured !== 0 ? (predicted - measured) / measured : null,
      ...(intervals[name] && { predictedInterval: intervals[name] }),
      ...(window.intervals?.[name] && { takesInside: countInside(takes, window.intervals[name]) }),
      ...(range && { measuredRange: range }),
      ...(range && predicted !== null && { withinTakes: predicted >= range[0] && predicted <= range[1] }),
    };
    const grade = valueGrade(value, requests);
    return grade === undefined ? value : { ...value, grade };
  });
}

function countInside(takes: readonly number[], [low, high]: readonly [number, number]): number {
  return takes.filter((value) => value >= low && value <= high).length;
}

/** As measured, else as predicted: users at the end of each bucket. */
function usersAtEnds(
  measured: readonly MeasuredRun[],
  prediction: VariantResult,
  bucketCount: number,
  bucketSeconds: number,
): number[] {
  const { vus: predicted, intervalSeconds } = prediction.series;
  const real = measured.find((run) => run.vus.length > 0)?.vus;
  return Array.from({ length: bucketCount }, (_, index) => {
    const endSeconds = (index + 1) * bucketSeconds;
    if (real !== undefined)
      return (real.findLast((point) => point.atSeconds <= endSeconds) ?? real[0])!.value;
    return predicted[Math.min(predicted.length, Math.round(endSeconds / intervalSeconds)) - 1] ?? 0;
  });
}

function meanOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
