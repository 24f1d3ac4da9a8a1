import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/model/exchange.js';
import { EnvoyWorld } from './envoy-world.js';
import { FakeServer } from './proxy-world.js';

const NEVER = Number.POSITIVE_INFINITY;
const MS = 1e6;

/** Requests 0, 1, ... every `gapMs`. */
function send(world: EnvoyWorld, count: number, gapMs = 10): void {
  for (let key = 0; key < count; key += 1) world.request(key, key * gapMs);
}

describe('a request through Envoy', () => {
  it('goes to the hosts in turn, from the place of the thread, and comes back with their answer', () => {
    const world = new EnvoyWorld({}, 3);
    send(world, 6);
    expect(world.run()).toEqual(new Array(6).fill(200));
    const [first] = world.servedBy() as [number];
    expect(world.servedBy()).toEqual([0, 1, 2, 3, 4, 5].map((key) => (first + key) % 3));
    // Client: handshake 0.2 ms, request 0.1; upstream the same; 1 ms of work; twice 0.1 back.
    expect(world.endings.get(0)!.atMs).toBeCloseTo(1.8, 6);
    // 1000 bytes of the server, "x-envoy-upstream-service-time: 1" with its line end, and a name two letters shorter.
    expect(world.endings.get(0)!.bytes).toBe(1000 + 34 - 2);
  });

  it('costs the loop half of its CPU on the way in and half on the way out', () => {
    const world = new EnvoyWorld({ cpu: '2ms' }, 1);
    world.request(0, 0);
    world.run();
    expect(world.endings.get(0)!.atMs).toBeCloseTo(3.8, 6);
  });

  it('weights: an EDF schedule in a phase of the seed (reference, section 4.1)', () => {
    const world = new EnvoyWorld({ upstream: { api: { load_balancing_weight: [5, 1, 1] } } }, 3);
    send(world, 14);
    world.run();
    const letters = world
      .servedBy()
      .map((host) => 'abc'[host])
      .join('');
    expect('aaaabcaaaaabcaaaaabca').toContain(letters.slice(0, 7));
    expect(letters.slice(7)).toBe(letters.slice(0, 7));
  });

  it('each worker thread has a place of its own, and the kernel gives the clients to the threads', () => {
    const world = new EnvoyWorld({ concurrency: 4 }, 3);
    send(world, 60);
    world.run();
    const counts = [0, 1, 2].map((host) => world.servedBy().filter((served) => served === host).length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(60);
    // Four cycles of three, each cut somewhere: at most one more or less of each.
    for (const count of counts) expect(Math.abs(count - 20)).toBeLessThanOrEqual(4);
    expect(world.servedBy()).not.toEqual(world.servedBy().map((_, key) => (world.servedBy()[0]! + key) % 3));
  });

  it('draws the same from the same seed, others from another', () => {
    const run = (seed: string) => {
      const world = new EnvoyWorld({ algorithm: 'RANDOM', retry_policy: { retry_on: '5xx' } }, 3, seed);
      world.servers[0]!.status = 500;
      send(world, 30);
      world.run();
      return { served: world.servedBy(), digest: world.simulation.fingerprint.digest() };
    };
    expect(run('a')).toEqual(run('a'));
    expect(run('a').served).not.toEqual(run('b').served);
  });
});

describe('failures without retries', () => {
  it('refused: 503 at once, and the host stays', () => {
    const world = new EnvoyWorld({}, 1);
    world.servers[0]!.up = false;
    send(world, 2);
    expect(world.run()).toEqual([503, 503]);
    expect(world.endings.get(0)!.atMs).toBeCloseTo(0.6, 6);
    expect(world.read('balancer upstream_cx_connect_fail')).toBe(2);
    expect(world.read('balancer/api-1 available')).toBe(1);
  });

  it('silent on the network: 503 after connect_timeout', () => {
    const world = new EnvoyWorld({ connect_timeout: '250ms' }, 1);
    world.servers[0]!.silent = true;
    world.request(0, 0);
    expect(world.run()).toEqual([503]);
    expect(world.endings.get(0)!.atMs).toBeCloseTo(250.4, 6);
    expect(world.read('balancer upstream_cx_connect_timeout')).toBe(1);
  });

  it('no answer: 504 after the timeout of the route, 15 s', () => {
    const world = new EnvoyWorld({}, 1);
    world.servers[0]!.delayNs = NEVER;
    world.request(0, 0);
    expect(world.run()).toEqual([504]);
    expect(world.endings.get(0)!.atMs).toBeCloseTo(15_000.4, 6);
    expect(world.read('balancer upstream_rq_timeout')).toBe(1);
    expect(world.servers[0]!.abandoned).toBe(1);
  });

  it('timeout 0: none', () => {
    const world = new EnvoyWorld({ timeout: '0s' }, 1);
    world.servers[0]!.delayNs = 60_000 * MS;
    world.request(0, 0);
    expect(world.run()).toEqual([200]);
  });

  it('breaks off: 503', () => {
    const world = new EnvoyWorld({}, 1);
    world.servers[0]!.breaks = Failure.closed;
    world.request(0, 0);
    expect(world.run()).toEqual([503]);
    expect(world.read('balancer upstream_rq_rx_reset')).toBe(1);
  });

  it('no healthy upstream: 503 where panic is off; in panic all hosts', () => {
    const unhealthy = { upstream: { api: { health_status: 'UNHEALTHY' } } };
    const off = new EnvoyWorld({ ...unhealthy, common_lb_config: { healthy_panic_threshold: 0 } }, 2);
    off.request(0, 0);
    expect(off.run()).toEqual([503]);
    expect(off.read('balancer upstream_cx_none_healthy')).toBe(1);
    // Head: 33 + 2 of the status line, content-length: 19, content-type: text/plain, date, server: envoy; body: no healthy upstream.
    expect(off.endings.get(0)!.bytes).toBe(
      'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 19\r\ncontent-type: text/plain\r\n'.length +
        'date: Thu, 26 Nov 2026 07:00:00 GMT\r\nserver: envoy\r\n\r\nno healthy upstream'.length,
    );
    const panic = new EnvoyWorld(unhealthy, 2);
    send(panic, 2);
    expect(panic.run()).toEqual([200, 200]);
    expect(panic.read('balancer lb_healthy_panic')).toBe(2);
  });

  it('a 5xx is relayed', () => {
    const world = new EnvoyWorld({}, 1);
    world.servers[0]!.status = 503;
    world.request(0, 0);
    expect(world.run()).toEqual([503]);
    expect(world.endings.get(0)!.servedBy).toBe(0);
  });
});

describe('retry_policy', () => {
  const connect = { retry_on: 'connect-failure', retry_host_predicate: ['previous_hosts'] };

  it('sends again after a back-off, num_retries times', () => {
    const world = new EnvoyWorld({ retry_policy: { retry_on: '5xx', num_retries: 3 } }, 2);
    for (const server of world.servers) server.status = 500;
    world.request(0, 0);
    expect(world.run()).toEqual([500]);
    expect(world.servers.reduce((sum, server) => sum + server.seen.length, 0)).toBe(4);
    expect(world.read('balancer upstream_rq_retry')).toBe(3);
    expect(world.read('balancer upstream_rq_retry_limit_exceeded')).toBe(1);
    // Four times 1.4 ms upstream, 0.4 to the client, and back-offs of less than 25, 50 and 100 ms.
    expect(world.endings.get(0)!.atMs).toBeGreaterThan(6);
    expect(world.endings.get(0)!.atMs).toBeLessThan(6 + 25 + 50 + 100);
  });

  it('retries once by default, and counts a success', () => {
    const world = new EnvoyWorld({ retry_policy: connect }, 2);
    world.servers[0]!.up = false;
    send(world, 4, 100);
    expect(world.run()).toEqual([200, 200, 200, 200]);
    expect(world.servedBy()).toEqual([1, 1, 1, 1]);
    // The retry takes the other host's turn, so that every request after it begins at the dead one again.
    expect(world.read('balancer upstream_rq_retry')).toBe(3);
    expect(world.read('balancer upstream_rq_retry_success')).toBe(3);
  });

  it('ends the connection of an answer that is thrown away, and keeps the others', () => {
    const world = new EnvoyWorld(
      { retry_policy: { retry_on: '5xx', retry_host_predicate: ['previous_hosts'] } },
      2,
    );
    world.servers[0]!.status = 500;
    send(world, 6, 100);
    world.run(700);
    expect(world.servers.map((server) => server.connections)).toEqual([5, 1]);
  });

  it('per_try_timeout: the next host after that time; the last one ends in 504', () => {
    const world = new EnvoyWorld(
      { retry_policy: { ...connect, retry_on: '5xx', per_try_timeout: '100ms' } },
      2,
    );
    world.servers[0]!.delayNs = NEVER;
    world.servers[1]!.delayNs = 5 * MS;
    send(world, 2, 1000);
    expect(world.run()).toEqual([200, 200]);
    expect(world.read('balancer upstream_rq_per_try_timeout')).toBe(1);
    for (const server of world.servers) server.delayNs = NEVER;
    world.request(2, world.simulation.nowNs / MS + 1);
    expect(world.run().at(-1)).toBe(504);
  });

  it('is cut by the timeout of the route, in a try or between two', () => {
    const inTry = new EnvoyWorld(
      { timeout: '150ms', retry_policy: { retry_on: '5xx', num_retries: 9, per_try_timeout: '100ms' } },
      1,
    );
    inTry.servers[0]!.delayNs = NEVER;
    inTry.request(0, 0);
    expect(inTry.run()).toEqual([504]);
    expect(inTry.endings.get(0)!.atMs).toBeCloseTo(150.4, 6);
    const backOff = { base_interval: '10s', max_interval: '10s' };
    const between = new EnvoyWorld(
      { timeout: '50ms', retry_policy: { retry_on: '5xx', retry_back_off: backOff } },
      1,
    );
    between.servers[0]!.status = 500;
    between.request(0, 0);
    expect(between.run()).toEqual([504]);
    expect(between.endings.get(0)!.atMs).toBeCloseTo(50.4, 6);
    // Without a try under way there is nothing that timed out (router.cc, onResponseTimeout).
    expect(between.read('balancer upstream_rq_timeout')).toBe(0);
  });

  it('max_retries: so many at a time, the others get what there is', () => {
    const world = new EnvoyWorld(
      { retry_policy: { retry_on: '5xx' }, circuit_breakers: { max_retries: 2 } },
      1,
    );
    world.servers[0]!.status = 500;
    for (let key = 0; key < 5; key += 1) world.request(key, 0);
    expect(world.run()).toEqual(new Array(5).fill(500));
    expect(world.read('balancer upstream_rq_retry')).toBe(2);
    expect(world.read('balancer upstream_rq_retry_overflow')).toBe(3);
  });

  it('retry_budget: a share of the requests under way, three at least', () => {
    const retries = (requests: number, budget: Record<string, unknown>) => {
      const world = new EnvoyWorld(
        { retry_policy: { retry_on: '5xx' }, circuit_breakers: { max_retries: 0, retry_budget: budget } },
        1,
      );
      world.servers[0]!.status = 500;
      for (let key = 0; key < requests; key += 1) world.request(key, 0);
      world.run();
      return world.read('balancer upstream_rq_retry');
    };
    expect(retries(10, {})).toBe(3);
    expect(retries(10, { min_retry_concurrency: 1 })).toBe(1);
    // The k-th failing request leaves 100 - k under way: retries go on while fewer than trunc(0.2 * (100 - k)) run.
    expect(retries(100, {})).toBe(16);
  });
});

describe('circuit breakers', () => {
  const slow = (options: Record<string, unknown>) => {
    const world = new EnvoyWorld({ circuit_breakers: options }, 1);
    world.servers[0]!.delayNs = 50 * MS;
    return world;
  };

  it('max_pending_requests: who would wait for a connection is told at once, with x-envoy-overloaded', () => {
    const world = slow({ max_connections: 1, max_pending_requests: 2 });
    for (let key = 0; key < 5; key += 1) world.request(key, key);
    expect(world.run()).toEqual([200, 200, 200, 503, 503]);
    expect(world.read('balancer upstream_rq_pending_overflow')).toBe(2);
    expect(world.read('balancer upstream_cx_overflow')).toBe(2);
    expect(world.endings.get(3)!.atMs).toBeCloseTo(3.4, 6);
    expect(world.servers[0]!.connections).toBe(1);
    // One after the other over the one connection: 50.2 ms each after the first, which had a handshake.
    expect(world.endings.get(1)!.atMs).toBeCloseTo(world.endings.get(0)!.atMs + 50.2, 6);
    expect(world.endings.get(2)!.atMs).toBeCloseTo(world.endings.get(0)!.atMs + 100.4, 6);
    expect(world.headersOf(3)).toEqual({ 'x-envoy-overloaded': 'true' });
    expect(world.headersOf(0)).toBeUndefined();
  });

  it('counts who waits for its own new connection as pending until it stands', () => {
    const world = slow({ max_pending_requests: 1 });
    world.request(0, 0);
    world.request(1, 0.05); // 0.2 ms for the handshake of the first
    world.request(2, 1);
    expect(world.run()).toEqual([200, 503, 200]);
  });

  it('max_requests: more are not sent, though there is a connection', () => {
    const world = slow({ max_requests: 2 });
    for (let key = 0; key < 4; key += 1) world.request(key, key);
    world.request(4, 100);
    expect(world.run()).toEqual([200, 200, 503, 503, 200]);
  });

  it('max_connections: a host without any gets one all the same', () => {
    const world = new EnvoyWorld({ circuit_breakers: { max_connections: 1 } }, 3);
    for (const server of world.servers) server.delayNs = 50 * MS;
    for (let key = 0; key < 3; key += 1) world.request(key, key);
    expect(world.run(200)).toEqual([200, 200, 200]);
    expect(world.servers.map((server) => server.connections)).toEqual([1, 1, 1]);
    expect(world.read('balancer upstream_cx_overflow')).toBe(2);
  });

  it('whoever waits longest gets the next connection, a new one too', () => {
    const world = new EnvoyWorld(
      { circuit_breakers: { max_connections: 2 }, retry_policy: { retry_on: '5xx', num_retries: 0 } },
      1,
    );
    world.servers[0]!.delayNs = 50 * MS;
    for (let key = 0; key < 4; key += 1) world.request(key, key);
    // The first two connections break at 50 and 51 ms: the two that wait open new ones.
    world.at(49, () => {
      world.servers[0]!.breaks = Failure.closed;
    });
    world.at(52, () => {
      world.servers[0]!.breaks = Failure.none;
    });
    expect(world.run()).toEqual([503, 503, 200, 200]);
    expect(world.servers[0]!.seen).toEqual([0, 1, 2, 3]);
    expect(world.servers[0]!.connections).toBe(4);
  });

  it('are over all threads together', () => {
    const world = new EnvoyWorld({ concurrency: 4, circuit_breakers: { max_requests: 3 } }, 1);
    world.servers[0]!.delayNs = 50 * MS;
    for (let key = 0; key < 20; key += 1) world.request(key, key);
    expect(world.run().filter((status) => status === 200)).toHaveLength(3);
  });

  it('are no failure of the host, and are not retried', () => {
    const world = new EnvoyWorld(
      {
        circuit_breakers: { max_requests: 1 },
        retry_policy: { retry_on: '5xx' },
        outlier_detection: { consecutive_5xx: 1, max_ejection_percent: 100 },
      },
      1,
    );
    world.servers[0]!.delayNs = 50 * MS;
    for (let key = 0; key < 5; key += 1) world.request(key, key);
    world.run(100);
    expect(world.read('balancer upstream_rq_retry')).toBe(0);
    expect(world.read('balancer outlier_detection_ejections_active')).toBe(0);
  });

  it('a refused connection fails all who wait for one to that host', () => {
    const world = new EnvoyWorld({ circuit_breakers: { max_connections: 1 }, connect_timeout: '100ms' }, 1);
    world.servers[0]!.silent = true;
    for (let key = 0; key < 3; key += 1) world.request(key, key);
    expect(world.run()).toEqual([503, 503, 503]);
    for (const key of [0, 1, 2]) expect(world.endings.get(key)!.atMs).toBeCloseTo(100.4, 6);
  });
});

describe('a client that goes away', () => {
  it('closes the upstream connection, and is no failure', () => {
    const world = new EnvoyWorld({ outlier_detection: { consecutive_5xx: 1, max_ejection_percent: 100 } }, 1);
    world.servers[0]!.delayNs = 500 * MS;
    world.request(0, 0);
    world.giveUp(0, 100);
    world.run(1000);
    expect(world.endings.has(0)).toBe(false);
    expect(world.servers[0]!.abandoned).toBe(1);
    expect(world.read('balancer/api-1 in_flight')).toBe(0);
    expect(world.read('balancer/api-1 failures_total')).toBe(0);
    expect(world.read('balancer upstream_cx_active')).toBe(0);
    expect(world.read('balancer/api-1 available')).toBe(1);
  });

  it('leaves the queue for a connection, and whoever is behind it moves up', () => {
    const world = new EnvoyWorld({ circuit_breakers: { max_connections: 1 } }, 1);
    world.servers[0]!.delayNs = 50 * MS;
    for (let key = 0; key < 3; key += 1) world.request(key, key);
    world.giveUp(1, 20);
    world.run(200);
    expect(world.servers[0]!.seen).toEqual([0, 2]);
    expect(world.endings.get(2)!.atMs).toBeCloseTo(world.endings.get(0)!.atMs + 50.2, 6);
  });
});

describe('a change of the hosts', () => {
  it('is seen at once; requests under way end', () => {
    const world = new EnvoyWorld({}, 2);
    for (const server of world.servers) server.delayNs = 100 * MS;
    world.request(0, 0);
    world.request(1, 1);
    const added = new FakeServer(world.simulation, 'api-3', 2);
    world.at(50, () => world.balancer.removeHost('api-1'));
    for (let key = 2; key < 6; key += 1) world.request(key, 100 + key);
    world.at(300, () => world.balancer.addHost(world.hostOf(added)));
    world.at(301, () => world.balancer.changeHost('api-2', { health_status: 'DRAINING' }));
    for (let key = 6; key < 9; key += 1) world.request(key, 400 + key);
    expect(world.run()).toEqual(new Array(9).fill(200));
    expect(world.servedBy().slice(0, 2).sort()).toEqual([0, 1]);
    expect(world.servedBy().slice(2)).toEqual([1, 1, 1, 1, 2, 2, 2]);
    expect(world.read('balancer/api-1 available')).toBe(0);
  });

  it('a priority, in operation', () => {
    const world = new EnvoyWorld({}, 2);
    world.at(5, () => world.balancer.changeHost('api-1', { priority: 1 }));
    for (let key = 0; key < 4; key += 1) world.request(key, 10 + key * 10);
    world.run();
    expect(world.servedBy()).toEqual([1, 1, 1, 1]);
  });
});
