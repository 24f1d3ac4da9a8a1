import { fail, record } from '../../options/fields.js';
import { distributionPlug } from '../distribution.js';
import { written } from '../parameters.js';

/** Every value between two bounds alike. */
export const uniform = distributionPlug({
  name: 'uniform',
  summary: 'Every value from `min` up to `max` equally likely.',
  source: 'Continuous uniform distribution.',
  example: 'sleep: { uniform: { min: 1s, max: 3s } }',
  shorthand: 'max',
  optionsFor: (values) =>
    record({
      min: values.value().default(0).describe('Lower bound, inclusive; 0 unless told.'),
      max: values.value().describe('Upper bound, exclusive.'),
    }).transform((options, context) => {
      if (!(options.min < options.max)) {
        fail(context, written(values, options.max), 'a value above `min`', undefined, ['max']);
      }
      return options;
    }),
  create: ({ min, max }) => {
    const width = max - min;
    return {
      kind: 'uniform',
      mean: min + width / 2,
      variance: (width * width) / 12,
      min,
      max,
      constant: undefined,
      sample: (stream) => min + width * stream.nextDouble(),
    };
  },
});
