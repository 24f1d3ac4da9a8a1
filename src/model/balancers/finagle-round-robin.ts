import { record } from '../../options/fields.js';
import { FinagleRoundRobin } from '../products/finagle/round-robin.js';
import type { PlainMethodPlug } from '../products/plain/method.js';

const options = record({});

/** Finagle's round robin: each available server in turn, the first where none is (the wheel is then built anew each time). O(1) a pick. */
export const finagleRoundRobin: PlainMethodPlug<typeof options> = {
  name: 'finagle-round-robin',
  product: 'finagle',
  word: 'round_robin',
  summary: 'each available server in turn',
  source: 'Finagle 24.5, loadbalancer/roundrobin/RoundRobinBalancer.scala, Balancer.scala',
  options,
  example: 'algorithm: round_robin',
  usesWeights: false,
  create: (_, { table }) => new FinagleRoundRobin(table),
};
