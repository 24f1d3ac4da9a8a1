import { record } from '../../options/fields.js';
import { distributionPlug } from '../distribution.js';

/** Always the same value. Draws nothing from the stream. */
export const constant = distributionPlug({
  name: 'constant',
  summary: 'Always the same value; a bare value such as `60us` means this.',
  source: 'Degenerate distribution.',
  example: 'cpu: { constant: 60us }   # or: cpu: 60us',
  shorthand: 'value',
  optionsFor: (values) => record({ value: values.value().describe('The value.') }),
  create: ({ value }) => ({
    kind: 'constant',
    mean: value,
    variance: 0,
    min: value,
    max: value,
    constant: value,
    sample: () => value,
  }),
});
