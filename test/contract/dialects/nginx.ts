import { byName, type Dialect } from './dialect.js';

/** Shares when the second of two different hosts drawn by weight is taken, as among idle ones: less uneven than the weights. */
function secondOfTwo(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight, index) =>
    weights.reduce(
      (sum, first, other) => (other === index ? sum : sum + ((first / total) * weight) / (total - first)),
      0,
    ),
  );
}

export const dialect: Dialect = {
  product: 'nginx',
  // Tolerances of 150 in 4000. Random: 4.5 binomial standard deviations at p = 0.4 are 140. A ring of 160 points per weight
  // has shares that scatter by 1/sqrt(160 * weight) of themselves, at most 8 %: 4.5 times that of 400 is 144. `ip_hash` sees
  // 4000 networks: its residues modulo 6271 scatter less.
  cases: [
    { name: 'nginx-round-robin', algorithm: 'round_robin' },
    { name: 'nginx-least-conn', algorithm: 'least_conn' },
    { name: 'nginx-ip-hash', algorithm: 'ip_hash' },
    { name: 'nginx-hash', algorithm: { hash: { key: '$request_uri' } } },
    { name: 'nginx-hash consistent', algorithm: { hash: { key: '$request_uri', consistent: true } } },
    { name: 'nginx-random', algorithm: 'random' },
    { name: 'nginx-random two', algorithm: { random: { two: 'least_conn' } }, shares: secondOfTwo },
  ],
  options: ({ algorithm }, hosts) => ({
    algorithm,
    upstream: {
      api: {
        servers: byName(hosts, (host) => {
          return { weight: host.weight ?? 1, down: host.down ?? false, max_conns: host.limit ?? 0 };
        }),
      },
    },
  }),
  excludesTried: true,
  ejects: true,
  whenFull: 'refuses',
};
