import { byName, type Dialect } from './dialect.js';

/** Weights are ignored. */
const alike = (weights: readonly number[]) => weights.map(() => 1 / weights.length);

const bySourceAddress = { hash_policy: [{ connection_properties: { source_ip: true } }] };

export const dialect: Dialect = {
  product: 'envoy',
  // Tolerances of 150 in 4000. Drawn picks: 4.5 binomial standard deviations at p = 0.4 are 140, at p = 0.25 are 123. The part of
  // a ring that k of its n points own scatters by sqrt((1 - k/n) / k) of itself (spacings of uniform points): of 16,384 points at
  // k/n = 0.4 by 0.96 % of 1600 = 15, beside 31 of the keys; 4.5 times sqrt(15^2 + 31^2) is 155.
  cases: [
    { name: 'envoy-round-robin', algorithm: 'ROUND_ROBIN' },
    { name: 'envoy-least-request', algorithm: 'LEAST_REQUEST' },
    {
      name: 'envoy-least-request FULL_SCAN',
      algorithm: { LEAST_REQUEST: { selection_method: 'FULL_SCAN' } },
    },
    { name: 'envoy-random', algorithm: 'RANDOM', shares: alike },
    { name: 'envoy-ring-hash', algorithm: { RING_HASH: { minimum_ring_size: 16_384 } }, tolerance: 160 },
    {
      name: 'envoy-ring-hash source_ip',
      algorithm: { RING_HASH: { minimum_ring_size: 16_384, ...bySourceAddress } },
      tolerance: 160,
    },
    { name: 'envoy-maglev', algorithm: 'MAGLEV' },
    { name: 'envoy-maglev source_ip', algorithm: { MAGLEV: bySourceAddress } },
  ],
  options: ({ algorithm }, hosts) => ({
    algorithm,
    upstream: {
      api: {
        servers: byName(hosts, (host) => {
          return {
            load_balancing_weight: host.weight ?? 1,
            health_status: host.down ? 'UNHEALTHY' : 'HEALTHY',
          };
        }),
      },
    },
  }),
  excludesTried: false,
  ejects: false,
  whenFull: 'none',
};
