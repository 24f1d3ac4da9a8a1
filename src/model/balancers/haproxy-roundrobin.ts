import { record } from '../../options/fields.js';
import type { HaproxyMethodPlug } from '../products/haproxy/method.js';
import { WeightedRoundRobin } from '../products/haproxy/weighted-round-robin.js';

const options = record({});

/** HAProxy's `balance roundrobin`, its default. */
export const haproxyRoundrobin: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-roundrobin',
  product: 'haproxy',
  word: 'roundrobin',
  summary: 'each server in turn by its weight, the heaviest first; weights may change at any time',
  source: 'HAProxy 2.6.12, lb_fwrr.c; picks compared with the real program',
  options,
  example: 'algorithm: roundrobin',
  hashes: false,
  queuesBehind: true,
  create: (_options, { table }) => new WeightedRoundRobin(table),
};
