/** A small cluster with something of everything that draws or dies, for both determinism suites. */
export const MODEL = {
  hosts: { laptop: { cores: 2 } },
  balancer: { product: 'nginx', on: 'laptop' },
  services: {
    api: {
      replicas: 2,
      cpus: 0.4,
      pools: { db: { to: 'postgres' } },
      routes: {
        'GET /': [
          { cpu: { exponential: '3ms' } },
          { query: 'db', time: { lognormal: { mean: '5ms', cv: 1 } } },
        ],
      },
    },
    postgres: {},
  },
};
export const EXPERIMENT = {
  load: {
    executor: 'ramping-vus',
    stages: [{ duration: '2s', target: 20 }],
    iteration: [{ get: '/' }, { sleep: { exponential: '50ms' } }],
  },
  events: [{ at: '1s', kill: 'api-2' }],
  vary: { 'services.api.replicas': [2, 3], 'balancer.algorithm': ['round_robin', 'least_conn'] },
};
