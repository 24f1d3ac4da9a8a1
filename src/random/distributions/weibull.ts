import { fail, number, record } from '../../options/fields.js';
import { distributionPlug } from '../distribution.js';
import { gammaFunction, log, pow } from '../math.js';
import { positive } from '../parameters.js';

/** scale * (-ln(1 - u))^(1 / shape): one draw. */
export const weibull = distributionPlug({
  name: 'weibull',
  summary: 'Times to failure: more likely with age where `shape` is above 1, less likely below 1.',
  source: 'Weibull distribution, by inversion (Devroye, Non-Uniform Random Variate Generation, 1986, II.2).',
  example: 'time: { weibull: { shape: 1.5, mean: 5ms } }   # or { shape: 1.5, scale: 5.5ms }',
  shorthand: 'mean',
  optionsFor: (values) =>
    record({
      shape: number({ min: 0.05, max: 100 }).describe('1 is the exponential distribution.'),
      scale: positive(values).optional().describe('63.2 % of the values are below this.'),
      mean: positive(values).optional().describe('Mean, instead of `scale`.'),
    }).transform(({ shape, scale, mean }, context) => {
      if (scale !== undefined && mean === undefined) return { shape, scale };
      if (scale === undefined && mean !== undefined)
        return { shape, scale: mean / gammaFunction(1 + 1 / shape) };
      fail(context, scale === undefined ? 'neither' : 'both', 'one of scale and mean');
      return { shape, scale: 1 };
    }),
  create: ({ shape, scale }) => {
    const first = gammaFunction(1 + 1 / shape);
    const inverse = 1 / shape;
    return {
      kind: 'weibull',
      mean: scale * first,
      variance: scale * scale * (gammaFunction(1 + 2 / shape) - first * first),
      min: 0,
      max: Number.POSITIVE_INFINITY,
      constant: undefined,
      // 1 - u is never 0, where u itself may be.
      sample: (stream) => scale * pow(-log(1 - stream.nextDouble()), inverse),
    };
  },
});
