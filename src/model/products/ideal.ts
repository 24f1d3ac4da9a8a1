import { record } from '../../options/fields.js';
import type { ProductPlug } from '../balancer.js';
import { PlainBalancer } from './plain/balancer.js';
import { plainMethod } from './plain/methods.js';
import { plainServerParameters, plainShape, refuseUnusedWeights } from './plain/options.js';
import { plainSelector } from './plain/product.js';

const options = record(plainShape('ideal', 'random')).superRefine((value, context) =>
  refuseUnusedWeights('ideal', value, context),
);

/**
 * The dispatcher of the textbooks: no health, no retries, no cost, nothing but the pick. It is the yardstick that real
 * products are held against.
 *
 * Limits: with one dispatcher its knowledge is global; whom it cannot connect to it goes on picking.
 */
export const ideal: ProductPlug<typeof options> = {
  name: 'ideal',
  summary: 'a dispatcher as queueing theory has it: nothing but the pick (JSQ, JSQ(d), JIQ, random, cyclic)',
  source: 'Mitzenmacher 2001; Vvedenskaya et al. 1996; Lu et al. 2011; Winston 1977',
  options,
  example: 'balancer: { product: ideal, algorithm: { jsq_d: { d: 2 } }, dispatchers: 4 }',
  serverParameters: plainServerParameters,
  workerCount: ({ dispatchers }) => dispatchers,
  create: (checked, context) =>
    new PlainBalancer(checked, context, { method: plainMethod('ideal', checked.algorithm) }),
  createSelector: (checked, context) => plainSelector('ideal', checked, context),
};
