import { number, record } from '../../options/fields.js';
import { distributionPlug } from '../distribution.js';

/** offset + scale * value, the value from another distribution. */
export const shifted = distributionPlug({
  name: 'shifted',
  summary:
    'Another distribution, moved by an offset and stretched by a factor: a fixed cost and a varying one.',
  source: 'Location-scale family.',
  example: 'time: { shifted: { offset: 2ms, value: { exponential: 1ms } } }',
  shorthand: 'value',
  optionsFor: (values) =>
    record({
      offset: values.value().default(0).describe('Added to every value, after scaling; 0 unless told.'),
      scale: number({ above: 0 }).default(1).describe('Multiplies every value; 1 unless told.'),
      value: values.distribution().describe('A value or a distribution.'),
    }),
  create: ({ offset, scale, value }, context) => {
    const part = context.create(value);
    return {
      kind: 'shifted',
      mean: offset + scale * part.mean,
      variance: scale * scale * part.variance,
      min: offset + scale * part.min,
      max: offset + scale * part.max,
      constant: part.constant === undefined ? undefined : offset + scale * part.constant,
      sample: (stream) => offset + scale * part.sample(stream),
    };
  },
});
