import { describe, expect, it } from 'vitest';
import { observe, type Plain, written } from '../property/laboratory.js';

const ROUTES = { 'GET /': [{ wait: '10ms' }] };
const ONE = {
  executor: 'per-vu-iterations',
  vus: 1,
  iterations: 4,
  iteration: [{ get: '/' }, { sleep: '1s' }],
};

/** One user, one request a second, and nothing that takes time but what the test adds. */
function build(model: Plain, experiment: Plain = {}) {
  const whole = { hosts: { laptop: { cores: 1 } }, ...model };
  return observe(written({ load: ONE, ...experiment }, whole).variants[0]!.experiment);
}

const nginx = { product: 'nginx', on: 'laptop', upstream: { api: {} }, cpu: '0us' };
const api = (own: Plain = {}) => ({ api: { server: { kind: 'thread-pool' }, routes: ROUTES, ...own } });
const waitsMs = (seen: ReturnType<typeof build>) => seen.samples.map(({ waitingNs }) => waitingNs / 1e6);

describe('the network of a model', () => {
  it('has the latency of a pair in either order, else the default', () => {
    expect(waitsMs(build({ services: api() }))).toEqual([10, 10, 10, 10]);
    expect(waitsMs(build({ network: { default: '2ms' }, services: api() }))).toEqual([14, 14, 14, 14]);
    const network = { default: '2ms', 'api-client': '3ms' };
    expect(waitsMs(build({ network, services: api() }))).toEqual([16, 16, 16, 16]);
  });

  it('has one of an instance of its own, which is said before that of its service', () => {
    const network = { 'balancer-api': '1ms', 'balancer-api-2': '20ms' };
    const seen = build({ network, balancer: nginx, services: api({ replicas: 2 }) });
    // Handshake, request and answer: four ways.
    expect(waitsMs(seen)).toEqual([14, 90, 14, 90]);
  });

  it('takes a round trip for each query, and for each connection', () => {
    const routes = { 'GET /': [{ query: 'db', time: '10ms' }] };
    const services = {
      ...api({ routes, pools: { db: { to: 'postgres' } } }),
      postgres: { connect_time: '5ms' },
    };
    const seen = build({ network: { 'api-postgres': '1ms' }, services });
    expect(waitsMs(seen)).toEqual([19, 12, 12, 12]);
  });
});

describe('what stands in a model', () => {
  it('is reported by name: instances by service, places with their gauges', () => {
    const services = { ...api({ replicas: 2, pools: { db: { to: 'postgres' } } }), postgres: {} };
    const { record } = build({ balancer: nginx, services });
    expect(record.instances.map(({ name, service, requests }) => [name, service, requests])).toEqual([
      ['api-1', 'api', 2],
      ['api-2', 'api', 2],
    ]);
    const places = new Set(record.gauges.map(({ place }) => place));
    for (const place of [
      'laptop',
      'postgres',
      'api-1',
      'api-1/db',
      'api-2',
      'balancer',
      'balancer/api-2',
      'client',
    ]) {
      expect([...places]).toContain(place);
    }
    const names = record.gauges.map(({ place, name }) => `${place} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is called directly where there is no balancer, and calls in turn what it calls', () => {
    const services = {
      ...api({ routes: { 'GET /': [{ call: 'stock', path: '/stock' }] } }),
      stock: { replicas: 2, server: { kind: 'thread-pool' }, routes: { 'GET /stock': [{ wait: '7ms' }] } },
    };
    const { record, samples } = build({ services });
    expect(samples.map(({ status, waitingNs }) => [status, waitingNs])).toEqual(Array(4).fill([200, 7e6]));
    expect(record.instances.map(({ name, requests }) => [name, requests])).toEqual([
      ['api-1', 4],
      ['stock-1', 2],
      ['stock-2', 2],
    ]);
  });

  it('has the quota of its replica where each has its own', () => {
    const routes = { 'GET /': [{ cpu: '20ms' }] };
    const seen = build({ balancer: nginx, services: api({ routes, replicas: 2, cpus: [1, 0.1] }) });
    const [full, tenth] = waitsMs(seen);
    expect(full).toBe(20);
    // 10 ms per period of 100 ms, which begins at any time: the rest comes one boundary later.
    expect(tenth).toBeGreaterThan(20);
    expect(tenth).toBeLessThanOrEqual(110);
  });

  it('meets the events that the experiment lists', () => {
    const events = [
      { at: '500ms', stop: 'api' },
      { at: '1500ms', start: 'api' },
      { from: '2800ms', to: '10s', error: 'api-1', status: 503 },
    ];
    const { samples } = build({ services: api({ start_time: '100ms' }) }, { events });
    expect(samples.map(({ status }) => status)).toEqual([200, 0, 200, 503]);
  });

  it('shares its host with the load generator where that is placed on it', () => {
    const client = { on: 'laptop', cpu: { before_send: '1ms', after_receive: '2ms' } };
    const { record, samples } = build({ services: api() }, { load: { ...ONE, client } });
    expect(samples.map(({ waitingNs }) => waitingNs)).toEqual(Array(4).fill(12e6));
    const used = record.gauges.find(({ place, name }) => place === 'client' && name === 'cpu_seconds')!;
    expect(used.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(4 * 0.003, 9);
  });
});
