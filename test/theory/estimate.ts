import { expect } from 'vitest';

/** Independent replications per estimate. */
export const REPLICATIONS = 20;

/**
 * Student's t for 19 degrees of freedom, two-sided 1e-4: a true statement about a mean falls outside its interval once in
 * ten thousand seeds. This folder makes fewer than 100 such statements, so that all of them hold for 99 seeds of 100; the
 * seeds are fixed, and none was chosen.
 */
const STUDENT_T = 4.897;

/** A mean over replications, and half of its confidence interval's width. */
export interface Estimate {
  readonly mean: number;
  readonly half: number;
}

export function estimate(values: readonly number[]): Estimate {
  if (values.length !== REPLICATIONS) throw new Error(`${values.length} replications`);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, half: STUDENT_T * Math.sqrt(variance / values.length) };
}

/**
 * The theoretical value lies in the simulation's own confidence interval, and the interval is narrower than
 * `relativeHalfMax` of the value: without that, a simulation that knows nothing would pass.
 */
export function expectValue(values: readonly number[], theory: number, relativeHalfMax: number): void {
  const { mean, half } = estimate(values);
  const text = `simulated ${mean} ± ${half}, in theory ${theory}`;
  expect(Math.abs(mean - theory), text).toBeLessThanOrEqual(half);
  expect(half / theory, text).toBeLessThanOrEqual(relativeHalfMax);
}
