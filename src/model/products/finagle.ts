import { flag, record } from '../../options/fields.js';
import type { ProductPlug } from '../balancer.js';
import { FailFast } from './finagle/fail-fast.js';
import { PlainBalancer } from './plain/balancer.js';
import { plainMethod } from './plain/methods.js';
import { plainServerParameters, plainShape, refuseUnusedWeights } from './plain/options.js';
import { plainSelector } from './plain/product.js';

const options = record({
  ...plainShape('finagle', 'p2c'),
  fail_fast: flag()
    .default(true)
    .describe('a server that cannot be connected to is avoided until it can, tried after 1 s and longer'),
}).superRefine((value, context) => refuseUnusedWeights('finagle', value, context));

/**
 * A Finagle client, put where a proxy stands.
 *
 * Limits: failure accrual is not here (Finagle's default mixes success rates and consecutive failures), nor aperture, nor
 * requeues beyond `retries`; its own CPU is free unless `cpu` says so.
 */
export const finagle: ProductPlug<typeof options> = {
  name: 'finagle',
  summary: "Finagle's client-side balancers: P2C least loaded, P2C Peak EWMA, heap, round robin; fail fast",
  source: 'Finagle 24.5, loadbalancer/*, service/FailFastFactory.scala',
  options,
  example: 'balancer: { product: finagle, algorithm: p2c_peak_ewma, dispatchers: 4 }',
  serverParameters: plainServerParameters,
  workerCount: ({ dispatchers }) => dispatchers,
  create: (checked, context) => {
    const method = plainMethod('finagle', checked.algorithm);
    if (!checked.fail_fast) return new PlainBalancer(checked, context, { method });
    const failFast = new FailFast(context, checked.connect_timeout);
    const balancer = new PlainBalancer(checked, context, {
      method,
      connects: (selector, host, connected) => failFast.observe(selector, host, connected),
      gauges: failFast.gauges(),
    });
    failFast.linkOf = (host) => balancer.hosts[host.index]?.host.link;
    return balancer;
  },
  createSelector: (checked, context) => plainSelector('finagle', checked, context),
};
