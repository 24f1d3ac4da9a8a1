import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/model/exchange.js';
import { KongWorld } from './kong-world.js';
import { FakeServer } from './proxy-world.js';

/** As in the lab inventory-kong, with refused connections and timeouts counted too. */
const LAB = {
  healthchecks: {
    active: {
      http_path: '/health',
      timeout: '1s',
      healthy: { interval: '10s', successes: 2 },
      unhealthy: { interval: '10s', http_failures: 3, tcp_failures: 3, timeouts: 3 },
    },
  },
};

/** Runs to `untilMs` and tells when which target became available or not, to 1 ms: `31000 api-1 false`. */
function changes(world: KongWorld, untilMs: number): string[] {
  world.balancer.start();
  let before = world.available();
  const seen: string[] = [];
  for (let ms = 0; ms <= untilMs; ms += 1) {
    world.at(ms, () => {
      const now = world.available();
      for (const [index, isAvailable] of now.entries()) {
        if (isAvailable !== before[index]) seen.push(`${ms} ${world.servers[index]!.name} ${isAvailable}`);
      }
      before = now;
    });
  }
  world.run(untilMs);
  return seen;
}

/** Notes when the first target is probed. */
function watchProbes(world: KongWorld): number[] {
  const probes = new Map<Exchange, number>();
  world.servers[0]!.watcher = (_host, exchange) => {
    if (exchange.endpoint.path !== '/health' || probes.has(exchange)) return;
    probes.set(exchange, world.simulation.nowNs / 1e6);
  };
  const atMs: number[] = [];
  world.at(45_000, () => atMs.push(...probes.values()));
  return atMs;
}

describe('active checks (balancers.md 3.5)', () => {
  it('come at the first tick of the 0.1 s timer after each interval, and not before the first one has passed', () => {
    const world = new KongWorld(LAB, 3);
    const probes = watchProbes(world);
    changes(world, 45_000);
    expect(probes.length).toBe(4);
    const phase = probes[0]! - 10_000.1; // the way to the target
    expect(phase).toBeGreaterThanOrEqual(0);
    expect(phase).toBeLessThan(10);
    for (const [index, atMs] of probes.entries())
      expect(atMs).toBeCloseTo(10_000.1 + phase + index * 10_000, 6);
  });

  it('exclude a stopped target at the third check that fails, and take it back at the second that succeeds', () => {
    const world = new KongWorld(LAB, 3);
    world.at(12_000, () => {
      world.servers[1]!.up = false;
    });
    world.at(62_000, () => {
      world.servers[1]!.up = true;
    });
    const seen = changes(world, 100_000).map((change) => change.replace(/^(\d+)\d{3} /, '$1 s '));
    // Checked at 10, 20, ... s: 20, 30 and 40 fail; 50 and 60 are failures of an unhealthy target; 70 and 80 succeed.
    expect(seen).toEqual(['40 s api-2 false', '80 s api-2 true']);
  });

  it('count HTTP failures, refused connections and timeouts apart', () => {
    const world = new KongWorld(
      {
        healthchecks: {
          active: { ...LAB.healthchecks.active, unhealthy: { interval: '10s', http_failures: 3 } },
        },
      },
      3,
    );
    world.servers[0]!.up = false; // refused: tcp_failures is 0, nobody counts
    world.servers[1]!.status = 500; // answers, but not well
    world.servers[2]!.silent = true; // does not answer: timeouts is 0
    const seen = changes(world, 60_000).map((change) => change.replace(/^(\d+)\d{3} /, '$1 s '));
    expect(seen).toEqual(['30 s api-2 false']);
  });

  it('of type tcp open a connection, and ask for nothing', () => {
    const active = { ...LAB.healthchecks.active, type: 'tcp' };
    const world = new KongWorld({ healthchecks: { active } }, 2);
    world.servers[0]!.up = false;
    world.servers[1]!.status = 500;
    const seen = changes(world, 60_000).map((change) => change.replace(/^(\d+)\d{3} /, '$1 s '));
    expect(seen).toEqual(['30 s api-1 false']);
    expect(world.servers[1]!.seen).toEqual([]);
  });

  it('a timeout counts when it has passed', () => {
    const world = new KongWorld(LAB, 2);
    world.servers[1]!.delayNs = 3e9;
    const [change] = changes(world, 45_000);
    // The third check starts at 30 s and its jitter, takes 1 s, and workers know it 1 ms later.
    expect(Number(change!.split(' ')[0])).toBeGreaterThanOrEqual(31_001);
    expect(Number(change!.split(' ')[0])).toBeLessThanOrEqual(31_012);
  });

  it('a target that joins is healthy at once, and the intervals begin anew', () => {
    const world = new KongWorld(LAB, 1);
    const probes = watchProbes(world);
    world.at(15_000, () => {
      const added = new FakeServer(world.simulation, 'api-2', 1);
      world.servers.push(added);
      world.balancer.addHost(world.hostOf(added));
    });
    changes(world, 45_000);
    expect(probes.map((atMs) => Math.floor(atMs / 100) / 10)).toEqual([10, 25, 35]);
  });
});

describe('passive checks (balancers.md 3.5, 3.6)', () => {
  const passive = (unhealthy: Record<string, number>, healthy = {}) => ({
    healthchecks: { passive: { unhealthy, healthy } },
  });

  it('a refused connection counts when the request is sent again; the last attempt of a request does not', () => {
    const world = new KongWorld({ ...passive({ tcp_failures: 6 }), retries: 5 }, 1);
    world.servers[0]!.up = false;
    world.request(0, 0);
    world.request(1, 100);
    world.request(2, 200);
    // Five failures and a 502, which is in no list. The sixth is the first attempt of the second request; it goes on, for the
    // worker is told 1 ms later, and six attempts take no longer.
    expect(world.run()).toEqual([502, 502, 503]);
    expect(world.read('balancer/api-1 requests_total')).toBe(12);
  });

  it('with all targets out every request is answered 503 at once', () => {
    const world = new KongWorld(passive({ tcp_failures: 1 }), 2);
    for (const server of world.servers) server.up = false;
    world.request(0, 0);
    world.request(1, 100);
    expect(world.run()).toEqual([502, 503]);
    expect(world.endings.get(1)!.atMs).toBeCloseTo(100.4, 6);
    expect(world.available()).toEqual([false, false]);
  });

  it('statuses of answers count, in both directions', () => {
    const world = new KongWorld(passive({ http_failures: 3 }, { successes: 1 }), 2);
    world.servers[0]!.status = 500;
    for (let key = 0; key < 20; key += 1) world.request(key, key * 10);
    const failed = world.run().filter((status) => status === 500);
    expect(failed.length).toBe(3);
    expect(world.available()).toEqual([false, true]); // and so it stays: nobody asks it any more
  });

  it('a timeout counts as one, also at the last attempt', () => {
    const world = new KongWorld({ ...passive({ timeouts: 2 }), read_timeout: '50ms', retries: 1 }, 1);
    world.servers[0]!.delayNs = Number.POSITIVE_INFINITY;
    world.request(0, 0);
    world.request(1, 500);
    expect(world.run()).toEqual([504, 503]);
  });

  it('a threshold closes the upstream before the last target is out', () => {
    const world = new KongWorld(
      { healthchecks: { threshold: 50, passive: { unhealthy: { tcp_failures: 1 } } } },
      2,
    );
    world.servers[0]!.up = false;
    world.request(0, 0);
    world.request(1, 10);
    world.request(2, 20);
    // Half of the weight is not more than 50 %.
    const statuses = world.run();
    expect(statuses.at(-1)).toBe(503);
    expect(world.available()).toEqual([false, false]);
  });

  it('workers know of it together, 1 ms later', () => {
    const world = new KongWorld({ ...passive({ tcp_failures: 1 }), nginx_worker_processes: 4 }, 2);
    world.servers[0]!.up = false;
    for (let key = 0; key < 40; key += 1) world.request(key, key);
    expect(world.run()).toEqual(new Array(40).fill(200));
    // After the first failure at least one more may come within 1 ms and the way there and back; not many.
    expect(world.read('balancer/api-1 failures_total')).toBeLessThanOrEqual(3);
    expect(world.available()).toEqual([false, true]);
  });
});
