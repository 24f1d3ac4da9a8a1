import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/model/exchange.js';
import type { KeepaliveCache } from '../../../src/model/products/nginx/keepalive-cache.js';
import { NginxWorld } from './nginx-world.js';

const MS = 1e6;
const KEPT = { keepalive: 2, proxy_http_version: '1.1', proxy_set_header: { Connection: '' } };

describe('upstream keepalive', () => {
  it('opens a connection per request by default', () => {
    const world = new NginxWorld({}, 1);
    for (let key = 0; key < 5; key += 1) world.request(key, key * 10);
    world.run();
    expect(world.servers[0]!.connections).toBe(5);
  });

  it.each([
    [{ keepalive: 2 }],
    [{ keepalive: 2, proxy_http_version: 1.1 }],
    [{ keepalive: 2, proxy_set_header: { Connection: '' } }],
  ])('is not kept with %j alone', (options) => {
    const world = new NginxWorld(options, 1);
    for (let key = 0; key < 5; key += 1) world.request(key, key * 10);
    world.run();
    expect(world.servers[0]!.connections).toBe(5);
  });

  it('saves the handshake with HTTP/1.1 and an empty Connection header, or from version 1.29.7', () => {
    for (const options of [KEPT, { version: '1.29.7' }]) {
      const world = new NginxWorld(options, 1);
      for (let key = 0; key < 5; key += 1) world.request(key, key * 10);
      world.run();
      expect(world.servers[0]!.connections).toBe(1);
      expect(world.endings.get(0)!.atMs).toBeCloseTo(1.8, 6);
      expect(world.endings.get(1)).toMatchObject({ bytes: 1029 });
      expect(world.endings.get(1)!.atMs).toBeCloseTo(11.6, 6);
    }
  });

  it('keeps so many idle ones per worker for all servers together, the most recent', () => {
    const world = new NginxWorld(KEPT, 3);
    for (let key = 0; key < 6; key += 1) world.request(key, key * 10);
    world.run();
    // Three servers in turn and room for two: the one needed next is always the one closed last.
    expect(world.servers.map((server) => server.connections)).toEqual([2, 2, 2]);
    expect((world.balancer.workers[0]!.keepalive as KeepaliveCache).size).toBe(0); // idle timeouts have passed by the end
  });

  it('closes them after their time, their age and their requests', () => {
    const count = (keepalive: Record<string, unknown>, gapMs: number) => {
      const world = new NginxWorld({ ...KEPT, keepalive: { connections: 2, ...keepalive } }, 1);
      for (let key = 0; key < 4; key += 1) world.request(key, key * gapMs);
      world.run();
      return world.servers[0]!.connections;
    };
    expect(count({}, 1000)).toBe(1);
    expect(count({}, 61_000)).toBe(4);
    expect(count({ keepalive_timeout: '70s' }, 61_000)).toBe(1);
    expect(count({ keepalive_requests: 2 }, 10)).toBe(2);
    expect(count({ keepalive_time: '15ms' }, 10)).toBe(2);
  });

  it('a stale one counts as a failure, and grants one more try', () => {
    const world = new NginxWorld({ ...KEPT, proxy_next_upstream_tries: 1 }, 2);
    world.request(0, 0);
    world.at(5, () => {
      world.servers[0]!.up = false; // nobody tells nginx
    });
    world.request(1, 10);
    world.request(2, 20);
    world.request(3, 30);
    expect(world.run()).toEqual([200, 200, 200, 200]);
    expect(world.servedBy()).toEqual([0, 1, 1, 1]);
    expect(world.read('balancer/api-1 failures_total')).toBe(1);
  });

  it('a closed one is forgotten where nginx is told', () => {
    const world = new NginxWorld(KEPT, 1);
    world.request(0, 0);
    world.at(5, () => world.balancer.connectionsLost('api-1'));
    world.request(1, 10);
    expect(world.run()).toEqual([200, 200]);
    expect(world.servers[0]!.connections).toBe(2);
  });
});

describe('client connections', () => {
  it('are kept for keepalive_requests requests and keepalive_timeout', () => {
    const world = new NginxWorld({ keepalive_requests: 3, keepalive_timeout: '2s' }, 1);
    world.request(0, 0);
    for (let key = 1; key < 7; key += 1) world.request(key, key * 10, { after: key - 1 });
    world.request(7, 5000, { after: 6 });
    world.run();
    expect(world.statuses()).toEqual(Array(8).fill(200));
    expect(world.balancer.status.accepts).toBe(4); // requests 0-2, 3-5, 6, and 7 after the timeout
    expect(world.balancer.status.requests).toBe(8);
    expect(world.balancer.status.active).toBe(0);
  });

  it('that a client closes give their slot back at once', () => {
    const world = new NginxWorld({ keepalive_timeout: '75s' }, 1);
    world.request(0, 0);
    world.run(100);
    expect(world.balancer.status.waiting).toBe(1);
    const connection = world.connectionOf(0);
    connection.close?.();
    expect(connection.open).toBe(false);
    expect(world.balancer.status).toMatchObject({ active: 0, waiting: 0 });
    connection.close?.();
    expect(world.balancer.workers[0]!.freeSlots).toBe(510);
  });

  it('are closed after every answer with keepalive_timeout 0, and not before their request has come', () => {
    const world = new NginxWorld({ keepalive_timeout: '0s' }, 1);
    world.request(0, 0);
    expect(world.run()).toEqual([200]);
    expect(world.balancer.status).toMatchObject({ active: 0, waiting: 0 });
  });

  it('accepted before a reload end with their next answer', () => {
    // Seen, nginx 1.22.1: the old worker answers with `Connection: close`.
    const world = new NginxWorld({}, 1);
    world.servers[0]!.delayNs = 100 * MS;
    world.request(0, 0);
    world.request(1, 60);
    world.at(50, () => world.balancer.changeHost('api-1', { weight: 2 }));
    world.run(200);
    expect([0, 1].map((key) => world.connectionOf(key).open)).toEqual([false, true]);
  });

  it('are counted as stub_status counts', () => {
    const world = new NginxWorld({ keepalive_timeout: '2s' }, 1);
    world.servers[0]!.delayNs = 100 * MS;
    for (let key = 0; key < 5; key += 1) world.request(key, key);
    world.run(50);
    const counts = () =>
      ['active', 'reading', 'writing', 'waiting', 'accepted', 'handled'].map((name) =>
        world.read(`balancer connections_${name}`),
      );
    expect(counts()).toEqual([5, 0, 5, 0, 5, 5]);
    world.run(200);
    expect(counts()).toEqual([5, 0, 0, 5, 5, 5]);
    world.run();
    expect(counts()).toEqual([0, 0, 0, 0, 5, 5]);
    expect(world.balancer.workers[0]!.freeSlots).toBe(510);
  });

  it('without a slot are reset: 8 worker_connections carry 3 proxied requests', () => {
    // Seen, nginx 1.22.1: one listener, one worker.
    const world = new NginxWorld({ worker_connections: 8 }, 1);
    world.servers[0]!.delayNs = 100 * MS;
    for (let key = 0; key < 6; key += 1) world.request(key, key);
    const reset = -Failure.reset;
    expect(world.run()).toEqual([200, 200, 200, reset, reset, reset]);
    expect([world.balancer.status.accepts, world.balancer.status.handled]).toEqual([6, 3]);
  });

  it('accepted without a slot left for the server side get 500 and are closed', () => {
    const world = new NginxWorld({ worker_connections: 5 }, 1);
    world.servers[0]!.delayNs = 100 * MS;
    for (let key = 0; key < 2; key += 1) world.request(key, key);
    expect(world.run()).toEqual([200, 500]);
    expect(world.endings.get(1)!.bytes).toBe(339);
  });

  it('idle ones are closed, the oldest first, where slots are short', () => {
    const world = new NginxWorld({ worker_connections: 8 }, 1);
    for (let key = 0; key < 20; key += 1) world.request(key, key * 10);
    expect(world.run()).toEqual(Array(20).fill(200));
    expect(world.balancer.status.handled).toBe(20);
  });

  it('wait in the backlog of a busy loop, and are dropped beyond it', () => {
    const world = new NginxWorld({ cpu: '1s', backlog: 2 }, 1);
    for (let key = 0; key < 7; key += 1) world.request(key, 10 * key);
    world.run(500);
    // One is being read; a queue is full when it is longer than the backlog.
    expect(world.read('balancer backlog')).toBe(3);
    expect(world.balancer.status.accepts).toBe(1);
    world.run();
    expect(world.statuses()).toEqual(Array(7).fill(200)); // SYNs are sent again
    expect(world.balancer.status.accepts).toBe(7);
  });
});
