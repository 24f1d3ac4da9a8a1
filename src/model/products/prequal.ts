import { duration, record, text } from '../../options/fields.js';
import type { ProductPlug } from '../balancer.js';
import { PlainBalancer } from './plain/balancer.js';
import { plainMethod } from './plain/methods.js';
import { plainServerParameters, plainShape, refuseUnusedWeights } from './plain/options.js';
import { plainSelector } from './plain/product.js';
import { Prober } from './prequal/prober.js';

const options = record({
  ...plainShape('prequal', 'hcl'),
  probe_timeout: duration({ minNs: 1 }).prefault('3ms').describe('a probe that takes longer is forgotten'),
  probe_path: text()
    .optional()
    .describe('a route that probes ask for, at its cost; absent: a probe costs the way there and back only'),
}).superRefine((value, context) => refuseUnusedWeights('prequal', value, context));

/**
 * Prequal as a reverse proxy: probes beside the requests, each a message to the server and back.
 *
 * Limits: what a server answers is what it would know of the requests of this balancer; latency contains the network's.
 */
export const prequal: ProductPlug<typeof options> = {
  name: 'prequal',
  summary: 'Prequal: probes servers beside the requests, and picks by requests in flight and latency',
  source:
    'Wydrowski, Kleinberg, Rumble and Archer, NSDI 2024, "Load is not what you should balance: Introducing Prequal"',
  options,
  example: 'balancer: { product: prequal, algorithm: { hcl: { q_rif: 0.84 } }, probe_timeout: 3ms }',
  serverParameters: plainServerParameters,
  workerCount: ({ dispatchers }) => dispatchers,
  create: (checked, context) => {
    const method = plainMethod('prequal', checked.algorithm);
    const prober = new Prober(context, {
      timeoutNs: checked.probe_timeout,
      path: checked.probe_path,
      answer: method.answer!,
    });
    const balancer = new PlainBalancer(checked, context, {
      method,
      probe: (selector, host) => prober.send(selector, host),
      gauges: prober.gauges(),
    });
    prober.linkOf = (host) => balancer.hosts[host.index]?.host.link;
    return balancer;
  },
  createSelector: (checked, context) => plainSelector('prequal', checked, context),
};
