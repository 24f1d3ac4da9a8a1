import type { ProductPlug } from '../balancer.js';
import { NginxBalancer } from './nginx/balancer.js';
import { nginxOptions, serverParametersField } from './nginx/options.js';
import { createUpstream } from './nginx/settings.js';

/** nginx, the reverse proxy. */
export const nginx: ProductPlug<typeof nginxOptions> = {
  name: 'nginx',
  summary: 'nginx as a reverse proxy: passive health, retries by proxy_next_upstream, its five methods',
  source: 'nginx 1.22.1, ngx_http_upstream.c and modules; picks compared with the real program',
  options: nginxOptions,
  example: 'balancer: { product: nginx, algorithm: least_conn, upstream: { api: { max_fails: 3 } } }',
  serverParameters: serverParametersField,
  // The documentation of ip_hash: a server that is away for a while is marked, so that the others keep their clients.
  aside: { out: { down: true }, back: { down: false } },
  weightKey: 'weight',
  workerCount: (options, cores) =>
    options.worker_processes === 'auto' ? Math.max(1, Math.ceil(cores)) : options.worker_processes,
  create: (options, context) => new NginxBalancer(options, context),
  createSelector: (options, context) =>
    createUpstream(options, { ...context, changes: new Map(), clockPhaseNs: 0 }),
};
