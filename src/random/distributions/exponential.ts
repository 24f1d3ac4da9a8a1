import { record } from '../../options/fields.js';
import { distributionPlug } from '../distribution.js';
import { log } from '../math.js';
import { positive } from '../parameters.js';

/** The memoryless distribution, by inversion: one draw, -mean * ln(1 - u). */
export const exponential = distributionPlug({
  name: 'exponential',
  summary: 'Memoryless times with a given mean: gaps between independent arrivals.',
  source:
    'Exponential distribution, by inversion (Devroye, Non-Uniform Random Variate Generation, 1986, II.2).',
  example: 'time: { exponential: 3ms }   # the mean',
  shorthand: 'mean',
  optionsFor: (values) =>
    record({ mean: positive(values).describe('Mean; the standard deviation is the same.') }),
  create: ({ mean }) => ({
    kind: 'exponential',
    mean,
    variance: mean * mean,
    min: 0,
    max: Number.POSITIVE_INFINITY,
    constant: undefined,
    // 1 - u is never 0, where u itself may be.
    sample: (stream) => -mean * log(1 - stream.nextDouble()),
  }),
});
