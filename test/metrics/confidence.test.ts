import { describe, expect, it } from 'vitest';
import { confidenceInterval, studentT95 } from '../../src/metrics/confidence.js';

describe('studentT95', () => {
  it.each([
    // Published table (NIST/SEMATECH e-Handbook 1.3.6.7.2), column 0.975.
    [1, 12.706],
    [2, 4.303],
    [4, 2.776],
    [9, 2.262],
    [19, 2.093],
    [30, 2.042],
    [31, 2.04],
    [60, 2.0],
    [100, 1.984],
  ])('agrees with the table at %i degrees of freedom', (degreesOfFreedom, expected) => {
    expect(studentT95(degreesOfFreedom)).toBeCloseTo(expected, 3);
  });

  it('falls without a step where the expansion takes over', () => {
    for (let n = 1; n < 200; n++) expect(studentT95(n + 1)).toBeLessThan(studentT95(n));
    const step = (n: number) => studentT95(n) - studentT95(n + 1);
    expect(step(29)).toBeGreaterThan(step(30));
    expect(step(30)).toBeGreaterThan(step(31));
    expect(() => studentT95(0)).toThrow('at least 1');
  });
});

describe('confidenceInterval', () => {
  it('is Student-t around the mean', () => {
    // mean 3, s = sqrt(2.5), n = 5: 2.776 * sqrt(2.5 / 5) = 1.963.
    const [low, high] = confidenceInterval([1, 2, 3, 4, 5])!;
    expect(low).toBeCloseTo(1.0368, 4);
    expect(high).toBeCloseTo(4.9632, 4);
    expect(confidenceInterval([1])).toBeUndefined();
    expect(confidenceInterval([2, 2])).toEqual([2, 2]);
  });
});
