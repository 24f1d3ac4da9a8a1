import { count, number, record } from '../../options/fields.js';
import { cumulativeTable, indexAt, weightedMoments } from '../discrete.js';
import { distributionPlug } from '../distribution.js';
import { pow } from '../math.js';

/** Ranks 1 to `count`, rank r with probability proportional to r^-exponent. One draw, 20 bytes per rank. */
export const zipf = distributionPlug({
  name: 'zipf',
  summary: 'Ranks of popularity, 1 to `count`: the r-th is drawn in proportion to 1 / r^exponent.',
  source:
    'Zipf distribution; for web requests Breslau et al., "Web Caching and Zipf-like Distributions" (INFOCOM 1999): exponents 0.64 to 0.83. By inversion with a guide table.',
  example: 'keys: { zipf: 1.1, count: 1000 }   # the exponent; 0 draws all alike',
  shorthand: 'exponent',
  units: ['number'],
  optionsFor: () =>
    record({
      exponent: number({ min: 0, max: 20 }).describe(
        '0: all ranks alike; the higher, the more the first ranks get.',
      ),
      count: count({ min: 1, max: 1_000_000 }).describe('Number of ranks.'),
    }),
  create: ({ exponent, count: size }) => {
    const ranks = new Float64Array(size).map((_, index) => index + 1);
    const weights = ranks.map((rank) => pow(rank, -exponent));
    const table = cumulativeTable(weights);
    return {
      kind: 'zipf',
      ...weightedMoments(ranks, weights),
      min: 1,
      max: size,
      constant: size === 1 ? 1 : undefined,
      sample: (stream) => 1 + indexAt(table, stream.nextDouble()),
    };
  },
});
