import { byName, type Dialect } from './dialect.js';

export const dialect: Dialect = {
  product: 'kong',
  cases: [
    // Ten slots and one of them at a time: exact.
    { name: 'kong-round-robin', algorithm: 'round-robin', tolerance: 1 },
    // 10,000 slots, of which 4,000 in a row are looked at: 4.5 standard deviations at p = 0.4 are 140 at most.
    { name: 'kong-round-robin ring', algorithm: 'round-robin', more: { version: '2.3' } },
    // Idle ones are not told apart: the heap keeps two of them at its top.
    { name: 'kong-least-connections', algorithm: 'least-connections', shares: undefined, seenMin: 2 },
    {
      name: 'kong-consistent-hashing',
      algorithm: { 'consistent-hashing': { hash_on: 'ip' } },
      // A target with k of n = 640 entries has a share with a standard deviation of sqrt(k(n - k) / n^3), at k = 256 of 0.019,
      // and 4000 draws by that share one of 31: together 83. Four times that is what a fixed set of addresses may be off.
      tolerance: 332,
      // 160 entries each of 65,536 at most: a thousand do not fit.
      hostsMax: 300,
      more: { slots: 65_536 },
      seenMin: 290,
    },
    // All are alike here: an answer takes no time.
    { name: 'kong-latency', algorithm: 'latency', shares: undefined, seenMin: 1 },
  ],
  options: ({ algorithm }, hosts) => ({
    algorithm,
    healthchecks: { passive: { unhealthy: { tcp_failures: 1 } } },
    upstream: {
      api: {
        servers: byName(hosts, ({ weight = 1, down = false }) => {
          return { weight, health: down ? 'unhealthy' : 'healthy' };
        }),
      },
    },
  }),
  excludesTried: false,
  ejects: true,
  whenFull: 'none',
};
