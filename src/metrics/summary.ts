import { mean } from 'simple-statistics';
import { confidenceInterval } from './confidence.js';
import { Histogram, TOTAL_BUCKETS_PER_OCTAVE } from './histogram.js';
import { type MetricRecord, RECORD_BUCKETS_PER_OCTAVE, type ReplicationRecord } from './record.js';
import type { InstanceResult, MetricValues, SparseHistogram, VariantResult } from './result.js';
import { mergeSeries } from './series.js';
import { metricValues } from './statistic.js';
import { evaluateThreshold, type MetricThresholds } from './threshold.js';

/** What a `VariantResult` takes from the recorders; the rest (label, seeds, fingerprints) belongs to the experiment. */
export type VariantSummary = Pick<
  VariantResult,
  | 'durationSeconds'
  | 'metrics'
  | 'intervals'
  | 'thresholds'
  | 'instances'
  | 'durations'
  | 'series'
  | 'generators'
>;

/** What a summary needs to know besides the records. */
export interface SummaryOptions {
  readonly thresholds?: readonly MetricThresholds[];
}

/** Statistics whose replications are combined by their extreme, and which therefore have no interval. */
const EXTREMES: Readonly<Record<string, (...values: number[]) => number>> = { min: Math.min, max: Math.max };

/**
 * Everything measured of one variant, from its replications: means with 95 % confidence intervals (Student's t over the
 * replications, cut at 0), the thresholds, the instances, and the run over time.
 *
 * @param records one per replication, at least one; the order changes nothing but the last bits of floating-point sums.
 */
export function summarize(
  records: readonly ReplicationRecord[],
  options: SummaryOptions = {},
): VariantSummary {
  if (records.length === 0) throw new RangeError('nothing to summarize: no replication');
  const perReplication = records.map(replicationMetrics);
  const { metrics, intervals } = combine(perReplication);
  const { generators } = records[0]!;
  return {
    durationSeconds: mean(records.map((record) => record.durationSeconds)),
    metrics,
    intervals,
    thresholds: evaluateAll(options.thresholds ?? [], records),
    instances: summarizeInstances(records),
    durations: mergeDurations(records, 'http_req_duration'),
    series: mergeSeries(records),
    ...(generators === undefined ? {} : { generators }),
  };
}

/** The metrics of one replication as k6 would print them: what `ReplicationResult.metrics` holds, sorted by name. */
export function replicationMetrics(record: ReplicationRecord): Record<string, MetricValues> {
  const metrics: Record<string, MetricValues> = {};
  for (const name of Object.keys(record.metrics).sort()) {
    metrics[name] = metricValues(record.metrics[name] as MetricRecord, record.durationSeconds);
  }
  return metrics;
}

type Intervals = Record<string, Record<string, readonly [number, number]>>;

function combine(replications: readonly Record<string, MetricValues>[]): {
  metrics: Record<string, MetricValues>;
  intervals: Intervals;
} {
  const metrics: Record<string, MetricValues> = {};
  const intervals: Intervals = {};
  const names = new Set(replications.flatMap((replication) => Object.keys(replication)));
  for (const name of [...names].sort()) {
    const present = replications
      .map((replication) => replication[name])
      .filter((metric) => metric !== undefined);
    const means: Record<string, number> = {};
    const bounds: Record<string, readonly [number, number]> = {};
    for (const statistic of Object.keys(present[0] as MetricValues)) {
      const values = withAbsent(present, statistic, replications.length);
      means[statistic] = (EXTREMES[statistic] ?? ((...all) => mean(all)))(...values);
      const interval = statistic in EXTREMES ? undefined : confidenceInterval(values);
      if (interval !== undefined) bounds[statistic] = [Math.max(0, interval[0]), interval[1]];
    }
    metrics[name] = means;
    if (Object.keys(bounds).length > 0) intervals[name] = bounds;
  }
  return { metrics, intervals };
}

/** A replication without the metric (k6 leaves out `dropped_iterations` when there are none) counts 0 for what is counted. */
function withAbsent(present: readonly MetricValues[], statistic: string, replicationCount: number): number[] {
  const values = present.map((metric) => metric[statistic] as number);
  const first = present[0] as MetricValues;
  const isCounter = 'count' in first && !('avg' in first);
  return isCounter ? [...values, ...new Array<number>(replicationCount - values.length).fill(0)] : values;
}

function evaluateAll(
  thresholds: readonly MetricThresholds[],
  records: readonly ReplicationRecord[],
): VariantResult['thresholds'] {
  const results: Record<string, VariantResult['thresholds'][string]> = {};
  for (const metric of thresholds) {
    const { name, base, conditions } = metric.selector;
    const key = conditions.length === 0 ? base : name;
    const measured = records.map((record) => ({
      record: record.metrics[key],
      durationSeconds: record.durationSeconds,
    }));
    const own = metric.thresholds.map(
      (threshold) => [threshold.source, evaluateThreshold(threshold, measured)] as const,
    );
    results[name] = Object.fromEntries(own);
  }
  return results;
}

function mergeDurations(records: readonly ReplicationRecord[], metric: string): SparseHistogram {
  const histogram = new Histogram(TOTAL_BUCKETS_PER_OCTAVE);
  for (const record of records) {
    const collected = record.metrics[metric];
    if (collected?.type === 'trend') histogram.mergeSparse(collected.values);
  }
  return histogram.toSparse();
}

function summarizeInstances(records: readonly ReplicationRecord[]): InstanceResult[] {
  const byName = new Map<string, string>();
  for (const record of records) for (const { name, service } of record.instances) byName.set(name, service);
  const totals = new Map<string, number>();
  const instances = [...byName].map(([name, service]) => summarizeInstance(records, name, service));
  for (const { service, requests } of instances) totals.set(service, (totals.get(service) ?? 0) + requests);
  return instances.map((instance) => {
    const total = totals.get(instance.service) ?? 0;
    return { ...instance, share: total > 0 ? instance.requests / total : 0 };
  });
}

function summarizeInstance(
  records: readonly ReplicationRecord[],
  name: string,
  service: string,
): InstanceResult {
  const durations = new Histogram(RECORD_BUCKETS_PER_OCTAVE);
  let errors = 0;
  let cpu = 0;
  let throttled = 0;
  let memoryBytesMax = 0;
  let inFlightMax = 0;
  for (const record of records) {
    const instance = record.instances.find((candidate) => candidate.name === name);
    if (instance === undefined) continue;
    durations.mergeSparse(instance.durations);
    errors += instance.errors;
    cpu += instance.cpuSeconds / record.durationSeconds;
    throttled += instance.throttledSeconds / record.durationSeconds;
    memoryBytesMax = Math.max(memoryBytesMax, instance.memoryBytesMax);
    inFlightMax = Math.max(inFlightMax, instance.inFlightMax);
  }
  const count = records.length;
  return {
    name,
    service,
    requests: durations.count / count,
    share: 0,
    errors: errors / count,
    avg: durations.mean,
    'p(95)': durations.quantile(0.95),
    cpu: cpu / count,
    throttled: throttled / count,
    memoryBytesMax,
    inFlightMax,
  };
}
