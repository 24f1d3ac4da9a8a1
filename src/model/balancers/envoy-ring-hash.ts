import { choice, count, fail, flag, list, record } from '../../options/fields.js';
import { plainSubject } from '../balancer.js';
import { murmurHash2 } from '../murmur-hash2.js';
import { HashMethod } from '../products/envoy/hash-balancer.js';
import { HashPolicy, hashPolicyField } from '../products/envoy/hash-policy.js';
import { hostKey } from '../products/envoy/host.js';
import type { EnvoyMethodPlug } from '../products/envoy/method.js';
import { Ring } from '../products/envoy/ring.js';
import { xxHash64 } from '../xx-hash64.js';

/** 8 Mi. */
const RING_SIZE_MAX = 8_388_608;

const options = record({
  minimum_ring_size: count({ max: RING_SIZE_MAX })
    .default(1024)
    .describe('points at least, and a few more so that the lightest host has a whole number'),
  maximum_ring_size: count({ min: 1, max: RING_SIZE_MAX }).default(RING_SIZE_MAX).describe('points at most'),
  hash_function: choice(['XX_HASH', 'MURMUR_HASH_2']).default('XX_HASH'),
  use_hostname_for_hashing: flag().default(false).describe('hosts are hashed by name instead of address'),
  hash_policy: list(hashPolicyField())
    .default([])
    .describe('what a request is hashed by; without one, by chance'),
}).superRefine(({ minimum_ring_size: minimum, maximum_ring_size: maximum }, context) => {
  if (minimum > maximum)
    fail(context, minimum, `at most maximum_ring_size (${maximum})`, undefined, ['minimum_ring_size']);
});

/** Envoy's ketama ring. Limits: no `hash_balance_factor` (bounded loads). */
export const envoyRingHash: EnvoyMethodPlug<typeof options> = {
  name: 'envoy-ring-hash',
  product: 'envoy',
  word: 'RING_HASH',
  summary: 'the same host for the same key: the next of its points on a ring of hashes',
  source: 'Envoy 1.31, load_balancing_policies/ring_hash/ring_hash_lb.cc',
  options,
  example: 'algorithm: { RING_HASH: { hash_policy: [{ header: { header_name: x-user } }] } }',
  keyed: {
    options: { hash_policy: [{ header: { header_name: 'key' } }] },
    subject: (key) => plainSubject({ headers: { key } }),
  },
  create: (checked, { table }) => {
    const policy = new HashPolicy(checked.hash_policy);
    const spec = {
      minimumSize: checked.minimum_ring_size,
      maximumSize: checked.maximum_ring_size,
      keyOf: hostKey(checked.use_hostname_for_hashing ? 'name' : 'address'),
      hash: remembered(checked.hash_function === 'XX_HASH' ? xxHash64 : murmurHash2),
    };
    return new HashMethod(table, {
      hash: (subject) => policy.hash(subject),
      build: (hosts) => new Ring(hosts, spec),
    });
  },
};

/** Every change of a host's health asks for nearly the same hashes again. */
function remembered(hash: (text: string) => bigint): (text: string) => bigint {
  const memory = new Map<string, bigint>();
  return (text) => {
    let value = memory.get(text);
    if (value === undefined) {
      value = hash(text);
      memory.set(text, value);
    }
    return value;
  };
}
