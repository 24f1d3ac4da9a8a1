import { count, fail, flag, list, record } from '../../options/fields.js';
import { plainSubject } from '../balancer.js';
import { HashMethod } from '../products/envoy/hash-balancer.js';
import { HashPolicy, hashPolicyField } from '../products/envoy/hash-policy.js';
import { hostKey } from '../products/envoy/host.js';
import { MaglevTable } from '../products/envoy/maglev-table.js';
import type { EnvoyMethodPlug } from '../products/envoy/method.js';

/** Largest table that Envoy accepts (a prime). */
const TABLE_SIZE_MAX = 5_000_011;

const options = record({
  table_size: count({ min: 2, max: TABLE_SIZE_MAX })
    .default(65_537)
    .superRefine((size, context) => {
      if (!isPrime(size)) fail(context, size, 'a prime number');
    })
    .describe('places of the table, a prime number'),
  use_hostname_for_hashing: flag().default(false).describe('hosts are hashed by name instead of address'),
  hash_policy: list(hashPolicyField())
    .default([])
    .describe('what a request is hashed by; without one, by chance'),
});

/** Envoy's Maglev. Limits: no `hash_balance_factor` (bounded loads). */
export const envoyMaglev: EnvoyMethodPlug<typeof options> = {
  name: 'envoy-maglev',
  product: 'envoy',
  word: 'MAGLEV',
  summary:
    'the same host for the same key: its place in a table; evener than a ring, less steady when hosts change',
  source: 'Envoy 1.31, load_balancing_policies/maglev/maglev_lb.cc',
  options,
  example: 'algorithm: { MAGLEV: { hash_policy: [{ connection_properties: { source_ip: true } }] } }',
  keyed: {
    options: { hash_policy: [{ header: { header_name: 'key' } }] },
    subject: (key) => plainSubject({ headers: { key } }),
  },
  create: (checked, { table }) => {
    const policy = new HashPolicy(checked.hash_policy);
    const keyOf = hostKey(checked.use_hostname_for_hashing ? 'name' : 'address');
    return new HashMethod(table, {
      hash: (subject) => policy.hash(subject),
      build: (hosts) => new MaglevTable(hosts, checked.table_size, keyOf),
    });
  },
};

function isPrime(value: number): boolean {
  for (let divisor = 2; divisor * divisor <= value; divisor += 1) if (value % divisor === 0) return false;
  return value > 1;
}
