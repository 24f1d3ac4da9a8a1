import { fc, test } from '@fast-check/vitest';
import { quantileSorted } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import {
  bucketLowerBorder,
  Histogram,
  INTERVAL_BUCKETS_PER_OCTAVE,
  TOTAL_BUCKETS_PER_OCTAVE,
} from '../../src/metrics/histogram.js';

/** k6's TrendSink.P, on all values. */
function k6Quantile(values: readonly number[], probability: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = probability * (sorted.length - 1);
  const low = sorted[Math.floor(position)]!;
  const high = sorted[Math.ceil(position)]!;
  return low + (high - low) * (position - Math.floor(position));
}

function histogramOf(values: readonly number[], bucketsPerOctave = TOTAL_BUCKETS_PER_OCTAVE): Histogram {
  const histogram = new Histogram(bucketsPerOctave);
  for (const value of values) histogram.record(value);
  return histogram;
}

/** A fixed sequence in [0, 1) (Weyl, golden ratio): evenly spread, no seed to choose. */
const weyl = (index: number) => (index * 0.6180339887498949) % 1;

const duration = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e5, noNaN: true }), fc.nat(1e9));

describe('Histogram', () => {
  it('is 0 everywhere when empty', () => {
    const histogram = new Histogram(32);
    expect(histogram.quantile(0.5)).toBe(0);
    expect(histogram.mean).toBe(0);
    expect(histogram.countUpTo(10)).toBe(0);
    const empty = { bucketsPerOctave: 32, count: 0, sum: 0, min: 0, max: 0, buckets: [], counts: [] };
    expect(histogram.toSparse()).toEqual(empty);
    expect(Histogram.fromSparse(empty).toSparse()).toEqual(empty);
  });

  it('knows a single value exactly, and both extremes', () => {
    expect(histogramOf([12.345]).quantile(0.95)).toBe(12.345);
    const histogram = histogramOf([3.3, 1.1, 2.2]);
    expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([1.1, 3.3]);
  });

  it('puts zero and what is below a nanosecond in ms into the zero bucket', () => {
    expect(histogramOf([0, 0, 5e-7]).toSparse().buckets).toEqual([0]);
    expect(histogramOf([1e-6]).toSparse().buckets[0]).toBeGreaterThan(0);
    expect(histogramOf([0, 0, 0, 8]).quantile(0.5)).toBe(0);
  });

  it('has buckets that begin where they say', () => {
    for (const bucketsPerOctave of [1, 32, 128, 256]) {
      for (const bucket of [1, 2, 33, 257, 900]) {
        const border = bucketLowerBorder(bucket, bucketsPerOctave);
        expect(histogramOf([border], bucketsPerOctave).toSparse().buckets).toEqual([bucket]);
      }
    }
  });

  it('agrees with the exact quantiles of a long-tailed sample far below the bound', () => {
    const values = Array.from({ length: 20_000 }, (_, index) => 0.5 / (1.0001 - weyl(index + 1)));
    const histogram = histogramOf(values);
    const sorted = [...values].sort((a, b) => a - b);
    for (const probability of [0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999]) {
      const exact = k6Quantile(values, probability);
      // A bucket is at most 1/256 wide, and a value taken as its middle at most half of that off.
      expect(Math.abs(histogram.quantile(probability) / exact - 1)).toBeLessThan(1 / 512);
      // Hyndman and Fan's type 7 is k6's rule; simple-statistics takes the rank above instead, a neighbour away.
      const neighbour = quantileSorted(sorted, probability);
      expect(Math.abs(histogram.quantile(probability) / neighbour - 1)).toBeLessThan(1 / 256 + 0.003);
    }
    expect(histogram.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 9);
  });

  test.prop([
    fc.array(duration, { minLength: 1, maxLength: 200 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ])('is never further off than its resolution', (values, probability) => {
    for (const bucketsPerOctave of [INTERVAL_BUCKETS_PER_OCTAVE, TOTAL_BUCKETS_PER_OCTAVE]) {
      const exact = k6Quantile(values, probability);
      const error = Math.abs(histogramOf(values, bucketsPerOctave).quantile(probability) - exact);
      // Both values lie in one bucket, at most 1/bucketsPerOctave of its lower border wide; 2^-20 is the zero bucket's width.
      expect(error).toBeLessThanOrEqual(exact / bucketsPerOctave + 2 ** -20 + 1e-12 * exact);
    }
  });

  test.prop([fc.array(duration), fc.array(duration)])(
    'merges to the histogram of the union',
    (left, right) => {
      const union = histogramOf([...left, ...right]).toSparse();
      const dense = histogramOf(left);
      dense.merge(histogramOf(right));
      const sparse = histogramOf(left);
      sparse.mergeSparse(histogramOf(right).toSparse());
      for (const merged of [dense.toSparse(), sparse.toSparse()]) {
        // Only the floating-point sum depends on the order of addition.
        expect({ ...merged, sum: 0 }).toEqual({ ...union, sum: 0 });
        expect(Math.abs(merged.sum - union.sum)).toBeLessThanOrEqual(1e-12 * union.sum);
      }
    },
  );

  test.prop([fc.array(duration)])('survives the way through plain data, and coarsens exactly', (values) => {
    const fine = histogramOf(values);
    const sparse = JSON.parse(JSON.stringify(fine.toSparse()));
    expect(Histogram.fromSparse(sparse).toSparse()).toEqual(fine.toSparse());
    const coarse = Histogram.fromSparse(fine.toSparse(), INTERVAL_BUCKETS_PER_OCTAVE).toSparse();
    expect({ ...coarse, sum: 0 }).toEqual({
      ...histogramOf(values, INTERVAL_BUCKETS_PER_OCTAVE).toSparse(),
      sum: 0,
    });
  });

  it('counts what is at most a value', () => {
    const histogram = histogramOf(Array.from({ length: 1000 }, (_, index) => index + 1));
    expect(histogram.countUpTo(0.5)).toBe(0);
    expect(histogram.countUpTo(1000)).toBe(1000);
    // Resolution: 1/256 of 500 is about 2 values.
    expect(Math.abs(histogram.countUpTo(500) - 500)).toBeLessThanOrEqual(2);
  });

  it('is as new after a reset', () => {
    const histogram = histogramOf([1, 2, 3]);
    histogram.reset();
    histogram.record(7);
    expect(histogram.toSparse()).toEqual(histogramOf([7]).toSparse());
  });

  it('refuses what cannot be merged', () => {
    expect(() => new Histogram(100)).toThrow('power of two');
    expect(() => new Histogram(32).merge(new Histogram(64))).toThrow('different resolution');
    expect(() => new Histogram(64).mergeSparse(new Histogram(32).toSparse())).toThrow('coarser');
  });
});
