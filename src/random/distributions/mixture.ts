import { fail, list, number, record } from '../../options/fields.js';
import { cumulativeTable, indexAt, weightedMoments } from '../discrete.js';
import { distributionPlug } from '../distribution.js';

/** Now from one distribution, now from another: one draw chooses, the chosen one draws on. */
export const mixture = distributionPlug({
  name: 'mixture',
  summary: 'One of several distributions, chosen by weight for each value: fast for most, slow for some.',
  source: 'Finite mixture distribution; mean and variance by the laws of total expectation and variance.',
  example:
    'time: { mixture: [ { weight: 0.9, value: 1ms }, { weight: 0.1, value: { exponential: 20ms } } ] }',
  shorthand: 'components',
  optionsFor: (values) =>
    record({
      components: list(
        record({
          weight: number({ above: 0 }).describe('Share of the values, relative to the other weights.'),
          value: values.distribution().describe('A value or a distribution.'),
        }),
      ).describe('What is mixed, with weights of any sum.'),
    }).transform((options, context) => {
      if (options.components.length === 0) {
        fail(context, options.components, 'at least one component', undefined, ['components']);
      }
      return options;
    }),
  create: ({ components }, context) => {
    const weights = components.map((component) => component.weight);
    const parts = components.map((component) => context.create(component.value));
    const table = cumulativeTable(weights);
    const means = parts.map((part) => part.mean);
    const between = weightedMoments(means, weights);
    const within = weightedMoments(
      parts.map((part) => part.variance),
      weights,
    );
    const [first] = parts;
    const same = parts.every((part) => part.constant !== undefined && part.constant === first!.constant);
    return {
      kind: 'mixture',
      mean: between.mean,
      // Infinity minus Infinity, between components of infinite means, is no number.
      variance: between.mean === Number.POSITIVE_INFINITY ? between.mean : between.variance + within.mean,
      min: Math.min(...parts.map((part) => part.min)),
      max: Math.max(...parts.map((part) => part.max)),
      constant: same ? first!.constant : undefined,
      sample: (stream) => parts[indexAt(table, stream.nextDouble())]!.sample(stream),
    };
  },
});
