import type { MetricType } from './record.js';
import type { MetricValues } from './result.js';

/** A metric's values while they are collected, exactly as k6 keeps them (metrics/sink.go). */
export interface K6Sink {
  add(value: number): void;
  /** True until the first value. */
  readonly isEmpty: boolean;
  /** What the summary shows; `trendStats` are the statistics of a trend, `seconds` is the length of the test. */
  values(trendStats: readonly string[], seconds: number): MetricValues;
  /** What a threshold compares; `undefined` where k6 has nothing to compare, and the threshold holds. */
  statistic(name: string, seconds: number): number | undefined;
}

/** A new, empty sink of a metric type. */
export function createSink(type: MetricType): K6Sink {
  if (type === 'trend') return new TrendSink();
  if (type === 'counter') return new CounterSink();
  return type === 'rate' ? new RateSink() : new GaugeSink();
}

const FIRST_CAPACITY = 64;

/**
 * Keeps every value, in 8 bytes each, and none as long as all are the same (half of the times of a request are always 0): k6's
 * percentiles are exact. Sorted when a percentile is asked for.
 */
export class TrendSink implements K6Sink {
  /** Undefined while all values are equal to `min`. */
  private stored: Float64Array | undefined = undefined;
  private sorted = true;
  private sum = 0;
  private min = 0;
  private max = 0;
  count = 0;

  add(value: number): void {
    if (this.count === 0) {
      this.min = value;
      this.max = value;
    } else if (this.stored !== undefined || value !== this.min) this.store(value);
    this.count += 1;
    this.sum += value;
  }

  private store(value: number): void {
    const { count } = this;
    let { stored } = this;
    if (stored === undefined) {
      stored = new Float64Array(Math.max(FIRST_CAPACITY, 2 * count)).fill(this.min, 0, count);
      this.stored = stored;
    } else if (count === stored.length) {
      const larger = new Float64Array(2 * count);
      larger.set(stored);
      stored = larger;
      this.stored = stored;
    }
    stored[count] = value;
    if (value > this.max) this.max = value;
    else if (value < this.min) this.min = value;
    this.sorted = false;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Linear between the two neighbours of rank `ratio * (count - 1)`; 0 without values. */
  percentile(ratio: number): number {
    if (this.count === 0) return 0;
    const { stored } = this;
    if (stored === undefined) return this.min;
    if (!this.sorted) {
      stored.subarray(0, this.count).sort();
      this.sorted = true;
    }
    const rank = ratio * (this.count - 1);
    const below = stored[Math.floor(rank)]!;
    return below + (stored[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
  }

  values(trendStats: readonly string[]): MetricValues {
    const values: Record<string, number> = {};
    for (const name of trendStats) values[name] = this.statistic(name)!;
    return values;
  }

  statistic(name: string): number | undefined {
    switch (name) {
      case 'avg':
        return this.count === 0 ? 0 : this.sum / this.count;
      case 'min':
        return this.min;
      case 'med':
        return this.percentile(0.5);
      case 'max':
        return this.max;
      case 'count':
        return this.count;
    }
    return this.percentile(Number(name.slice('p('.length, -1)) / 100);
  }
}

class CounterSink implements K6Sink {
  isEmpty = true;
  private count = 0;

  add(value: number): void {
    this.count += value;
    this.isEmpty = false;
  }

  values(_trendStats: readonly string[], seconds: number): MetricValues {
    return { count: this.count, rate: seconds === 0 ? 0 : this.count / seconds };
  }

  statistic(name: string, seconds: number): number {
    return name === 'count' ? this.count : this.count / seconds;
  }
}

/** Its maximum starts from 0: an all-negative gauge has the maximum 0. */
class GaugeSink implements K6Sink {
  isEmpty = true;
  private value = 0;
  private min = 0;
  private max = 0;

  add(value: number): void {
    this.value = value;
    if (value > this.max) this.max = value;
    if (this.isEmpty || value < this.min) this.min = value;
    this.isEmpty = false;
  }

  values(): MetricValues {
    return { value: this.value, min: this.min, max: this.max };
  }

  statistic(): number {
    return this.value;
  }
}

/** Counts the values that are not 0. */
export class RateSink implements K6Sink {
  passes = 0;
  total = 0;

  add(value: number): void {
    this.total += 1;
    if (value !== 0) this.passes += 1;
  }

  get isEmpty(): boolean {
    return this.total === 0;
  }

  values(): MetricValues {
    const { passes, total } = this;
    return { rate: total === 0 ? 0 : passes / total, passes, fails: total - passes };
  }

  statistic(): number | undefined {
    return this.total === 0 ? undefined : this.passes / this.total;
  }
}
