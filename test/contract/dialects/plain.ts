import { type AlgorithmCase, byName, type Dialect } from './dialect.js';

/** An algorithm that does not look at weights, and shares sequential requests alike. */
export const alike = (weights: readonly number[]) => weights.map(() => 1 / weights.length);

/** A product that is nothing but a pick: no limits, no health that results show, hosts asked again after failures. */
export function plainDialect(product: string, cases: readonly AlgorithmCase[]): Dialect {
  return {
    product,
    cases,
    options: ({ algorithm, shares }, hosts) => ({
      algorithm,
      upstream: {
        api: {
          servers: byName(hosts, ({ weight = 1, down = false }) =>
            shares === undefined ? { weight, down } : { down },
          ),
        },
      },
    }),
    excludesTried: false,
    ejects: false,
    whenFull: 'none',
  };
}
