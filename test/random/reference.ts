/**
 * Distribution functions as textbooks have them, for the contract suite: written with the engine's own functions and
 * independently of the samplers, which invert, reject or look up.
 */
import { logGamma, normalProbability } from '../../src/random/math.js';

/** The probability of a value of at most `x`. */
export type DistributionFunction = (x: number) => number;

export const uniformUpTo =
  (min: number, max: number): DistributionFunction =>
  (x) =>
    clamp((x - min) / (max - min));

export const exponentialOf =
  (mean: number): DistributionFunction =>
  (x) =>
    x <= 0 ? 0 : -Math.expm1(-x / mean);

export const normalBetween = (bell: {
  mean: number;
  stddev: number;
  min: number;
  max: number;
}): DistributionFunction => {
  const at = (x: number) => normalProbability((x - bell.mean) / bell.stddev);
  return (x) => clamp((at(x) - at(bell.min)) / (at(bell.max) - at(bell.min)));
};

export const lognormalOf =
  (median: number, sigma: number): DistributionFunction =>
  (x) =>
    x <= 0 ? 0 : normalProbability(Math.log(x / median) / sigma);

export const weibullOf =
  (shape: number, scale: number): DistributionFunction =>
  (x) =>
    x <= 0 ? 0 : -Math.expm1(-((x / scale) ** shape));

export const paretoBetween =
  (shape: number, { min, max }: { min: number; max: number }): DistributionFunction =>
  (x) =>
    clamp((1 - (min / Math.max(x, min)) ** shape) / (1 - (min / max) ** shape));

/** The regularized lower incomplete gamma function, by its power series (Abramowitz and Stegun 6.5.29). */
export const gammaOf =
  (shape: number, scale: number): DistributionFunction =>
  (value) => {
    const x = value / scale;
    if (x <= 0) return 0;
    // The series overflows where nothing is left above x.
    if (x > shape + 500) return 1;
    let term = 1;
    let sum = 1;
    for (let n = 1; term > sum * 1e-16; n += 1) {
      term *= x / (shape + n);
      sum += term;
    }
    return clamp(sum * Math.exp(shape * Math.log(x) - x - logGamma(shape + 1)));
  };

export const zipfOf = (exponent: number, count: number): DistributionFunction => {
  const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
  return steps(
    weights.map((_, index) => index + 1),
    weights,
  );
};

/** Values in ascending order, with weights of any sum. */
export const steps = (values: readonly number[], weights: readonly number[]): DistributionFunction => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (x) => weights.reduce((sum, weight, index) => (values[index]! <= x ? sum + weight : sum), 0) / total;
};

/** Straight lines through (value, probability), both ascending. */
export const lines =
  (corners: readonly (readonly [number, number])[]): DistributionFunction =>
  (x) => {
    const after = corners.findIndex(([value]) => value > x);
    if (after === 0) return 0;
    if (after === -1) return 1;
    const [startValue, start] = corners[after - 1]!;
    const [endValue, end] = corners[after]!;
    return start + ((end - start) * (x - startValue)) / (endValue - startValue);
  };

export const mixed =
  (parts: readonly (readonly [number, DistributionFunction])[]): DistributionFunction =>
  (x) =>
    parts.reduce((sum, [share, part]) => sum + share * part(x), 0);

function clamp(probability: number): number {
  return Math.min(1, Math.max(0, probability));
}
