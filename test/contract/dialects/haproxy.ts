import { byName, type Dialect } from './dialect.js';

/** The first of idle servers has room for all. */
const allToTheFirst = () => [1, 0, 0, 0];
/** Idle servers are alike, whatever their weights. */
const evenly = (weights: readonly number[]) => weights.map(() => 1 / weights.length);

export const dialect: Dialect = {
  product: 'haproxy',
  // Tolerances of 150 in 4000. A ring has 16 points per weight, too few for shares: they scatter by 1/sqrt(16 * weight), up to a
  // quarter, of themselves; 4.5 times that of 1600 is 900. Of a map the shares are the weights', and 4.5 binomial standard
  // deviations of 4000 hashed keys at p = 0.4 are 140.
  cases: [
    { name: 'haproxy-roundrobin', algorithm: 'roundrobin' },
    { name: 'haproxy-static-rr', algorithm: 'static-rr' },
    { name: 'haproxy-leastconn', algorithm: 'leastconn', shares: evenly },
    { name: 'haproxy-first', algorithm: 'first', shares: allToTheFirst, seenMin: 1 },
    // The suite's clients, 10.N.M.1, are 65,536 and 256 apart: of such a bare number only some residues occur.
    { name: 'haproxy-source', algorithm: 'source', more: { 'hash-type': 'map-based sdbm avalanche' } },
    { name: 'haproxy-uri', algorithm: 'uri' },
    { name: 'haproxy-uri consistent', algorithm: 'uri', more: { 'hash-type': 'consistent' }, tolerance: 900 },
    { name: 'haproxy-hdr', algorithm: 'hdr(X-User)' },
    { name: 'haproxy-url-param', algorithm: 'url_param user' },
    { name: 'haproxy-random', algorithm: 'random', tolerance: 900 },
    { name: 'haproxy-random 1', algorithm: 'random(1)', tolerance: 900 },
  ],
  options: ({ algorithm }, hosts) => ({
    algorithm,
    upstream: {
      api: {
        servers: byName(hosts, (host) => {
          return { weight: host.weight ?? 1, disabled: host.down ?? false, maxconn: host.limit ?? 0 };
        }),
      },
    },
  }),
  excludesTried: false,
  ejects: false,
  whenFull: 'waits',
};
