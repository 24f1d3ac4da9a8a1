import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/model/exchange.js';
import { NginxWorld } from './nginx-world.js';
import { FakeServer } from './proxy-world.js';

const NEVER = Number.POSITIVE_INFINITY;
const MS = 1e6;

describe('a proxied request', () => {
  it('goes to the servers in turn and comes back with their answer', () => {
    const world = new NginxWorld({}, 2);
    for (let key = 0; key < 4; key += 1) world.request(key, key * 10);
    expect(world.run()).toEqual([200, 200, 200, 200]);
    expect(world.servedBy()).toEqual([0, 1, 0, 1]);
    // Client: handshake 0.2 ms, request 0.1; upstream the same; 1 ms of work; twice 0.1 back.
    expect(world.endings.get(0)).toMatchObject({ atMs: 1.8, bytes: 1029 });
  });

  it('costs the loop half of its CPU on the way in and half on the way out', () => {
    const world = new NginxWorld({ cpu: '2ms' }, 1);
    world.request(0, 0);
    world.request(1, 0);
    world.run();
    // Alone: 1.8 ms and 2 ms of CPU. The second waits 1 ms for the first to be read; then the loop is free for both.
    expect(world.endings.get(0)!.atMs).toBeCloseTo(3.8, 6);
    expect(world.endings.get(1)!.atMs).toBeCloseTo(4.8, 6);
  });

  it('draws the same picks from the same seed, others from another', () => {
    const served = (seed: string) => {
      const world = new NginxWorld({ algorithm: 'random' }, 3, seed);
      for (let key = 0; key < 30; key += 1) world.request(key, key);
      world.run();
      return { served: world.servedBy(), digest: world.simulation.fingerprint.digest() };
    };
    expect(served('a')).toEqual(served('a'));
    expect(served('a').served).not.toEqual(served('b').served);
  });
});

describe('a server that does not answer', () => {
  it('refused: another is asked, and the client sees nothing of it', () => {
    const world = new NginxWorld({}, 2);
    world.servers[0]!.up = false;
    world.request(0, 0, { method: 'POST' }); // nothing was sent: a POST may go on too
    world.request(1, 5);
    expect(world.run()).toEqual([200, 200]);
    expect(world.servedBy()).toEqual([1, 1]);
    expect(world.servers[0]!.seen).toEqual([]);
  });

  it('refused by all: 502, and then at once until fail_timeout has passed', () => {
    const world = new NginxWorld({}, 2);
    for (const server of world.servers) server.up = false;
    world.request(0, 0);
    world.request(1, 5);
    world.request(2, 12_000);
    world.at(11_000, () => {
      for (const server of world.servers) server.up = true;
    });
    expect(world.run()).toEqual([502, 502, 200]);
    expect(world.endings.get(1)!.atMs).toBeCloseTo(5.4, 6);
    expect(world.endings.get(1)).toMatchObject({ bytes: 314, servedBy: -1 });
  });

  it('too slow: 504 after proxy_read_timeout at every server', () => {
    const world = new NginxWorld({ proxy_read_timeout: '300ms' }, 2);
    for (const server of world.servers) server.delayNs = NEVER;
    world.request(0, 0);
    world.request(1, 1000);
    expect(world.run()).toEqual([504, 502]); // both are out then
    // Two times 300 ms, each after a handshake of 0.2 ms.
    expect(world.endings.get(0)!.atMs).toBeCloseTo(600.8, 6);
  });

  it('does not send a POST again once it was sent', () => {
    const world = new NginxWorld({ proxy_read_timeout: '300ms' }, 2);
    for (const server of world.servers) server.delayNs = NEVER;
    world.request(0, 0, { method: 'POST' });
    expect(world.run()).toEqual([504]);
    expect(world.servers.map((server) => server.seen.length)).toEqual([1, 0]);
    const again = new NginxWorld(
      { proxy_read_timeout: '300ms', proxy_next_upstream: ['timeout', 'non_idempotent'] },
      2,
    );
    for (const server of again.servers) server.delayNs = NEVER;
    again.request(0, 0, { method: 'POST' });
    again.run();
    expect(again.servers.map((server) => server.seen.length)).toEqual([1, 1]);
  });

  it.each([
    ['shorter than the read timeout', '200ms', '900ms'],
    ['longer than the read timeout', '200ms', '100ms'],
  ])('silent on the network: 504 after proxy_connect_timeout, %s', (_, connect, read) => {
    const world = new NginxWorld({ proxy_connect_timeout: connect, proxy_read_timeout: read }, 1);
    world.servers[0]!.silent = true;
    world.request(0, 0);
    expect(world.run()).toEqual([504]);
    expect(world.endings.get(0)!.atMs).toBeCloseTo(200.4, 6);
  });

  it('gives a long answer the whole read timeout, whatever the connect timeout', () => {
    const world = new NginxWorld({ proxy_connect_timeout: '10ms', proxy_read_timeout: '500ms' }, 1);
    world.servers[0]!.delayNs = 499 * MS;
    world.request(0, 0);
    world.at(1000, () => {
      world.servers[0]!.delayNs = 501 * MS;
    });
    world.request(1, 2000);
    expect(world.run()).toEqual([200, 504]);
  });

  it('breaks off: the next is asked; a single one ends in 502 and is never taken out', () => {
    const world = new NginxWorld({}, 2);
    world.servers[0]!.breaks = Failure.closed;
    world.request(0, 0);
    expect(world.run()).toEqual([200]);
    const single = new NginxWorld({}, 1);
    single.servers[0]!.breaks = Failure.reset;
    single.request(0, 0);
    single.request(1, 10);
    single.at(15, () => {
      single.servers[0]!.breaks = Failure.none;
    });
    single.request(2, 20);
    expect(single.run()).toEqual([502, 502, 200]);
  });

  it('tries as often as proxy_next_upstream_tries says, as long as proxy_next_upstream_timeout, or not at all', () => {
    const tries = (options: Record<string, unknown>) => {
      const world = new NginxWorld({ proxy_read_timeout: '100ms', ...options }, 5);
      for (const server of world.servers) server.delayNs = NEVER;
      world.request(0, 0);
      world.run();
      return world.servers.reduce((sum, server) => sum + server.seen.length, 0);
    };
    expect(tries({})).toBe(5);
    expect(tries({ proxy_next_upstream_tries: 3 })).toBe(3);
    expect(tries({ proxy_next_upstream_timeout: '250ms' })).toBe(3);
    expect(tries({ proxy_next_upstream: 'off' })).toBe(1);
    expect(tries({ proxy_next_upstream: 'error' })).toBe(1);
  });

  it('counts as failed even where nothing is tried again', () => {
    const world = new NginxWorld({ proxy_next_upstream: 'off' }, 2);
    world.servers[0]!.up = false;
    for (let key = 0; key < 4; key += 1) world.request(key, key * 10);
    expect(world.run(100)).toEqual([502, 200, 200, 200]);
    expect(world.read('balancer/api-1 available')).toBe(0);
    expect(world.read('balancer/api-1 failures_total')).toBe(1);
  });
});

describe('an answer with an error status', () => {
  it('is relayed, and is no failure, unless it is listed', () => {
    const world = new NginxWorld({}, 2);
    world.servers[0]!.status = 500;
    for (let key = 0; key < 4; key += 1) world.request(key, key * 10);
    expect(world.run()).toEqual([500, 200, 500, 200]);
    expect(world.servedBy()).toEqual([0, 1, 0, 1]);
  });

  it('listed: passed over but on the last try, which surprises', () => {
    const world = new NginxWorld({ proxy_next_upstream: 'error timeout http_500' }, 2);
    for (const server of world.servers) server.status = 500;
    for (let key = 0; key < 4; key += 1) world.request(key, key * 10);
    // The first takes a out, b is relayed and stays; the second takes b out and finds nobody else.
    expect(world.run()).toEqual([500, 502, 502, 502]);
    expect(world.servers.map((server) => server.seen)).toEqual([[0], [0, 1]]);
  });

  it('403 and 404 listed: passed over, but no failure', () => {
    const world = new NginxWorld({ proxy_next_upstream: ['http_404'] }, 2);
    world.servers[0]!.status = 404;
    for (let key = 0; key < 3; key += 1) world.request(key, key * 10);
    expect(world.run()).toEqual([200, 200, 200]);
    expect(world.servers[0]!.seen.length).toBeGreaterThan(1);
    expect(world.read('balancer/api-1 available')).toBe(1);
  });
});

describe('a client that goes away', () => {
  it('ends in 499, closes the upstream connection, and is no failure', () => {
    const world = new NginxWorld({}, 2);
    world.servers[0]!.delayNs = 500 * MS;
    world.request(0, 0);
    world.giveUp(0, 100);
    world.request(1, 200);
    world.request(2, 210);
    world.run();
    expect(world.endings.has(0)).toBe(false);
    expect(world.servers[0]!.abandoned).toBe(1);
    expect(world.balancer.status.responses[499]).toBe(1);
    expect(world.read('balancer/api-1 in_flight')).toBe(0);
    expect(world.read('balancer/api-1 available')).toBe(1);
    expect(world.servedBy()).toEqual([1, 0]);
    expect(world.balancer.workers[0]!.freeSlots).toBe(512 - 2);
  });

  it('is noticed when its request is read, before a server is asked', () => {
    const world = new NginxWorld({ cpu: '20ms' }, 1);
    world.request(0, 0);
    world.request(1, 0);
    world.giveUp(1, 5);
    world.run();
    expect(world.servers[0]!.seen).toEqual([0]);
    expect(world.balancer.status.responses[499]).toBe(1);
  });
});

describe('max_conns, backup and down', () => {
  it('max_conns: the request too many gets 502 at once', () => {
    const world = new NginxWorld({ upstream: { api: { max_conns: 1 } } }, 2);
    for (let key = 0; key < 3; key += 1) world.request(key, key * 0.01);
    world.request(3, 50);
    expect(world.run()).toEqual([200, 200, 502, 200]);
  });

  it('backup: used while the others are out', () => {
    const world = new NginxWorld({ upstream: { api: { servers: { 'api-2': { backup: true } } } } }, 2);
    world.request(0, 0);
    world.at(5, () => {
      world.servers[0]!.up = false;
    });
    world.request(1, 10);
    world.request(2, 20);
    world.at(500, () => {
      world.servers[0]!.up = true;
    });
    world.request(3, 12_000);
    expect(world.run()).toEqual([200, 200, 200, 200]);
    expect(world.servedBy()).toEqual([0, 1, 1, 0]);
  });

  it('weights: a list is one weight per replica', () => {
    const world = new NginxWorld({ upstream: { api: { weight: [3, 2, 1] } } }, 3);
    for (let key = 0; key < 6; key += 1) world.request(key, key * 10);
    world.run();
    expect(world.servedBy()).toEqual([0, 1, 0, 2, 1, 0]);
  });
});

describe('several workers', () => {
  const spread = (zone: boolean) => {
    const world = new NginxWorld(
      { worker_processes: 4, zone, upstream: { api: { fail_timeout: '60s' } } },
      3,
    );
    world.servers[0]!.up = false;
    for (let key = 0; key < 200; key += 1) world.request(key, key * 5);
    world.run();
    return world.read('balancer/api-1 failures_total');
  };

  it('find out about a dead server one by one, with zone together', () => {
    expect(spread(false)).toBe(4);
    expect(spread(true)).toBe(1);
  });

  it('with zone are exactly in turn', () => {
    const world = new NginxWorld({ worker_processes: 4, zone: true }, 3);
    for (let key = 0; key < 9; key += 1) world.request(key, key * 10);
    world.run();
    expect(world.servedBy()).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });
});

describe('a change of the servers', () => {
  it('adds, removes and changes hosts as a reload does; requests under way end', () => {
    const world = new NginxWorld({}, 2);
    world.servers[0]!.delayNs = 100 * MS;
    world.request(0, 0);
    const added = new FakeServer(world.simulation, 'api-3', 2);
    world.at(50, () => world.balancer.removeHost('api-1'));
    world.at(60, () => world.balancer.addHost(world.hostOf(added)));
    world.at(70, () => world.balancer.changeHost('api-2', { weight: 2 }));
    for (let key = 1; key < 7; key += 1) world.request(key, 100 + key * 10);
    expect(world.run()).toEqual([200, 200, 200, 200, 200, 200, 200]);
    expect(world.servedBy()).toEqual([0, 1, 2, 1, 1, 2, 1]);
  });
});
