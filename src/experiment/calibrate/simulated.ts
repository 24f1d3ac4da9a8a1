import { Histogram } from '../../metrics/histogram.js';
import {
  type MetricRecord,
  RECORD_BUCKETS_PER_OCTAVE,
  type ReplicationRecord,
} from '../../metrics/record.js';
import { log } from '../../random/math.js';
import type { Observation, ObservedWindow } from './observation.js';

/** What a simulated run has in place of its observations. */
export interface Simulated {
  /** On the scale of each observation's `value`; NaN where no request ended. For `cpu` plain seconds per request. */
  readonly values: readonly number[];
  /** For `cpu`: seconds of the clock per request, over which background work is shared out; else 0. */
  readonly secondsPerRequest: readonly number[];
}

interface Slice {
  readonly durations: Histogram;
  readonly failed: number;
  readonly seconds: number;
}

/** The same numbers as were observed, from one replication; a request counts where it ended, as k6 has it. */
export function simulatedOf(record: ReplicationRecord, observations: readonly Observation[]): Simulated {
  const slices = new Map<string, Slice>();
  const sliceAt = (observation: Observation): Slice => {
    const { window, route } = observation;
    const key = `${window.startSeconds}-${window.endSeconds} ${route ?? ''}`;
    const known = slices.get(key);
    if (known !== undefined) return known;
    const slice = route === undefined ? windowSlice(record, window) : routeSlice(record, route);
    slices.set(key, slice);
    return slice;
  };
  const secondsPerRequest = observations.map((observation) => {
    if (observation.metric !== 'cpu') return 0;
    const { durations, seconds } = sliceAt(observation);
    return durations.count === 0 ? 0 : seconds / durations.count;
  });
  const values = observations.map((observation) => {
    const slice = sliceAt(observation);
    if (slice.durations.count === 0) return Number.NaN;
    return observedValue(observation, slice, record);
  });
  return { values, secondsPerRequest };
}

function observedValue({ metric, window }: Observation, slice: Slice, record: ReplicationRecord): number {
  const { durations, failed, seconds } = slice;
  switch (metric) {
    case 'avg':
      return log(durations.mean);
    case 'med':
      return log(durations.quantile(0.5));
    case 'p(90)':
      return log(durations.quantile(0.9));
    case 'p(95)':
      return log(durations.quantile(0.95));
    case 'rate':
      return log(durations.count / seconds);
    case 'failed':
      return failed / durations.count;
    case 'cpu':
      return cpuSeconds(record, window) / durations.count;
  }
}

function windowSlice(record: ReplicationRecord, window: ObservedWindow): Slice {
  const durations = new Histogram(RECORD_BUCKETS_PER_OCTAVE);
  let failed = 0;
  const { first, end } = intervalsOf(record, window);
  for (const interval of record.intervals.slice(first, end)) {
    durations.mergeSparse(interval.durations);
    failed += interval.failed;
  }
  return { durations, failed, seconds: window.endSeconds - window.startSeconds };
}

/** Of the whole run, from the sub-metric that {@link routeMetric} names. */
function routeSlice(record: ReplicationRecord, route: string): Slice {
  const found: MetricRecord | undefined = record.metrics[routeMetric(route)];
  const durations = new Histogram(RECORD_BUCKETS_PER_OCTAVE);
  if (found?.type === 'trend') durations.mergeSparse(found.values);
  return { durations, failed: 0, seconds: record.durationSeconds };
}

/** Name of the sub-metric that holds the durations of a route, measured as `GET /x` or `/x`. */
export function routeMetric(route: string): string {
  return `http_req_duration{name:${route.replace(/^[A-Z]+ /, '')}}`;
}

/** CPU of all instances in a window, s. */
function cpuSeconds(record: ReplicationRecord, window: ObservedWindow): number {
  const { first, end } = intervalsOf(record, window);
  let sum = 0;
  for (const { name: instance } of record.instances) {
    const gauge = record.gauges.find(({ place, name }) => place === instance && name === 'cpu_seconds');
    for (const value of gauge?.values.slice(first, end) ?? []) sum += value * record.intervalSeconds;
  }
  return sum;
}

function intervalsOf(
  { intervals, intervalSeconds }: ReplicationRecord,
  { startSeconds, endSeconds }: ObservedWindow,
): { first: number; end: number } {
  const first = Math.round(startSeconds / intervalSeconds);
  return { first, end: Math.min(intervals.length, Math.round(endSeconds / intervalSeconds)) };
}
