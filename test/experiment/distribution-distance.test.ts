import { describe, expect, it } from 'vitest';
import { distributionDistance, histogramOf } from '../../src/experiment/distribution-distance.js';

const hundred = Array.from({ length: 100 }, (_, index) => 10 + index);

describe('the distance of two distributions', () => {
  it('is none of the same values in another order', () => {
    const { ks, qq } = distributionDistance(histogramOf(hundred), histogramOf([...hundred].reverse()));
    expect([ks, qq]).toEqual([0, 0]);
  });

  it('is one where they do not meet', () => {
    expect(distributionDistance(histogramOf([1, 2, 3]), histogramOf([10, 20])).ks).toBe(1);
  });

  it('is the largest difference of the shares below a value', () => {
    // Below 6: 4 of 4 against 1 of 4.
    expect(distributionDistance(histogramOf([1, 2, 3, 4]), histogramOf([4, 6, 7, 8])).ks).toBe(0.75);
    expect(distributionDistance(histogramOf([1, 2]), histogramOf([1, 2, 30, 40])).ks).toBe(0.5);
  });

  it('of values that are all twice as large is ln 2, quantile by quantile', () => {
    const twice = distributionDistance(histogramOf(hundred), histogramOf(hundred.map((value) => 2 * value)));
    // A factor of two moves every value to the same bucket of the next octave: exact but for rounding.
    expect(twice.qq).toBeCloseTo(Math.LN2, 9);
  });

  it('does not tell apart what is within one bucket of 0.4 %', () => {
    expect(distributionDistance(histogramOf([10_000.4]), histogramOf([10_001.1])).ks).toBe(0);
  });

  it('needs something on both sides', () => {
    expect(() => distributionDistance(histogramOf([]), histogramOf([1]))).toThrow(RangeError);
  });
});
