import type { ProductPlug } from '../balancer.js';
import { EnvoyBalancer } from './envoy/balancer.js';
import { envoyOptions, serverParametersField } from './envoy/options.js';
import { EnvoyPicks } from './envoy/picks.js';

/** Envoy as a reverse proxy. */
export const envoy: ProductPlug<typeof envoyOptions> = {
  name: 'envoy',
  summary:
    'Envoy as a reverse proxy: outlier detection, active checks, circuit breakers, retries, its five policies',
  source: 'Envoy 1.31 (source/common/upstream, router, conn_pool); tables of its own unit tests',
  options: envoyOptions,
  example:
    'balancer: { product: envoy, algorithm: LEAST_REQUEST, retry_policy: { retry_on: connect-failure }, upstream: { api: {} } }',
  serverParameters: serverParametersField,
  weightKey: 'load_balancing_weight',
  workerCount: (options, cores) =>
    options.concurrency === 'auto' ? Math.max(1, Math.ceil(cores)) : options.concurrency,
  create: (options, context) => new EnvoyBalancer(options, context),
  createSelector: (options, { hosts, stream }) => new EnvoyPicks({ options, hosts, stream }),
};
