import { fc } from '@fast-check/vitest';
import type { Plain } from './laboratory.js';

/** Random small experiments: as much as possible of everything that a file can say, over a few simulated seconds. */

const integer = (min: number, max: number) => fc.integer({ min, max });
const ms = (min: number, max: number) => integer(min, max).map((value) => `${value}ms`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const demand = (max: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    ms(0, max),
    ms(1, max).map((mean) => ({ exponential: mean })),
    ms(1, max).map((mean) => ({ lognormal: { mean, cv: 1 } })),
  );

const cpu = fc.record({ cpu: demand(15) });
const wait = fc.record({ wait: demand(80) });
const query = fc.record({ query: fc.constant('db'), time: demand(60), cpu: demand(5), client_cpu: ms(0, 2) });
const allocate = fc.record({ allocate: integer(0, 30).map((size) => `${size}m`) });
const respond = fc.record({
  respond: fc.record({ status: fc.constantFrom(200, 404, 500, 503), bytes: integer(0, 5000) }),
});
const call = fc.record({ call: fc.constant('stock'), path: fc.constant('/stock'), timeout: ms(5, 200) });
const plain = fc.oneof(cpu, wait, query, allocate, respond);
const innerCache = fc.record({ cache: fc.constant('inner'), miss: fc.array(plain, { maxLength: 2 }) });
const cache = fc.record({
  cache: fc.constant('outer'),
  miss: fc.array(fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: innerCache }), {
    maxLength: 3,
  }),
});
const route = fc.record({
  async: fc.boolean(),
  steps: fc.array(fc.oneof(plain, plain, cache, innerCache, call), { maxLength: 5 }),
});

const overhead = maybe(fc.record({ request: ms(0, 2), response: ms(0, 2), cold: fc.constant({ extra: 1 }) }));
const server = fc.oneof(
  fc.record({
    kind: fc.constant('uvicorn'),
    workers: integer(1, 2),
    threads: integer(1, 4),
    backlog: integer(1, 8),
    overhead,
  }),
  fc.record({ kind: fc.constant('event-loop'), workers: integer(1, 2), backlog: integer(1, 8), overhead }),
  fc.record({
    kind: fc.constant('thread-pool'),
    threads: integer(1, 4),
    backlog: integer(1, 8),
    interpreter_lock: fc.boolean(),
    overhead,
  }),
  fc.record({
    kind: fc.constant('worker-processes'),
    workers: integer(1, 3),
    threads: integer(1, 2),
    backlog: integer(1, 8),
    overhead,
  }),
);

const cacheLimits = fc.record({
  ttl: maybe(ms(1, 500)),
  size: maybe(integer(1, 5)),
  single_flight: fc.boolean(),
  keys: fc.record({ zipf: integer(1, 8).map((count) => ({ exponent: 1.1, count })) }),
});

const pool = fc.record({
  to: fc.constant('postgres'),
  pool_size: integer(1, 3),
  max_overflow: integer(0, 2),
  pool_timeout: ms(1, 300),
});

const service = (replicas: fc.Arbitrary<number>) =>
  fc.record({
    replicas,
    on: fc.constantFrom('one', 'two'),
    cpus: maybe(fc.constantFrom(0.05, 0.2, 0.5, 1.5)),
    cpu_shares: fc.constantFrom(256, 1024),
    mem_limit: maybe(integer(90, 200).map((size) => `${size}m`)),
    memory: fc.constant({ base: '80m', per_connection: '1m', per_request: '1m' }),
    restart: fc.constantFrom('no', 'always', 'on-failure', 'unless-stopped'),
    start_time: fc.oneof(fc.constant('0ms'), ms(1, 800)),
    server,
    pools: fc.record({ db: pool }),
    caches: fc.record({ outer: cacheLimits, inner: cacheLimits }),
  });

const algorithm = fc.constantFrom<unknown>(
  'round_robin',
  'least_conn',
  'ip_hash',
  { hash: { key: '$request_uri', consistent: true } },
  { random: { two: 'least_conn' } },
  'random',
);

const nginx = fc.record({
  product: fc.constant('nginx'),
  on: maybe(fc.constantFrom('one', 'two')),
  algorithm,
  upstream: fc.record({
    api: fc.record({
      max_fails: integer(0, 2),
      fail_timeout: integer(1, 3).map((value) => `${value}s`),
      max_conns: integer(0, 4),
    }),
  }),
  keepalive: maybe(integer(1, 3)),
  proxy_http_version: fc.constantFrom('1.0', '1.1'),
  proxy_set_header: fc.constantFrom<Plain>({}, { Connection: '' }),
  proxy_connect_timeout: ms(5, 2000),
  proxy_read_timeout: ms(5, 2000),
  proxy_next_upstream_tries: integer(0, 3),
  worker_processes: integer(1, 2),
  worker_connections: fc.oneof(integer(4, 20), fc.constant(512)),
  backlog: integer(1, 20),
  keepalive_timeout: fc.constantFrom('0s', '1s', '75s'),
  keepalive_requests: integer(1, 20),
  cpu: fc.constantFrom('0us', '60us', '2ms'),
});

const clean = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A model: `api` behind nginx or alone, `stock` behind it, `postgres` behind both. */
export const models: fc.Arbitrary<Plain> = fc
  .record({
    hosts: fc.record({ one: fc.record({ cores: integer(1, 3) }), two: fc.record({ cores: integer(1, 2) }) }),
    network: fc.record({
      default: fc.oneof(fc.constant('0ms'), ms(1, 60), fc.constant({ exponential: '2ms' })),
    }),
    balancer: fc.option(nginx, { nil: undefined, freq: 5 }),
    api: service(integer(1, 3)),
    stock: service(integer(1, 2)),
    routes: fc.tuple(route, route),
    stockSteps: fc.array(plain, { maxLength: 3 }),
    postgres: fc.record({
      on: fc.constantFrom('one', 'two'),
      max_connections: integer(1, 12),
      connect_time: ms(0, 5),
    }),
  })
  .map(({ hosts, network, balancer, api, stock, routes, stockSteps, postgres }) => ({
    hosts,
    network,
    ...(balancer === undefined ? {} : { balancer: clean(balancer) }),
    services: clean({
      api: {
        ...api,
        replicas: balancer === undefined ? 1 : api.replicas,
        routes: {
          'GET /a': routes[0],
          'POST /b': routes[1],
          // The one route that surely calls, so that `stock` is called and not an entry.
          'GET /c': [{ call: 'stock', path: '/stock', timeout: '100ms' }],
        },
      },
      stock: { ...stock, routes: { 'GET /stock': stockSteps } },
      postgres,
    }),
  }));

const request = fc.oneof(
  fc.record({ get: fc.constantFrom('/a', '/c', '/unknown'), timeout: ms(20, 2000) }),
  fc.record({ post: fc.constant('/b'), timeout: ms(20, 2000) }),
);
const sleep = fc.record({ sleep: demand(200) });
// Ends with a pause: users whose requests are refused at once would else go round a million times a second.
const iteration = fc
  .tuple(fc.array(fc.oneof(request, request, sleep), { minLength: 1, maxLength: 3 }), ms(5, 200))
  .map(([steps, pause]) => [...steps, { sleep: pause }]);
const seconds = ms(1000, 3000);
const graceful = fc.constantFrom('0s', '200ms', '30s');
const common = { iteration, gracefulStop: graceful };

const scenario = fc.oneof(
  fc.record({ executor: fc.constant('constant-vus'), vus: integer(1, 12), duration: seconds, ...common }),
  fc.record({
    executor: fc.constant('ramping-vus'),
    startVUs: integer(1, 5),
    stages: fc.array(fc.record({ duration: ms(100, 1500), target: integer(0, 15) }), {
      minLength: 1,
      maxLength: 3,
    }),
    gracefulRampDown: graceful,
    ...common,
  }),
  fc.record({
    executor: fc.constant('constant-arrival-rate'),
    rate: integer(1, 120),
    duration: seconds,
    preAllocatedVUs: integer(1, 10),
    maxVUs: integer(10, 60),
    ...common,
  }),
  fc.record({
    executor: fc.constant('ramping-arrival-rate'),
    startRate: integer(1, 50),
    stages: fc.array(fc.record({ duration: ms(100, 1500), target: integer(0, 120) }), {
      minLength: 1,
      maxLength: 3,
    }),
    preAllocatedVUs: integer(1, 10),
    maxVUs: integer(10, 60),
    ...common,
  }),
  fc.record({
    executor: fc.constantFrom('shared-iterations', 'per-vu-iterations'),
    vus: integer(1, 5),
    iterations: integer(5, 30),
    maxDuration: seconds,
    ...common,
  }),
);

const place = fc.constantFrom('api', 'api-1', 'stock-1');
const event = fc.oneof(
  fc.record({ at: ms(0, 4000), kill: place }),
  fc.record({ at: ms(0, 4000), stop: place }),
  fc.record({ at: ms(0, 4000), start: place }),
  fc
    .tuple(ms(0, 2000), ms(2001, 6000), fc.constantFrom('api', 'postgres'))
    .map(([from, to, slow]) => ({ from, to, slow, factor: 4 })),
  fc
    .tuple(ms(0, 2000), ms(2001, 6000), place)
    .map(([from, to, error]) => ({ from, to, error, rate: '50%', status: 503 })),
);

/** An experiment for any of {@link models}. */
export const experiments: fc.Arbitrary<Plain> = fc.record({
  load: fc
    .record({
      scenarios: fc.array(scenario, { minLength: 1, maxLength: 2 }),
      client: fc.record({
        on: maybe(fc.constant('one')),
        noConnectionReuse: fc.boolean(),
        noVUConnectionReuse: fc.boolean(),
        cpu: fc.constant({ before_send: '100us', after_receive: '80us' }),
        localIPs: integer(1, 10),
      }),
    })
    .map(({ scenarios, client }) => ({
      client: clean(client),
      scenarios: Object.fromEntries(scenarios.map((value, index) => [`s${index}`, value])),
    })),
  events: fc.array(event, { maxLength: 4 }),
});

/** Several balancers that end and start again: a model with them, and the events. */
export const brokenBalancers = fc
  .record({
    model: models.filter(({ balancer }) => balancer !== undefined),
    replicas: integer(1, 3),
    select: fc.constantFrom('first', 'random', 'roundRobin'),
    events: fc.array(
      fc.record({
        at: ms(0, 3000),
        what: fc.constantFrom('kill', 'kill', 'start', 'stop'),
        of: integer(0, 3),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ model, replicas, select, events }) => ({
    model: { ...model, balancer: { ...(model.balancer as Plain), replicas, select } } as Plain,
    events: events.map(({ at, what, of }) => {
      const isOne = of > 0 && of <= replicas && replicas > 1;
      return { at, [what]: isOne ? `balancer-${of}` : 'balancer' };
    }),
  }));
