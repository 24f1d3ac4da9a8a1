import { Histogram, INTERVAL_BUCKETS_PER_OCTAVE } from './histogram.js';
import { RECORD_BUCKETS_PER_OCTAVE, type ReplicationRecord } from './record.js';
import type { GaugeSeries, SeriesResult, SparseHistogram } from './result.js';

/** One interval of all replications together. */
interface MergedInterval {
  readonly vus: number;
  readonly httpReqs: number;
  readonly httpReqsFailed: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly avg: number | null;
  readonly durations: SparseHistogram;
}

/**
 * The run over time from all its replications: users and rates are averages, percentiles are those of all replications' requests of
 * the interval together (at most 0.8 % off, see `RECORD_BUCKETS_PER_OCTAVE`). `durations` holds the requests of all replications: its
 * counts are to be divided by their number. A replication that ended earlier counts as idle from then on.
 */
export function mergeSeries(records: readonly ReplicationRecord[]): SeriesResult {
  const intervalSeconds = records[0]?.intervalSeconds ?? 1;
  if (records.some((record) => record.intervalSeconds !== intervalSeconds)) {
    throw new RangeError('replications with intervals of different length');
  }
  const length = Math.max(0, ...records.map((record) => record.intervals.length));
  const merged: MergedInterval[] = [];
  for (let index = 0; index < length; index++) merged.push(mergeInterval(records, index));
  return {
    intervalSeconds,
    vus: merged.map((interval) => interval.vus),
    httpReqs: merged.map((interval) => interval.httpReqs),
    httpReqsFailed: merged.map((interval) => interval.httpReqsFailed),
    p50: merged.map((interval) => interval.p50),
    p90: merged.map((interval) => interval.p90),
    p95: merged.map((interval) => interval.p95),
    p99: merged.map((interval) => interval.p99),
    avg: merged.map((interval) => interval.avg),
    durations: merged.map((interval) => interval.durations),
    gauges: mergeGauges(records),
  };
}

function mergeInterval(records: readonly ReplicationRecord[], index: number): MergedInterval {
  const durations = new Histogram(RECORD_BUCKETS_PER_OCTAVE);
  let vus = 0;
  let requests = 0;
  let failed = 0;
  let intervalSeconds = 1;
  for (const record of records) {
    intervalSeconds = record.intervalSeconds;
    const interval = record.intervals[index];
    if (interval === undefined) continue;
    durations.mergeSparse(interval.durations);
    vus += interval.vus;
    requests += interval.requests;
    failed += interval.failed;
  }
  const orNull = (value: number) => (durations.count === 0 ? null : value);
  return {
    vus: vus / records.length,
    httpReqs: requests / records.length / intervalSeconds,
    httpReqsFailed: failed / records.length / intervalSeconds,
    p50: orNull(durations.quantile(0.5)),
    p90: orNull(durations.quantile(0.9)),
    p95: orNull(durations.quantile(0.95)),
    p99: orNull(durations.quantile(0.99)),
    avg: orNull(durations.mean),
    durations: Histogram.fromSparse(durations.toSparse(), INTERVAL_BUCKETS_PER_OCTAVE).toSparse(),
  };
}

/** Averages over the replications that have the gauge at that time: an autoscaled instance need not exist in all of them. */
function mergeGauges(records: readonly ReplicationRecord[]): GaugeSeries[] {
  const groups = new Map<string, GaugeSeries[]>();
  for (const record of records) {
    for (const gauge of record.gauges) {
      const key = `${gauge.place}\n${gauge.name}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [gauge]);
      else group.push(gauge);
    }
  }
  return [...groups.values()].map((group) => {
    const { place, name } = group[0] as GaugeSeries;
    return { place, name, values: meanOf(group.map((gauge) => gauge.values)) };
  });
}

function meanOf(rows: readonly (readonly number[])[]): number[] {
  const length = Math.max(...rows.map((row) => row.length));
  const means: number[] = [];
  for (let index = 0; index < length; index++) {
    let sum = 0;
    let count = 0;
    for (const row of rows) {
      const value = row[index];
      if (value === undefined) continue;
      sum += value;
      count += 1;
    }
    means.push(sum / count);
  }
  return means;
}
