import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/model/exchange.js';
import { HaproxyWorld } from './haproxy-world.js';
import { FakeServer } from './proxy-world.js';

const NEVER = Number.POSITIVE_INFINITY;
const MS = 1e6;

describe('a request through HAProxy', () => {
  it('goes to the servers in turn and comes back with their answer as it is', () => {
    const world = new HaproxyWorld({}, 2);
    for (let key = 0; key < 4; key += 1) world.request(key, key * 10);
    expect(world.run()).toEqual([200, 200, 200, 200]);
    expect(world.servedBy()).toEqual([0, 1, 0, 1]);
    // Client: handshake 0.2 ms, request 0.1; upstream the same; 1 ms of work; twice 0.1 back.
    expect(world.endings.get(0)).toMatchObject({ atMs: 1.8, bytes: 1000 });
  });

  it('ends with 504 when the server is too slow', () => {
    const world = new HaproxyWorld({ timeout: { server: '300ms' } }, 2);
    world.servers[0]!.delayNs = NEVER;
    world.request(0, 0);
    expect(world.run()).toEqual([504]);
    // 0.3 ms in, a handshake of 0.2, 300 ms, 0.1 back.
    expect(world.endings.get(0)).toMatchObject({ bytes: 195 });
    expect(world.endings.get(0)!.atMs).toBeCloseTo(300.6, 6);
  });

  it('ends with 502 when the connection breaks, but without an answer on a later request of its connection', () => {
    const world = new HaproxyWorld({}, 1);
    world.request(0, 0);
    world.at(5, () => {
      world.servers[0]!.breaks = Failure.reset;
    });
    world.request(1, 10, { after: 0 });
    world.request(2, 20);
    expect(world.run()).toEqual([200, -Failure.closed, 502]); // seen
    expect(world.endings.get(2)!.bytes).toBe(206);
  });

  it('keeps the connection of a client after its own errors', () => {
    const world = new HaproxyWorld({ timeout: { server: '10ms' } }, 1);
    world.servers[0]!.delayNs = NEVER;
    world.request(0, 0);
    world.at(50, () => {
      world.servers[0]!.delayNs = MS;
    });
    world.request(1, 100, { after: 0 });
    expect(world.run()).toEqual([504, 200]); // seen
    expect(world.read('balancer frontend_connections_total')).toBe(1);
  });
});

describe('a server that refuses (reference 2.8)', () => {
  it('is tried four times, with a second between, then 503', () => {
    const world = new HaproxyWorld({ timeout: { connect: '5s' } }, 2);
    world.servers[0]!.up = false;
    world.request(0, 0);
    world.request(1, 4000);
    expect(world.run()).toEqual([503, 200]); // seen
    // 0.3 ms in, four times 0.2 for the refusal, three waits, 0.1 back.
    expect(world.endings.get(0)!.atMs).toBeCloseTo(3001.2, 6);
    expect(world.endings.get(0)!.bytes).toBe(214);
  });

  it('is not waited for longer than timeout connect', () => {
    const world = new HaproxyWorld({ timeout: { connect: '100ms' }, retries: 1 }, 1);
    world.servers[0]!.up = false;
    world.request(0, 0);
    world.run();
    expect(world.endings.get(0)!.atMs).toBeCloseTo(100.8, 6);
  });

  it('is left at once for another one with redispatch', () => {
    const world = new HaproxyWorld({ option: 'redispatch' }, 2);
    world.servers[0]!.up = false;
    world.request(0, 0);
    expect(world.run()).toEqual([200]); // seen
    expect(world.servedBy()).toEqual([1]);
    expect(world.endings.get(0)!.atMs).toBeCloseTo(2, 6);
  });

  it('does not answer a SYN: 503 after timeout connect, as often as it is tried, without waits', () => {
    const world = new HaproxyWorld({ timeout: { connect: '100ms' }, retries: 2 }, 1);
    world.servers[0]!.silent = true;
    world.request(0, 0);
    expect(world.run(900)).toEqual([503]);
    expect(world.endings.get(0)!.atMs).toBeCloseTo(300.4, 6);
  });

  it('answers what retry-on has: another try, on another server only with redispatch', () => {
    const world = new HaproxyWorld({ 'retry-on': 503, option: 'redispatch' }, 2);
    world.servers[0]!.status = 503;
    world.request(0, 0);
    expect(world.run()).toEqual([200]);
    const alone = new HaproxyWorld({ 'retry-on': [503], retries: 2 }, 2);
    alone.servers[0]!.status = 503;
    alone.request(0, 0);
    expect(alone.run()).toEqual([503]);
    expect(alone.servers[0]!.seen.length).toBe(3);
  });
});

describe('queues (reference 2.7)', () => {
  it('hold requests for timeout queue, then 503', () => {
    const options = { timeout: { queue: '400ms' }, upstream: { api: { maxconn: 1 } } };
    const world = new HaproxyWorld(options, 1);
    world.servers[0]!.delayNs = 1000 * MS;
    for (const key of [0, 1, 2]) world.request(key, key);
    expect(world.run()).toEqual([200, 503, 503]); // seen
    expect(world.endings.get(1)!.atMs).toBeCloseTo(401.4, 6);
    expect(world.read('balancer backend_current_queue')).toBe(0);
  });

  it('wait as long as timeout connect unless told', () => {
    const world = new HaproxyWorld({ timeout: { connect: '200ms' }, upstream: { api: { maxconn: 1 } } }, 1);
    world.servers[0]!.delayNs = 1000 * MS;
    for (const key of [0, 1]) world.request(key, key);
    expect(world.run()).toEqual([200, 503]);
    expect(world.endings.get(1)!.atMs).toBeCloseTo(201.4, 6);
  });

  it('are served in order', () => {
    const world = new HaproxyWorld({ upstream: { api: { maxconn: 1 } } }, 2);
    for (let key = 0; key < 8; key += 1) world.request(key, key * 0.01);
    world.run();
    const order = [...world.endings.entries()].sort((a, b) => a[1].atMs - b[1].atMs).map(([key]) => key);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const server of world.servers) expect(server.seen.length).toBe(4);
  });

  it('keep requests whose clients have gone, unless abortonclose is set', () => {
    const served = (option: string[]) => {
      const world = new HaproxyWorld({ option, upstream: { api: { maxconn: 1 } } }, 1);
      world.servers[0]!.delayNs = 100 * MS;
      world.request(0, 0);
      world.request(1, 10);
      world.giveUp(1, 20);
      world.run();
      return world.servers[0]!.seen;
    };
    expect(served([])).toEqual([0, 1]); // seen
    expect(served(['abortonclose'])).toEqual([0]);
  });
});

describe('limits of the clients', () => {
  it('beyond maxconn, connections wait in the backlog', () => {
    const world = new HaproxyWorld({ maxconn: 2, option: 'httpclose' }, 1);
    world.servers[0]!.delayNs = 100 * MS;
    for (const key of [0, 1, 2, 3]) world.request(key, 0);
    world.at(50, () => {
      expect(world.read('balancer frontend_current_sessions')).toBe(2);
      expect(world.read('balancer backlog')).toBe(2);
    });
    expect(world.run()).toEqual([200, 200, 200, 200]);
    expect(world.endings.get(3)!.atMs).toBeGreaterThan(200);
    expect(world.endings.get(3)!.atMs).toBeLessThan(202);
  });
});

describe('connections to servers', () => {
  const connectionsOf = (options: Record<string, unknown>) => {
    const world = new HaproxyWorld(options, 1);
    world.request(0, 0);
    world.request(1, 10, { after: 0 });
    world.request(2, 20);
    world.run(30);
    return world.servers[0]!.connections;
  };

  it('are used again for later requests of a client, not for its first', () => {
    expect(connectionsOf({})).toBe(2);
  });

  it('are used as http-reuse says', () => {
    expect(connectionsOf({ 'http-reuse': 'never' })).toBe(3); // two in the original: a limit of the model
    expect(connectionsOf({ 'http-reuse': 'always' })).toBe(1);
    expect(connectionsOf({ 'http-reuse': 'aggressive' })).toBe(1); // two answers on it: it is safe
    expect(connectionsOf({ option: 'http-server-close' })).toBe(3);
    expect(connectionsOf({ 'retry-on': 'all-retryable-errors' })).toBe(1); // seen
  });
});

describe('changes at run time', () => {
  it('take weights, drain and maintenance as the runtime API does', () => {
    const world = new HaproxyWorld({}, 2);
    world.at(5, () => world.balancer.changeHost('api-1', { state: 'drain' }));
    world.at(50, () => world.balancer.changeHost('api-1', { state: 'ready', weight: 3 }));
    world.at(200, () => world.balancer.changeHost('api-2', { disabled: true }));
    for (let key = 0; key < 24; key += 1) world.request(key, key * 10);
    world.run();
    const served = world.servedBy();
    expect(served.slice(1, 5)).toEqual([1, 1, 1, 1]);
    expect(served.slice(6, 18).filter((host) => host === 0).length).toBe(9);
    expect(served.slice(20)).toEqual([0, 0, 0, 0]);
    expect(world.available()).toEqual([1, 0]);
  });

  it('of the list of hosts are a reload: requests under way end with the old process', () => {
    const world = new HaproxyWorld({}, 2);
    world.servers[0]!.delayNs = 100 * MS;
    const added = new FakeServer(world.simulation, 'api-3', 2);
    world.request(0, 0);
    world.at(10, () => world.balancer.removeHost('api-1'));
    world.at(20, () => world.balancer.addHost(world.hostOf(added)));
    for (const key of [1, 2, 3]) world.request(key, 20 + key * 10);
    expect(world.run()).toEqual([200, 200, 200, 200]);
    expect(world.servedBy()).toEqual([0, 1, 2, 1]);
  });
});
