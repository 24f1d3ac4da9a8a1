import { describe, expect, it } from 'vitest';
import { histogramQuantile, rateAt } from '../../src/metrics/promql.js';

/** Scrapes every 5 s from `start`. */
function scrapes(start: number, values: readonly number[]) {
  return values.map((value, index) => ({ atSeconds: start + 5 * index, value }));
}

describe('rate()', () => {
  it('of a counter that grows by 10 a second is 10, extrapolated to both ends of the window', () => {
    // At 2, 7, 12, 17 in (0, 20]: the increase of 150 in 15 s is extrapolated by 2 s and 3 s: 150 * 20 / 15 / 20.
    expect(rateAt(scrapes(2, [1020, 1070, 1120, 1170]), 20, 20)).toBeCloseTo(10, 12);
  });

  it('goes half a scrape beyond where the next sample is too far away', () => {
    // Samples at 0, 5 and 10, asked at 20 for 20 s: 10 s to the end are more than 5.5, so 2.5 s are added: 100 * 12.5 / 10 / 20.
    expect(rateAt(scrapes(0, [1000, 1050, 1100]), 20, 20)).toBeCloseTo(6.25, 12);
  });

  it('does not go below zero', () => {
    // The counter was 0 one second before its first sample of 10, at 4: 50 * (5 + 1 + 1) / 5 / 10.
    expect(rateAt(scrapes(4, [10, 60]), 10, 10)).toBeCloseTo(7, 12);
  });

  it('takes a counter that fell as begun anew', () => {
    // 100 -> 150 -> 20: 50 + 20 in 10 s, which is the window.
    expect(rateAt(scrapes(0, [100, 150, 20]), 10, 10)).toBeCloseTo(7, 12);
  });

  it('needs two samples', () => {
    expect(rateAt(scrapes(0, [1]), 10, 10)).toBeUndefined();
    expect(rateAt(scrapes(0, [1, 2]), 60, 10)).toBeUndefined();
  });
});

describe('histogram_quantile()', () => {
  const buckets = [
    { le: 0.1, count: 60 },
    { le: 0.5, count: 90 },
    { le: 1, count: 96 },
    { le: Number.POSITIVE_INFINITY, count: 100 },
  ];

  it.each([
    // 30 of the 60 in the first bucket, from 0 on.
    [0.3, 0.05],
    // Rank 75 is the 15th of 30 between 0.1 and 0.5.
    [0.75, 0.3],
    // Rank 95 is the 5th of 6 between 0.5 and 1.
    [0.95, 0.5 + (0.5 * 5) / 6],
    // In the last bucket: the border below it.
    [0.99, 1],
  ])('of %s is %s', (quantile, seconds) => {
    expect(histogramQuantile(quantile, [...buckets].reverse())).toBeCloseTo(seconds, 12);
  });

  it('of a bucket that is less than the one before it takes that one', () => {
    const late = [
      { le: 0.1, count: 60 },
      { le: 0.5, count: 50 },
      { le: Number.POSITIVE_INFINITY, count: 100 },
    ];
    expect(histogramQuantile(0.6, late)).toBeCloseTo(0.1, 12);
  });

  it('is nothing without observations, or without +Inf', () => {
    expect(histogramQuantile(0.5, buckets.slice(0, 3))).toBeUndefined();
    expect(
      histogramQuantile(
        0.5,
        buckets.map(({ le }) => ({ le, count: 0 })),
      ),
    ).toBeUndefined();
  });
});
