import { describe, expect, it } from 'vitest';
import { NginxWorld } from './nginx-world.js';

/** A request takes 2 ms: four latencies of 0.1 ms for two handshakes, 0.4 ms more for request and answer, 1 ms at the server. */
const ALONE_MS = 1.8;

describe('nginx with limits', () => {
  it('delays without a server, keeps the slot, and counts as Writing', () => {
    const world = new NginxWorld({ limit_req: { key: 'all', rate: '10r/s', burst: 2 } }, 1);
    for (const key of [0, 1, 2, 3]) world.request(key, 0);
    world.at(50, () => {
      expect(world.servers[0]!.seen).toEqual([0]);
      expect(world.read('balancer connections_writing')).toBe(2);
      expect(world.read('balancer connections_active')).toBe(4);
    });
    expect(world.run()).toEqual([200, 200, 200, 503]);
    const endings = [0, 1, 2].map((key) => world.endings.get(key)!.atMs);
    // The clock of whole milliseconds reads 0 when they come, 0.4 ms after they were sent.
    expect(endings.map((atMs) => Math.round(atMs * 10) / 10)).toEqual([ALONE_MS, 101.5, 201.5]);
    expect(world.endings.get(3)!.bytes).toBe(374);
    expect(world.read('balancer responses_503')).toBe(1);
  });

  it('forgets a request whose client goes away while it is delayed: 499', () => {
    const world = new NginxWorld({ limit_req: { key: 'all', rate: '10r/s', burst: 2 } }, 1);
    world.request(0, 0);
    world.request(1, 0);
    world.giveUp(1, 50);
    world.run();
    expect(world.servers[0]!.seen).toEqual([0]);
    expect(world.balancer.status.responses[499]).toBe(1);
    expect(world.read('balancer connections_writing')).toBe(0);
  });

  it('limit_conn counts the whole life of a request, and only that', () => {
    const world = new NginxWorld({ limit_conn: { key: 'all', connections: 1 } }, 1);
    world.request(0, 0);
    world.request(1, 1);
    world.request(2, 10, { after: 0 });
    world.request(3, 20);
    world.giveUp(3, 20.9);
    world.request(4, 22);
    expect(world.run()).toEqual([200, 503, 200, 200]);
  });

  it('limit_conn comes after limit_req: what waits there is not counted', () => {
    const limits = {
      limit_req: { key: 'all', rate: '10r/s', burst: 2 },
      limit_conn: { key: 'all', connections: 1 },
    };
    const world = new NginxWorld(limits, 1);
    for (const key of [0, 1, 2]) world.request(key, 0);
    expect(world.run()).toEqual([200, 200, 200]);
  });
});
