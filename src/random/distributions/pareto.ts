import { fail, number, record } from '../../options/fields.js';
import type { Moments } from '../discrete.js';
import { distributionPlug } from '../distribution.js';
import { exp, log, pow } from '../math.js';
import { positive, written } from '../parameters.js';

/** min * (1 - u)^(-1 / shape), and the same cut off at `max`: one draw. */
export const pareto = distributionPlug({
  name: 'pareto',
  summary: 'A heavy tail: P(above x) = (min / x)^shape, up to `max` if there is one.',
  source:
    'Pareto and bounded Pareto distribution, by inversion (Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013, chapter 20).',
  example: 'time: { pareto: { min: 1ms, shape: 1.5, max: 10s } }',
  shorthand: 'min',
  optionsFor: (values) =>
    record({
      min: positive(values).describe('The smallest value, and the likeliest.'),
      shape: number({ min: 0.1, max: 1000 }).describe(
        'Without `max`, the mean is infinite up to 1, the variance up to 2.',
      ),
      max: values.value().optional().describe('The largest value; none unless told.'),
    }).transform((options, context) => {
      if (options.max !== undefined && !(options.max > options.min)) {
        fail(context, written(values, options.max), 'a value above `min`', undefined, ['max']);
      }
      return options;
    }),
  create: ({ min, shape, max = Number.POSITIVE_INFINITY }) => {
    const { mean, variance } =
      max === Number.POSITIVE_INFINITY ? unbounded(shape) : bounded(shape, log(max / min));
    /** The share of the unbounded distribution that `max` leaves. */
    const share = max === Number.POSITIVE_INFINITY ? 1 : 1 - pow(min / max, shape);
    const power = -1 / shape;
    return {
      kind: 'pareto',
      mean: min * mean,
      variance: min * min * variance,
      min,
      max,
      constant: undefined,
      sample: (stream) => Math.min(max, min * pow(1 - share * stream.nextDouble(), power)),
    };
  },
});

/** For a smallest value of 1. */
function unbounded(shape: number): Moments {
  const mean = shape > 1 ? shape / (shape - 1) : Number.POSITIVE_INFINITY;
  const variance = shape > 2 ? shape / ((shape - 1) * (shape - 1) * (shape - 2)) : Number.POSITIVE_INFINITY;
  return { mean, variance };
}

/** For values from 1 to e^`logWidth`: E x^k = shape ∫ e^((k - shape) t) dt / (1 - e^(-shape logWidth)). */
function bounded(shape: number, logWidth: number): Moments {
  const mass = decayIntegral(shape, logWidth);
  const mean = decayIntegral(shape - 1, logWidth) / mass;
  return { mean, variance: decayIntegral(shape - 2, logWidth) / mass - mean * mean };
}

/** ∫ e^(-rate t) dt from 0 to `end`; by its series where the closed form has no digits left. */
function decayIntegral(rate: number, end: number): number {
  const x = rate * end;
  if (x > -1e-4 && x < 1e-4) return end * (1 - (x / 2) * (1 - (x / 3) * (1 - x / 4)));
  return (1 - exp(-x)) / rate;
}
