import type { GaugeBoard } from './gauge-board.js';
import { Histogram } from './histogram.js';
import { RECORD_BUCKETS_PER_OCTAVE } from './record.js';
import type { SparseHistogram } from './result.js';
import type { HttpSample } from './sink.js';

/** What a recorder keeps more, for a comparison with a real run. */
export interface DetailOptions {
  /** Upper borders of the instances' own histogram, in seconds, ascending, without +Inf: Prometheus' `le`. */
  readonly buckets: readonly number[];
}

/** Durations at the client in ms, apart. */
export interface DetailRecord {
  /** By k6's `name` tag. */
  readonly routes: Readonly<Record<string, SparseHistogram>>;
  /** By the instance that answered. */
  readonly servedBy: Readonly<Record<string, SparseHistogram>>;
}

/** Name of the gauge that counts an instance's requests of at most `le` seconds. */
export function bucketGauge(le: number): string {
  return `http_request_duration_seconds_bucket{le="${le}"}`;
}

/** Name of the gauge that counts all of an instance's requests. */
export const COUNT_GAUGE = 'http_request_duration_seconds_count';

/**
 * Durations by route and by instance, and each instance's own counters as an instrumented application has them: their increase per
 * second stands among the gauges. Costs two more histogram increments per request.
 */
export class DetailLog {
  private readonly routes = new Map<string, Histogram>();
  private readonly served: Histogram[] = [];
  private readonly names: string[] = [];
  private readonly counts: Float64Array[] = [];

  constructor(private readonly options: DetailOptions) {}

  /** In the order of `servedBy`. */
  addInstance(name: string, gauges: GaugeBoard): void {
    const { buckets } = this.options;
    const counts = new Float64Array(buckets.length + 1);
    this.names.push(name);
    this.served.push(new Histogram(RECORD_BUCKETS_PER_OCTAVE));
    this.counts.push(counts);
    const register = (gauge: string, index: number) =>
      gauges.register({ place: name, name: gauge, cumulative: true, read: () => counts[index]! });
    buckets.forEach((le, index) => {
      register(bucketGauge(le), index);
    });
    register(COUNT_GAUGE, buckets.length);
  }

  /** A request as the client saw it. */
  http(sample: HttpSample, durationMs: number): void {
    let route = this.routes.get(sample.name);
    if (route === undefined) {
      route = new Histogram(RECORD_BUCKETS_PER_OCTAVE);
      this.routes.set(sample.name, route);
    }
    route.record(durationMs);
    this.served[sample.servedBy]?.record(durationMs);
  }

  /** A request as the instance saw it; one that it broke off (status 0) is in no histogram of its own. */
  instance(index: number, durationMs: number, status: number): void {
    const counts = this.counts[index];
    if (counts === undefined || status === 0) return;
    this.options.buckets.forEach((le, bucket) => {
      if (durationMs <= le * 1000) counts[bucket]! += 1;
    });
    counts[counts.length - 1]! += 1;
  }

  /** Sorted by name. */
  toRecord(): DetailRecord {
    const sparse = (entries: readonly (readonly [string, Histogram])[]) =>
      Object.fromEntries(
        entries
          .filter(([, histogram]) => histogram.count > 0)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, histogram]) => [name, histogram.toSparse()] as const),
      );
    return {
      routes: sparse([...this.routes]),
      servedBy: sparse(this.names.map((name, index) => [name, this.served[index]!] as const)),
    };
  }
}
