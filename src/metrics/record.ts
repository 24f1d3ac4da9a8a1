import type { DetailRecord } from './detail.js';
import type { GeneratorRecord } from './generator.js';
import type { GaugeSeries, SparseHistogram } from './result.js';

/** k6's four kinds of metric. */
export type MetricType = 'trend' | 'counter' | 'rate' | 'gauge';

/** What one replication collected of one metric, before any statistic is taken. */
export type MetricRecord =
  | { readonly type: 'trend'; readonly values: SparseHistogram }
  | { readonly type: 'counter'; readonly count: number }
  | { readonly type: 'rate'; readonly passes: number; readonly total: number }
  | { readonly type: 'gauge'; readonly value: number; readonly min: number; readonly max: number };

/** What one replication collected in one interval. */
export interface IntervalRecord {
  /** Requests that ended; its own number, not a rate. */
  readonly requests: number;
  readonly failed: number;
  /** Virtual users at the end of the interval. */
  readonly vus: number;
  /** ms, `RECORD_BUCKETS_PER_OCTAVE`. */
  readonly durations: SparseHistogram;
}

/** What one replication collected of one instance. */
export interface InstanceRecord {
  readonly name: string;
  readonly service: string;
  readonly requests: number;
  readonly errors: number;
  /** ms, as the instance measures it. */
  readonly durations: SparseHistogram;
  /** Seconds over the whole run. */
  readonly cpuSeconds: number;
  readonly throttledSeconds: number;
  readonly memoryBytesMax: number;
  readonly inFlightMax: number;
}

/** Everything one replication leaves: plain data that can cross a thread. */
export interface ReplicationRecord {
  readonly durationSeconds: number;
  readonly intervalSeconds: number;
  /** By k6's name, sub-metrics (`http_req_duration{name:/x}`) included. */
  readonly metrics: Readonly<Record<string, MetricRecord>>;
  readonly intervals: readonly IntervalRecord[];
  readonly gauges: readonly GaugeSeries[];
  readonly instances: readonly InstanceRecord[];
  /** By scenario, what a load generator other than k6 reports; absent where there was none. */
  readonly generators?: Readonly<Record<string, GeneratorRecord>>;
  /** Durations by route and by instance; absent where nobody asked for them. */
  readonly detail?: DetailRecord;
}

/**
 * Buckets per factor of two of the intervals and instances while a run is recorded: at most 0.8 % off. Finer than what a result
 * keeps per interval, so that the percentiles of the series are good; a power-of-two multiple of it, so that it coarsens exactly.
 */
export const RECORD_BUCKETS_PER_OCTAVE = 128;
