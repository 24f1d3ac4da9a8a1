import { record } from '../../options/fields.js';
import type { ProductPlug } from '../balancer.js';
import { PlainBalancer } from './plain/balancer.js';
import { plainMethod } from './plain/methods.js';
import { plainServerParameters, plainShape, refuseUnusedWeights } from './plain/options.js';
import { plainSelector } from './plain/product.js';

const options = record(plainShape('linkerd', 'p2c_peak_ewma')).superRefine((value, context) =>
  refuseUnusedWeights('linkerd', value, context),
);

/**
 * Linkerd's proxy as far as its balancer goes.
 *
 * Limits: no failfast and no circuit breaker, no reconnecting in the background: a server that refuses connections stays in
 * the pool; no retries unless `retries` says so; its own CPU is free unless `cpu` says so.
 */
export const linkerd: ProductPlug<typeof options> = {
  name: 'linkerd',
  summary: "Linkerd's proxy: P2C over tower's Peak EWMA, with its failure penalty if asked for",
  source: 'linkerd2-proxy August 2026 (pool/p2c, load-biaser, ewma) and tower 0.5.3',
  options,
  example: 'balancer: { product: linkerd, dispatchers: 3 }',
  serverParameters: plainServerParameters,
  workerCount: ({ dispatchers }) => dispatchers,
  create: (checked, context) =>
    new PlainBalancer(checked, context, { method: plainMethod('linkerd', checked.algorithm) }),
  createSelector: (checked, context) => plainSelector('linkerd', checked, context),
};
