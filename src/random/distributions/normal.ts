import { fail, record } from '../../options/fields.js';
import type { Moments } from '../discrete.js';
import { distributionPlug } from '../distribution.js';
import { normalDensity, normalProbability, normalQuantile } from '../math.js';
import { positive, positiveUniform, written } from '../parameters.js';

/** Farther out than this, so little of the bell is left that another distribution was meant. */
const BOUND_DEVIATIONS_MAX = 5;
/** Bounds closer than this (in standard deviations) leave a uniform distribution, and no digits for the variance. */
const WIDTH_DEVIATIONS_MIN = 0.01;

/** 2^-53, and the largest number below 1. */
const STEP = Number.EPSILON / 2;
const BELOW_ONE = 1 - STEP;

/** The normal distribution cut at bounds (0 unless told: a time is not negative), by inversion: one draw. */
export const normal = distributionPlug({
  name: 'normal',
  summary: 'The bell curve, cut off at bounds: nothing below 0 unless told otherwise.',
  source:
    'Truncated normal distribution (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, 13.10), by inversion (Wichura, AS 241).',
  example: 'time: { normal: { mean: 20ms, stddev: 5ms } }',
  shorthand: 'mean',
  optionsFor: (values) =>
    record({
      mean: values.value().describe('Mean of the whole bell; cutting moves the mean of the values.'),
      stddev: positive(values).describe('Standard deviation of the whole bell.'),
      min: values.value().default(0).describe('Lower bound; 0 unless told.'),
      max: values.value().optional().describe('Upper bound; none unless told.'),
    }).transform((options, context) => {
      const { mean, stddev, min, max } = options;
      if (max !== undefined && !(max - min >= stddev * WIDTH_DEVIATIONS_MIN)) {
        fail(context, written(values, max), 'a value above `min`, by 1 % of `stddev` at least', undefined, [
          'max',
        ]);
      } else if (
        min - mean > BOUND_DEVIATIONS_MAX * stddev ||
        mean - (max ?? mean) > BOUND_DEVIATIONS_MAX * stddev
      ) {
        const range = `within ${BOUND_DEVIATIONS_MAX} \`stddev\` of the values left by \`min\` and \`max\``;
        fail(context, written(values, mean), `a mean ${range}`, undefined, ['mean']);
      }
      return options;
    }),
  create: ({ mean, stddev, min, max = Number.POSITIVE_INFINITY }) => {
    const lower = (min - mean) / stddev;
    const upper = (max - mean) / stddev;
    const moments = truncatedMoments(lower, upper);
    // In the upper half the complement has more digits: mirrored, both bounds are in the lower half.
    const side = lower > 0 ? -1 : 1;
    const low = normalProbability(side * lower);
    const width = normalProbability(side * upper) - low;
    // Rounding must not reach 0 or 1, where the quantile is infinite.
    const least = low * STEP;
    return {
      kind: 'normal',
      mean: mean + stddev * moments.mean,
      variance: stddev * stddev * moments.variance,
      min,
      max,
      constant: undefined,
      sample: (stream) => {
        const probability = low + width * positiveUniform(stream);
        const inside = Math.min(Math.max(probability, least), BELOW_ONE);
        return Math.min(Math.max(mean + stddev * side * normalQuantile(inside), min), max);
      },
    };
  },
});

/** Mean and variance of a standard normal variable known to be between `lower` and `upper`. */
function truncatedMoments(lower: number, upper: number): Moments {
  const side = lower > 0 ? -1 : 1;
  const mass = side * (normalProbability(side * upper) - normalProbability(side * lower));
  const lowerDensity = normalDensity(lower) / mass;
  const upperDensity = normalDensity(upper) / mass;
  const mean = lowerDensity - upperDensity;
  // Infinity times a density of 0 is 0 here.
  const upperTerm = upperDensity === 0 ? 0 : upper * upperDensity;
  return { mean, variance: 1 + lower * lowerDensity - upperTerm - mean * mean };
}
