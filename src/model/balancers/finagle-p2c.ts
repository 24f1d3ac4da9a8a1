import { record } from '../../options/fields.js';
import { FinagleChoices } from '../products/finagle/choices.js';
import type { PlainMethodPlug } from '../products/plain/method.js';

const options = record({});

/** Finagle's default load metric under P2C: the less loaded of two, by requests in flight. O(1) a pick. */
export const finagleP2c: PlainMethodPlug<typeof options> = {
  name: 'finagle-p2c',
  product: 'finagle',
  word: 'p2c',
  summary: 'two different servers at random: the available one, else the one with fewer requests in flight',
  source: 'Finagle 24.5, loadbalancer/p2c/P2CPick.scala, LeastLoaded.scala, Balancer.scala',
  options,
  example: 'algorithm: p2c',
  usesWeights: false,
  create: (_, { table, stream }) => new FinagleChoices(table, stream, undefined),
};
