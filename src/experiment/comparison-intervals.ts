import type { AccuracyMetric } from '../metrics/accuracy.js';
import { predictionInterval } from './prediction-interval.js';
import { type MetricsOfRun, recordTotal, recordWindow } from './record-window.js';
import type { PredictedRecords } from './rows.js';
import type { Quantity, Window } from './window.js';

/** A 95 % prediction interval. */
type Interval = readonly [low: number, high: number];

/** By quantity; users have none, they are the load's. */
export type QuantityIntervals = Partial<Record<Quantity, Interval>>;

const METRIC_OF: readonly (readonly [Quantity, AccuracyMetric])[] = [
  ['throughput', 'rate'],
  ['avg', 'avg'],
  ['p50', 'med'],
  ['p90', 'p(90)'],
  ['p95', 'p(95)'],
  ['p99', 'p(99)'],
  ['error rate', 'failed'],
];

/** Of one run as a whole. @param durationSeconds what the rate is divided by. */
export function totalIntervals(records: PredictedRecords, durationSeconds: number): QuantityIntervals {
  return intervalsOf(records, (record) => recordTotal(record, durationSeconds));
}

/** Of one run in a window. */
export function windowIntervals(records: PredictedRecords, window: Window): QuantityIntervals {
  return intervalsOf(records, (record) => recordWindow(record, window));
}

function intervalsOf(
  { central, drawn, discrepancy }: PredictedRecords,
  read: (record: PredictedRecords['central'][number]) => MetricsOfRun,
): QuantityIntervals {
  const sides = { central: central.map(read), drawn: drawn.map(read) };
  const found = METRIC_OF.flatMap(([quantity, metric]) => {
    const values = (runs: readonly MetricsOfRun[]) =>
      runs.map((run) => run[metric]).filter((value) => value !== null);
    const replicated = { central: values(sides.central), drawn: values(sides.drawn) };
    if (replicated.central.length === 0) return [];
    return [[quantity, predictionInterval(metric, replicated, discrepancy?.[metric])] as const];
  });
  return Object.fromEntries(found);
}
