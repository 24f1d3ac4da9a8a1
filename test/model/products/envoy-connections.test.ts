import { describe, expect, it } from 'vitest';
import { EnvoyWorld } from './envoy-world.js';

const MS = 1e6;

describe('connections to the hosts', () => {
  it('are kept, one set per thread and host, the most recently used first', () => {
    const world = new EnvoyWorld({}, 2);
    for (let key = 0; key < 6; key += 1) world.request(key, key * 10);
    world.run(100);
    expect(world.servers.map((server) => server.connections)).toEqual([1, 1]);
    expect(world.read('balancer upstream_cx_active')).toBe(2);
    // The first to each host needs a handshake of 0.2 ms, the others do not.
    expect(world.endings.get(0)!.atMs).toBeCloseTo(1.8, 6);
    expect(world.endings.get(5)!.atMs).toBeCloseTo(51.6, 6);
  });

  it('are not shared between threads', () => {
    const world = new EnvoyWorld({ concurrency: 4 }, 1);
    for (let key = 0; key < 40; key += 1) world.request(key, key * 10);
    world.run(500);
    expect(world.servers[0]!.connections).toBe(4);
  });

  it('end after idle_timeout, an hour unless told, and after max_requests_per_connection', () => {
    const opened = (protocol: Record<string, unknown>, gapMs: number) => {
      const world = new EnvoyWorld({ common_http_protocol_options: protocol }, 1);
      for (let key = 0; key < 4; key += 1) world.request(key, key * gapMs);
      world.run();
      expect(world.read('balancer upstream_cx_active')).toBe(0);
      return world.servers[0]!.connections;
    };
    expect(opened({}, 1000)).toBe(1);
    expect(opened({}, 3_601_000)).toBe(4);
    expect(opened({ idle_timeout: '1s' }, 900)).toBe(1);
    expect(opened({ idle_timeout: '1s' }, 1100)).toBe(4);
    expect(opened({ max_requests_per_connection: 2 }, 10)).toBe(2);
  });

  it('are gone when the host loses them', () => {
    const world = new EnvoyWorld({}, 1);
    world.request(0, 0);
    world.at(5, () => world.balancer.connectionsLost('api-1'));
    world.at(6, () => expect(world.read('balancer upstream_cx_active')).toBe(0));
    world.request(1, 10);
    expect(world.run(50)).toEqual([200, 200]);
    expect(world.servers[0]!.connections).toBe(2);
  });

  it('that broke while idle end a request in 503, unless it is sent again (UC)', () => {
    for (const [retryOn, status] of [
      ['connect-failure', 503],
      ['reset', 200],
    ] as const) {
      const world = new EnvoyWorld({ retry_policy: { retry_on: retryOn } }, 1);
      world.request(0, 0);
      world.at(5, () => {
        world.servers[0]!.up = false; // nobody tells Envoy
      });
      world.at(10.45, () => {
        world.servers[0]!.up = true;
      });
      world.request(1, 10);
      expect(world.run(100)[1]).toBe(status);
      expect(world.read('balancer upstream_rq_rx_reset')).toBe(1);
    }
  });
});

describe('connections of clients', () => {
  it('are kept for an hour, unless told', () => {
    const reused = (idle: string | undefined, gapMs: number) => {
      const protocol = { common_http_protocol_options: idle === undefined ? {} : { idle_timeout: idle } };
      const world = new EnvoyWorld({ http_connection_manager: protocol }, 1);
      world.request(0, 0);
      world.request(1, gapMs, { after: 0 });
      world.run();
      return world.balancer.stats.accepts;
    };
    expect(reused(undefined, 3_500_000)).toBe(1);
    expect(reused(undefined, 3_700_000)).toBe(2);
    expect(reused('1s', 900)).toBe(1);
    expect(reused('1s', 1500)).toBe(2);
  });

  it("stay open after Envoy's own 503 and 504", () => {
    const world = new EnvoyWorld({ timeout: '10ms' }, 1);
    world.servers[0]!.delayNs = 50 * MS;
    world.request(0, 0);
    world.request(1, 100, { after: 0 });
    expect(world.run(200)).toEqual([504, 504]);
    expect(world.balancer.stats.accepts).toBe(1);
  });
});
