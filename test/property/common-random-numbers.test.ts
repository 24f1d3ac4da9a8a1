import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type Observation, observe, type Plain, written } from './laboratory.js';

const ROUTES = {
  'GET /a': [
    { cpu: { exponential: '2ms' } },
    { query: 'db', time: { lognormal: { mean: '5ms', cv: 1 } } },
    { respond: { bytes: 100 } },
  ],
  'GET /b': [{ cache: 'entries', miss: [{ wait: { exponential: '9ms' } }] }],
};

/** A model as a world begins; `change` adds to it. */
function model(
  change: { services?: Plain; api?: Plain; balancer?: Plain; hosts?: Plain; routes?: Plain } = {},
) {
  return {
    hosts: { laptop: { cores: 2 }, ...change.hosts },
    network: { default: { exponential: '0.3ms' } },
    balancer: {
      product: 'nginx',
      on: 'laptop',
      upstream: { api: {} },
      cpu: { exponential: '60us' },
      ...change.balancer,
    },
    services: {
      api: {
        on: 'laptop',
        replicas: 2,
        cpus: 0.6,
        pools: { db: { to: 'postgres', pool_size: 3 } },
        caches: { entries: { ttl: '100ms', keys: { zipf: { exponent: 1.1, count: 20 } } } },
        routes: { ...ROUTES, ...change.routes },
        ...change.api,
      },
      postgres: { on: 'laptop' },
      ...change.services,
    },
  };
}

const ITERATION = [{ get: '/a' }, { sleep: { exponential: '50ms' } }, { get: '/b' }, { sleep: '20ms' }];
const OPEN = {
  executor: 'constant-arrival-rate',
  rate: 40,
  duration: '3s',
  preAllocatedVUs: 60,
  maxVUs: 200,
  iteration: ITERATION,
};
const CLOSED = {
  executor: 'ramping-vus',
  startVUs: 2,
  stages: [{ duration: '3s', target: 12 }],
  iteration: ITERATION,
};

function run(scenarios: Plain, world: Plain, experiment: Plain = {}): Observation {
  return observe(written({ load: { scenarios }, ...experiment }, world).variants[0]!.experiment);
}

/** When the iterations of an open load started, with their keys. Which free user takes one depends on who is free, as in k6. */
function arrivalsOf({ iterations }: Observation, scenario = 'open') {
  return iterations
    .filter((iteration) => iteration.scenario === scenario)
    .map(({ atNs, key }) => `${atNs} ${key}`);
}

function requestsOf({ requests }: Observation, scenario: string) {
  return requests.filter((request) => request.scenario === scenario);
}

/** What was drawn for each request at each place; a place that was asked twice for one request must have said the same. */
function demandsOf({ demands }: Observation): Map<string, number> {
  const drawn = new Map<string, number>();
  for (const { key, purpose, value } of demands) {
    const place = `${key}/${purpose}`;
    if (drawn.has(place)) expect(value).toBe(drawn.get(place));
    drawn.set(place, value);
  }
  return drawn;
}

/** Whatever both worlds asked for, they got the same. Returns how much that was. */
function expectSameDemands(one: Observation, other: Observation): number {
  const first = demandsOf(one);
  let sharedCount = 0;
  for (const [place, value] of demandsOf(other)) {
    const known = first.get(place);
    if (known === undefined) continue;
    sharedCount += 1;
    expect(value, place).toBe(known);
  }
  return sharedCount;
}

/** Keys of a virtual user's iterations, by scenario and slot, in order. */
function keysBySlot(seen: Observation): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const { scenario, slot, key } of seen.iterations) {
    const name = `${scenario}/${slot}`;
    keys.set(name, [...(keys.get(name) ?? []), key]);
  }
  return keys;
}

/** One list begins with the other: a slower world gets less far, on the same way. */
function expectSamePrefixes(one: Observation, other: Observation): void {
  const first = keysBySlot(one);
  const second = keysBySlot(other);
  expect([...second.keys()].sort()).toEqual([...first.keys()].sort());
  for (const [slot, keys] of first) {
    const others = second.get(slot)!;
    const shared = Math.min(keys.length, others.length);
    expect(shared).toBeGreaterThan(0);
    expect(others.slice(0, shared)).toEqual(keys.slice(0, shared));
  }
}

const VARIANTS: [string, Plain][] = [
  ['three instances', model({ api: { replicas: 3 } })],
  ['least_conn', model({ balancer: { algorithm: 'least_conn' } })],
  ['random', model({ balancer: { algorithm: { random: { two: 'least_conn' } } } })],
  ['two worker processes', model({ balancer: { worker_processes: 2 } })],
  ['a quarter of the CPU', model({ api: { replicas: 2, cpus: 0.15 } })],
  ['another server', model({ api: { replicas: 2, server: { kind: 'thread-pool', threads: 8 } } })],
  ['a larger pool', model({ api: { pools: { db: { to: 'postgres', pool_size: 9 } } } })],
];

describe('variants under one seed', () => {
  const open = run({ open: OPEN }, model());
  const closed = run({ closed: CLOSED }, model());

  it.each(VARIANTS)('meet the same arrivals and the same demands in an open load: %s', (_name, world) => {
    const other = run({ open: OPEN }, world);
    expect(arrivalsOf(other)).toEqual(arrivalsOf(open));
    const keys = (seen: Observation) => seen.requests.map(({ key, path }) => `${path} ${key}`).sort();
    expect(keys(other)).toEqual(keys(open));
    // Of 120 iterations with two requests: link, nginx, steps.
    expect(expectSameDemands(open, other)).toBeGreaterThan(500);
  });

  it.each(VARIANTS)('have the same users do the same in a closed load: %s', (_name, world) => {
    const other = run({ closed: CLOSED }, world);
    expectSamePrefixes(closed, other);
    expect(expectSameDemands(closed, other)).toBeGreaterThan(500);
  });

  it('hold under failures: retries and errors draw nothing anew', () => {
    const events = [
      { at: '1s', kill: 'api-2' },
      { from: '1s', to: '2s', slow: 'postgres', factor: 9 },
    ];
    const other = run({ open: OPEN }, model(), { events });
    expect(arrivalsOf(other)).toEqual(arrivalsOf(open));
    expect(expectSameDemands(open, other)).toBeGreaterThan(500);
  });

  it('are those of the seed: another one has others', () => {
    const other = run({ open: OPEN }, model(), { seed: 431 });
    const keys = new Set(open.iterations.map(({ key }) => key));
    expect(other.iterations.filter(({ key }) => keys.has(key))).toEqual([]);
  });
});

/** A scenario that starts later. */
const LATER = { ...OPEN, rate: 25, startTime: '1s', duration: '1s' };
const STOCK = { on: 'spare', routes: { 'GET /stock': [{ cpu: { exponential: '5ms' } }] } };

describe('adding a component changes nobody else’s numbers', () => {
  const alone = run({ open: OPEN, closed: CLOSED }, model());

  /** Nothing at all is different, to the nanosecond. */
  const INDIFFERENT: [string, Plain][] = [
    ['a service that nobody calls', model({ hosts: { spare: { cores: 1 } }, services: { stock: STOCK } })],
    ['a route that nobody asks for', model({ routes: { 'GET /never': [{ cpu: { exponential: '1ms' } }] } })],
    ['a route that sorts first', model({ routes: { 'GET /0': [{ wait: { exponential: '1ms' } }] } })],
    ['a host', model({ hosts: { another: { cores: 8 } } })],
    ['a database', model({ hosts: { spare: { cores: 1 } }, services: { another: { on: 'spare' } } })],
  ];

  it.each(INDIFFERENT)('%s', (_name, world) => {
    const other = run({ open: OPEN, closed: CLOSED }, world);
    expect(other.iterations).toEqual(alone.iterations);
    expect(other.requests).toEqual(alone.requests);
    expect(other.samples).toEqual(alone.samples);
  });

  it('another instance of another service', () => {
    const world = (replicas: number) =>
      model({
        hosts: { spare: { cores: 1 } },
        services: { stock: { ...STOCK, replicas } },
        routes: { 'GET /a': [{ cpu: { exponential: '2ms' } }, { call: 'stock', path: '/stock' }] },
      });
    const one = run({ open: OPEN }, world(1));
    const two = run({ open: OPEN }, world(2));
    expect(arrivalsOf(two)).toEqual(arrivalsOf(one));
    expect(expectSameDemands(one, two)).toBeGreaterThan(500);
  });

  it('another scenario, which starts later', () => {
    const other = run({ open: OPEN, closed: CLOSED, later: LATER }, model());
    // Arrivals do not react; users do, to the answers that come later, but not in what they do.
    expect(arrivalsOf(other)).toEqual(arrivalsOf(alone));
    const early = (seen: Observation) => requestsOf(seen, 'closed').filter(({ atNs }) => atNs < 1e9);
    expect(early(other)).toEqual(early(alone));
    expect(expectSameDemands(alone, other)).toBeGreaterThan(500);
    expect(arrivalsOf(other, 'later')).toHaveLength(25);
  });

  it('thresholds, which only look', () => {
    const thresholds = { 'http_req_duration{name:/a}': ['p(95)<100'], http_reqs: ['count>10'] };
    const other = run({ open: OPEN, closed: CLOSED }, model(), { thresholds });
    expect(other.fingerprint).toBe(alone.fingerprint);
    expect(other.samples).toEqual(alone.samples);
  });

  it('measurements and titles, which are not of the run', () => {
    const other = run({ open: OPEN, closed: CLOSED }, { ...model(), title: 'renamed' }, { title: 'another' });
    expect(other.fingerprint).toBe(alone.fingerprint);
  });
});

describe('what a request draws', () => {
  test.prop(
    [
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('round_robin', 'least_conn', 'ip_hash', 'random'),
      fc.integer({ min: 1, max: 1e6 }),
    ],
    { seed: 430, numRuns: 12 },
  )('is a function of its key and the place, whatever N, algorithm and seed', (replicas, algorithm, seed) => {
    const load = { open: { ...OPEN, duration: '1s' } };
    const one = run(load, model({ api: { replicas: 1, cpus: 1 } }), { seed });
    const other = run(load, model({ api: { replicas, cpus: 1 }, balancer: { algorithm } }), { seed });
    expect(arrivalsOf(other)).toEqual(arrivalsOf(one));
    expect(expectSameDemands(one, other)).toBeGreaterThan(100);
  });
});
