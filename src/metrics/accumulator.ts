import { Histogram, TOTAL_BUCKETS_PER_OCTAVE } from './histogram.js';
import type { MetricRecord, MetricType } from './record.js';

/** A metric while it is collected. What `add` means depends on the type: a value, an increase, 0 or 1, the present value. */
export interface Accumulator {
  add(value: number): void;
  toRecord(): MetricRecord;
}

/** A new, empty accumulator of k6's metric type. */
export function createAccumulator(type: MetricType): Accumulator {
  if (type === 'trend') return new TrendAccumulator();
  if (type === 'counter') return new CounterAccumulator();
  if (type === 'rate') return new RateAccumulator();
  return new GaugeAccumulator();
}

/** k6's trend: its values in a histogram, where k6 keeps them all. */
export class TrendAccumulator implements Accumulator {
  readonly histogram = new Histogram(TOTAL_BUCKETS_PER_OCTAVE);

  add(value: number): void {
    this.histogram.record(value);
  }

  toRecord(): MetricRecord {
    return { type: 'trend', values: this.histogram.toSparse() };
  }
}

/** k6's counter: a sum. */
export class CounterAccumulator implements Accumulator {
  count = 0;

  add(value: number): void {
    this.count += value;
  }

  toRecord(): MetricRecord {
    return { type: 'counter', count: this.count };
  }
}

/** k6's rate: how many of all values are not zero. */
export class RateAccumulator implements Accumulator {
  passes = 0;
  total = 0;

  add(value: number): void {
    this.total += 1;
    if (value !== 0) this.passes += 1;
  }

  toRecord(): MetricRecord {
    return { type: 'rate', passes: this.passes, total: this.total };
  }
}

/** k6's gauge: the last value and its extremes; the maximum starts from 0 (metrics/sink.go). */
export class GaugeAccumulator implements Accumulator {
  value = 0;
  min = Number.POSITIVE_INFINITY;
  max = 0;

  add(value: number): void {
    this.value = value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  toRecord(): MetricRecord {
    const min = this.min === Number.POSITIVE_INFINITY ? 0 : this.min;
    return { type: 'gauge', value: this.value, min, max: this.max };
  }
}
