import type { ProductPlug } from '../balancer.js';
import { KongBalancer } from './kong/balancer.js';
import { LoneSelector } from './kong/lone-selector.js';
import { kongOptions, targetParametersField } from './kong/options.js';

/** Kong Gateway, an API gateway on nginx (OpenResty). */
export const kong: ProductPlug<typeof kongOptions> = {
  name: 'kong',
  summary:
    'Kong Gateway: four algorithms, active and passive health checks, retries, and plugins for keys and limits',
  source: 'Kong 3.9 (and 2.8, 2.3 by `version`), lua-resty-healthcheck 3.1; read, not run',
  options: kongOptions,
  example: 'balancer: { product: kong, algorithm: round-robin, upstream: { api: { weight: 100 } } }',
  serverParameters: targetParametersField,
  workerCount: ({ nginx_worker_processes: workers }, cores) =>
    workers === 'auto' ? Math.max(1, Math.ceil(cores)) : workers,
  create: (options, context) => new KongBalancer(options, context),
  createSelector: (options, context) => new LoneSelector(options, context),
};
