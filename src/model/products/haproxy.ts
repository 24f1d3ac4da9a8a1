import type { ProductPlug } from '../balancer.js';
import { HaproxyBalancer } from './haproxy/balancer.js';
import { haproxyOptions } from './haproxy/options.js';
import type { HaproxyPassage } from './haproxy/passage.js';
import { serverChangeField } from './haproxy/server-options.js';
import { createBackend } from './haproxy/settings.js';

/** HAProxy, the load balancer. */
export const haproxy: ProductPlug<typeof haproxyOptions> = {
  name: 'haproxy',
  summary: 'HAProxy in HTTP mode: queues, health checks, retries and redispatch, its nine algorithms',
  source:
    'HAProxy 2.6.12, backend.c, queue.c, server.c, check.c, lb_*.c; picks compared with the real program',
  options: haproxyOptions,
  example:
    'balancer: { product: haproxy, algorithm: leastconn, upstream: { api: { maxconn: 30, check: true } } }',
  serverParameters: serverChangeField,
  workerCount: (options, cores) =>
    options.nbthread === 'auto' ? Math.max(1, Math.ceil(cores)) : options.nbthread,
  create: (options, context) => new HaproxyBalancer(options, context),
  createSelector: (options, { hosts, stream, assigned }) =>
    createBackend(options, {
      hosts,
      stream,
      clockPhaseNs: 0,
      assigned: assigned as ((passage: HaproxyPassage, host: number) => void) | undefined,
    }),
};
