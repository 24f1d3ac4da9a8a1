import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/model/exchange.js';
import { KongWorld } from './kong-world.js';
import { FakeServer } from './proxy-world.js';

const NEVER = Number.POSITIVE_INFINITY;

/** Requests 0, 1, ... one every `everyMs`. */
function sendAll(world: KongWorld, count: number, everyMs = 10): void {
  for (let key = 0; key < count; key += 1) world.request(key, key * everyMs);
}

describe('a request through Kong', () => {
  it('goes to the targets in turn, strictly: 3 equal ones are a wheel of 3 (balancers.md 3.1)', () => {
    const world = new KongWorld({}, 3);
    sendAll(world, 30);
    expect(world.run()).toEqual(new Array(30).fill(200));
    const order = world.servedBy();
    expect(new Set(order.slice(0, 3)).size).toBe(3);
    expect(order).toEqual(Array.from({ length: 30 }, (_, index) => order[index % 3]));
  });

  it('tells of itself in headers: an identifier of 32 digits, and latencies (balancers.md 3.6)', () => {
    const world = new KongWorld({}, 1);
    sendAll(world, 2);
    world.run();
    const { headers, bytes } = world.endings.get(0)!;
    // The target takes 1 ms and the ways to it and back 0.4; nginx's clock has whole ms.
    expect(headers).toMatchObject({ 'X-Kong-Upstream-Latency': '1', 'X-Kong-Proxy-Latency': '0' });
    expect(headers['X-Kong-Request-Id']).toMatch(/^[0-9a-f]{32}$/);
    expect(world.endings.get(1)!.headers['X-Kong-Request-Id']).not.toBe(headers['X-Kong-Request-Id']);
    const lines =
      'Connection: keep-alive\r\nVia: 1.1 kong/3.9\r\nX-Kong-Upstream-Latency: 1\r\nX-Kong-Proxy-Latency: 0\r\n';
    expect(bytes).toBe(1000 + lines.length + 'X-Kong-Request-Id: \r\n'.length + 32);
  });

  it('has no identifier before 3.5', () => {
    const world = new KongWorld({ version: '3.4' }, 1);
    sendAll(world, 1);
    world.run();
    expect(world.endings.get(0)!.headers).not.toHaveProperty('X-Kong-Request-Id');
  });

  it('is answered 404 where no path of the route fits', () => {
    const world = new KongWorld({ paths: ['/inventory/', '~/v(?<major>\\d+)/'] }, 1);
    for (const [key, path] of ['/inventory/a', '/stock', '/v2/a'].entries())
      world.request(key, key, { path });
    expect(world.run()).toEqual([200, 404, 200]);
    expect(world.seen()).toEqual([2]);
  });
});

describe('retries (balancers.md 3.6: retries 5, so up to 6 attempts)', () => {
  it('a refused connection is tried again on the next slot, and the client sees nothing of it', () => {
    const world = new KongWorld({}, 3);
    world.servers[0]!.up = false;
    sendAll(world, 30);
    expect(world.run()).toEqual(new Array(30).fill(200));
    // The pointer moves on with every attempt, so that each turn of the wheel gives one request to each that is alive.
    expect(world.seen()).toEqual([0, 15, 15]);
  });

  it('refused by all: 6 attempts, then 502; by default nobody is taken out', () => {
    const world = new KongWorld({}, 2);
    for (const server of world.servers) server.up = false;
    sendAll(world, 2);
    expect(world.run()).toEqual([502, 502]);
    expect(world.read('balancer/api-1 failures_total') + world.read('balancer/api-2 failures_total')).toBe(
      12,
    );
  });

  it('a single target is asked six times as well', () => {
    const world = new KongWorld({ retries: 2 }, 1);
    world.servers[0]!.up = false;
    sendAll(world, 1);
    expect(world.run()).toEqual([502]);
    expect(world.read('balancer/api-1 requests_total')).toBe(3);
  });

  it('too slow: every attempt takes the read timeout, then 504; what was sent and must not be repeated is not', () => {
    const world = new KongWorld({ read_timeout: '300ms' }, 2);
    for (const server of world.servers) server.delayNs = NEVER;
    world.request(0, 0);
    world.request(1, 0, { method: 'POST' });
    expect(world.run()).toEqual([504, 504]);
    expect(world.endings.get(0)!.atMs).toBeCloseTo(6 * 300.2 + 0.4, 6); // each after a handshake
    expect(world.endings.get(1)!.atMs).toBeCloseTo(300.6, 6);
  });

  it('HTTP 5xx are relayed, not tried again', () => {
    const world = new KongWorld({}, 2);
    for (const server of world.servers) server.status = 503;
    sendAll(world, 2);
    expect(world.run()).toEqual([503, 503]);
    expect(world.seen()).toEqual([1, 1]);
  });

  it('least-connections never asks again whom it failed on, as long as there is another', () => {
    const world = new KongWorld({ algorithm: 'least-connections' }, 4);
    for (const index of [0, 1, 2]) world.servers[index]!.up = false;
    sendAll(world, 5);
    expect(world.run()).toEqual([200, 200, 200, 200, 200]);
    expect(world.read('balancer/api-1 failures_total')).toBeLessThanOrEqual(5);
  });

  it('consistent-hashing asks the same target again and again', () => {
    const world = new KongWorld({ algorithm: { 'consistent-hashing': { hash_on: 'ip' } } }, 3);
    for (const server of world.servers) server.up = false;
    sendAll(world, 1);
    expect(world.run()).toEqual([502]);
    const failures = [1, 2, 3].map((number) => world.read(`balancer/api-${number} failures_total`));
    expect(failures.sort()).toEqual([0, 0, 6]);
  });
});

describe('connections', () => {
  it('to the targets are kept, in a pool for each', () => {
    const world = new KongWorld({}, 2);
    sendAll(world, 20);
    world.run(1000);
    expect(world.servers.map((server) => server.connections)).toEqual([1, 1]);
  });

  it('are not kept with a pool size of 0, nor longer than upstream_keepalive_max_requests', () => {
    const none = new KongWorld({ upstream_keepalive_pool_size: 0 }, 1);
    sendAll(none, 6);
    none.run(1000);
    expect(none.servers[0]!.connections).toBe(6);
    const few = new KongWorld({ upstream_keepalive_max_requests: 3 }, 1);
    sendAll(few, 6);
    few.run(1000);
    expect(few.servers[0]!.connections).toBe(2);
  });

  it.each([
    ['2.8', 100],
    ['3.5', 1000],
    ['3.9', 10_000],
  ])('Kong %s keeps one for %d requests', (version, requestsMax) => {
    const world = new KongWorld({ version }, 1);
    sendAll(world, requestsMax + 1, 3);
    world.run(requestsMax * 3 + 1000);
    expect(world.servers[0]!.connections).toBe(2);
  });

  it('of clients are dealt out to the workers by a hash, whoever is idle (reuseport)', () => {
    const world = new KongWorld({ nginx_worker_processes: 2, cpu: '10ms' }, 1);
    for (let key = 0; key < 40; key += 1) world.request(key, 0);
    world.run();
    const [first, second] = world.balancer.workers.map(
      ({ index }) => [...world.endings.keys()].filter((key) => workerOf(world, key) === index).length,
    );
    expect(first! + second!).toBe(40);
    // Binomial(40, 1/2): 20 +- 3.2; 8 is out of the question, but an even deal is not asked for.
    expect(Math.min(first!, second!)).toBeGreaterThan(8);
  });
});

function workerOf(world: KongWorld, key: number): number {
  const { worker } = world.connectionOf(key) as unknown as { worker: { index: number } };
  return worker.index;
}

describe('targets that come and go while Kong runs', () => {
  it('a fourth has its quarter at once, and the wheel is another one', () => {
    const world = new KongWorld({}, 3);
    sendAll(world, 60);
    world.at(195, () => {
      const added = new FakeServer(world.simulation, 'api-4', 3);
      world.servers.push(added);
      world.balancer.addHost(world.hostOf(added));
    });
    expect(world.run()).toEqual(new Array(60).fill(200));
    const order = world.servedBy();
    const after = order.slice(20);
    expect([0, 1, 2, 3].map((host) => after.filter((other) => other === host).length)).toEqual([
      10, 10, 10, 10,
    ]);
    expect(after).toEqual(Array.from({ length: 40 }, (_, index) => after[index % 4]));
  });

  it('one that is removed gets nothing more, but finishes what it has', () => {
    const world = new KongWorld({}, 2);
    world.servers[0]!.delayNs = 100e6;
    world.servers[1]!.delayNs = 100e6;
    sendAll(world, 20);
    world.at(55, () => world.balancer.removeHost('api-1'));
    expect(world.run()).toEqual(new Array(20).fill(200));
    expect(world.servedBy().slice(6)).toEqual(new Array(14).fill(1));
    expect(world.seen()[0]).toBe(3);
  });

  it('one with another weight has its share', () => {
    const world = new KongWorld({}, 2);
    sendAll(world, 60);
    world.at(195, () => world.balancer.changeHost('api-1', { weight: 300 }));
    world.run();
    expect(
      world
        .servedBy()
        .slice(20)
        .filter((host) => host === 0).length,
    ).toBe(30);
  });

  it('one that is set unhealthy by hand is left out until it is set healthy', () => {
    const world = new KongWorld({}, 2);
    sendAll(world, 60);
    world.at(195, () => world.balancer.changeHost('api-1', { health: 'unhealthy' }));
    world.at(395, () => world.balancer.changeHost('api-1', { health: 'healthy' }));
    world.run();
    const served = world.servedBy();
    expect(served.slice(20, 40)).toEqual(new Array(20).fill(1));
    expect(served.slice(40).filter((host) => host === 0).length).toBe(10);
  });

  it('a process that dies takes its kept connections along', () => {
    const world = new KongWorld({}, 1);
    world.request(0, 0);
    world.at(20, () => world.balancer.connectionsLost('api-1'));
    world.request(1, 30);
    world.run(1000);
    expect(world.servers[0]!.connections).toBe(2);
  });

  it('a client that goes away ends its request', () => {
    const world = new KongWorld({}, 1);
    world.servers[0]!.delayNs = 50e6;
    world.request(0, 0);
    world.giveUp(0, 20);
    world.run();
    expect(world.servers[0]!.abandoned).toBe(1);
    expect(world.read('balancer http_requests_total_499')).toBe(1);
    expect(world.endings.size).toBe(0);
  });
});

describe('a kept connection that breaks', () => {
  it('costs no try', () => {
    const world = new KongWorld({ retries: 0 }, 1);
    world.request(0, 0);
    world.at(20, () => {
      world.servers[0]!.breaks = Failure.reset;
    });
    world.at(31.5, () => {
      world.servers[0]!.breaks = Failure.none;
    });
    world.request(1, 30);
    expect(world.run(1000)).toEqual([200, 200]);
  });
});
