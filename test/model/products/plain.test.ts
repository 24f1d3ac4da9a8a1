import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/model/exchange.js';
import { finagle } from '../../../src/model/products/finagle.js';
import { ideal } from '../../../src/model/products/ideal.js';
import { linkerd } from '../../../src/model/products/linkerd.js';
import { prequal } from '../../../src/model/products/prequal.js';
import { check } from '../../../src/options/fields.js';
import { FakeServer, ProxyWorld } from './proxy-world.js';

const MS = 1e6;
const inTurn = { algorithm: 'round_robin' };

describe('a plain proxy', () => {
  it('relays requests over kept connections', () => {
    const world = new ProxyWorld(ideal, inTurn, 2);
    for (let key = 0; key < 6; key += 1) world.request(key, key * 10);
    expect(world.run(100)).toEqual(Array(6).fill(200));
    expect(world.servedBy()).toEqual([0, 1, 0, 1, 0, 1]);
    // Client: handshake 0.2 ms, request 0.1; upstream the same, or 0.1 over a kept connection; 1 ms of work; 0.2 back.
    expect([0, 2].map((key) => world.endings.get(key)!.atMs - key * 10)).toEqual([
      1.8,
      expect.closeTo(1.6, 9),
    ]);
    expect(world.servers.map(({ connections }) => connections)).toEqual([1, 1]);
    expect(world.endings.get(0)!.bytes).toBe(1000);
  });

  it('keeps none where keepalive is 0', () => {
    const world = new ProxyWorld(ideal, { ...inTurn, keepalive: 0 }, 1);
    for (let key = 0; key < 3; key += 1) world.request(key, key * 10);
    world.run(100);
    expect(world.servers[0]!.connections).toBe(3);
  });

  it('answers 502 for a refused or broken connection, 504 for a timeout, 503 without a server', () => {
    const refused = new ProxyWorld(ideal, inTurn, 1);
    refused.servers[0]!.up = false;
    refused.request(0, 0);
    expect(refused.run(10_000)).toEqual([502]);
    const broken = new ProxyWorld(ideal, inTurn, 1);
    broken.servers[0]!.breaks = Failure.reset;
    broken.request(0, 0);
    expect(broken.run(10_000)).toEqual([502]);
    const silent = new ProxyWorld(ideal, inTurn, 1);
    silent.servers[0]!.silent = true;
    silent.request(0, 0);
    expect(silent.run(10_000)).toEqual([504]);
    expect(silent.endings.get(0)!.atMs).toBeCloseTo(1000.4, 6);
    const slow = new ProxyWorld(ideal, { ...inTurn, request_timeout: '2s' }, 1);
    slow.servers[0]!.delayNs = Number.POSITIVE_INFINITY;
    slow.request(0, 0);
    expect(slow.run(10_000)).toEqual([504]);
    const none = new ProxyWorld(ideal, { ...inTurn, upstream: { api: { down: true } } }, 2);
    none.request(0, 0);
    expect(none.run(10_000)).toEqual([503]);
  });

  it('asks further servers after failed connections if told so, never after a timed-out request or a status', () => {
    const world = new ProxyWorld(ideal, { ...inTurn, retries: 1, request_timeout: '2s' }, 3);
    world.servers[0]!.up = false;
    world.servers[1]!.breaks = Failure.reset;
    world.request(0, 0); // a, then b: one retry
    world.request(1, 100); // c
    world.at(150, () => {
      world.servers[1]!.breaks = Failure.none;
      world.servers[1]!.status = 500;
      world.servers[2]!.delayNs = Number.POSITIVE_INFINITY;
    });
    world.request(2, 200); // a, then b, which answers 500
    world.request(3, 300); // c, which never answers
    expect(world.run(10_000)).toEqual([502, 200, 500, 504]);
    expect(world.servers[2]!.seen).toEqual([1, 3]);
  });

  it('tells the server when the client goes away, and forgets the request', () => {
    const world = new ProxyWorld(ideal, inTurn, 1);
    world.servers[0]!.delayNs = 50 * MS;
    world.request(0, 0);
    world.giveUp(0, 10);
    world.run(5);
    expect(world.read('balancer/api-1 in_flight')).toBe(1);
    world.run(100);
    expect(world.servers[0]!.abandoned).toBe(1);
    expect(world.read('balancer/api-1 in_flight')).toBe(0);
    expect(world.read('balancer responses_499')).toBe(1);
  });

  it('takes hosts in and out while it runs', () => {
    const world = new ProxyWorld(ideal, inTurn, 2);
    const third = new FakeServer(world.simulation, 'api-3', 2);
    world.at(5, () => world.balancer.addHost(world.hostOf(third)));
    world.at(45, () => world.balancer.removeHost('api-1'));
    world.at(45, () => world.balancer.changeHost('api-2', { down: true }));
    for (let key = 0; key < 8; key += 1) world.request(key, key * 10);
    expect(world.run(200)).toEqual(Array(8).fill(200));
    expect(world.servedBy()).toEqual([0, 1, 2, 0, 1, 2, 2, 2]);
    expect(world.read('balancer/api-2 available')).toBe(0);
    expect(world.read('balancer/api-3 available')).toBe(1);
  });

  it('with several dispatchers keeps a client with one, and each sees its own requests only', () => {
    const world = new ProxyWorld(ideal, { algorithm: 'jsq', dispatchers: 4 }, 8);
    for (const server of world.servers) server.delayNs = 500 * MS;
    for (let key = 0; key < 8; key += 1) world.request(key, key);
    world.run(100);
    // One dispatcher would have used each server once. Fixed seed: here, some have two.
    const counts = world.servers.map(({ seen }) => seen.length);
    expect(counts.reduce((sum, count) => sum + count)).toBe(8);
    expect(Math.max(...counts)).toBeGreaterThan(1);
    expect(world.run(2000)).toEqual(Array(8).fill(200));
  });

  it('refuses weights that the algorithm would not look at, and says where', () => {
    const upstream = { api: { servers: { 'api-2': { weight: 3 } } } };
    expect(check(ideal.options, { algorithm: 'random', upstream }).ok).toBe(true);
    const result = check(ideal.options, { algorithm: 'jsq', upstream });
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.issues[0]!.path).toEqual(['upstream', 'api', 'servers', 'api-2', 'weight']);
    expect(result.issues[0]!.message).toContain('no weight with jsq');
  });
});

describe('finagle', () => {
  it('fail fast: who cannot be connected to is avoided, tried again in the background, and used again', () => {
    const world = new ProxyWorld(finagle, { algorithm: 'round_robin' }, 2);
    world.servers[0]!.up = false;
    for (let key = 0; key < 4; key += 1) world.request(key, key * 10);
    world.run(900);
    expect(world.statuses()).toEqual([502, 200, 200, 200]);
    expect(world.read('balancer marked_dead')).toBe(1);
    expect(world.read('balancer/api-1 available')).toBe(0);
    world.servers[0]!.up = true;
    world.run(1100); // the first trial comes one second after the failure
    expect(world.read('balancer marked_dead')).toBe(0);
    for (let key = 4; key < 8; key += 1) world.request(key, 1200 + key);
    world.run(2000);
    expect(new Set(world.servedBy().slice(4))).toEqual(new Set([0, 1]));
  });

  it('fail fast tries after 1 s, then after less than 2, 4, ... times the wait before, 32 s at most', () => {
    const world = new ProxyWorld(finagle, { algorithm: 'p2c' }, 1);
    world.servers[0]!.up = false;
    const trials: number[] = [];
    const { servers, simulation } = world;
    const listens = servers[0]!.listens.bind(servers[0]);
    servers[0]!.listens = () => {
      trials.push(simulation.nowNs / 1e9);
      return listens();
    };
    world.request(0, 0);
    world.run(10);
    trials.length = 0; // the request's own
    world.run(200_000);
    expect(trials.length).toBeGreaterThan(5);
    const waits = trials.slice(1).map((time, index) => time - trials[index]!);
    expect(trials[0]).toBeCloseTo(1, 2);
    expect(waits[0]).toBeLessThan(2.001);
    expect(Math.max(...waits)).toBeLessThan(32.001);
    expect(waits.at(-1)).toBeCloseTo(32, 2);
  });

  it('without fail_fast goes on trying', () => {
    const world = new ProxyWorld(finagle, { algorithm: 'round_robin', fail_fast: false }, 2);
    world.servers[0]!.up = false;
    for (let key = 0; key < 4; key += 1) world.request(key, key * 10);
    expect(world.run(900)).toEqual([502, 200, 502, 200]);
  });
});

describe('linkerd', () => {
  it('with a penalty goes round a server that fails fast; without one it is drawn to it', () => {
    const shareOfBad = (options: Record<string, unknown>) => {
      const world = new ProxyWorld(linkerd, { algorithm: { p2c_peak_ewma: options } }, 4);
      world.servers[0]!.status = 503;
      world.servers[0]!.delayNs = 0.1 * MS;
      for (const server of world.servers.slice(1)) server.delayNs = 20 * MS;
      for (let key = 0; key < 400; key += 1) world.request(key, key * 5);
      return world.run(60_000).filter((status) => status === 503).length / 400;
    };
    expect(shareOfBad({ penalty: '5s' })).toBeLessThan(0.02);
    // It is the better one of every pair that it is in: half of all.
    expect(shareOfBad({})).toBeGreaterThan(0.4);
  });
});

describe('prequal', () => {
  it('probes take their way there and back, cost the servers nothing, and tell the state at their arrival', () => {
    const world = new ProxyWorld(prequal, { algorithm: { hcl: { r_probe: 3 } } }, 3);
    for (const server of world.servers) server.delayNs = 100 * MS;
    for (let key = 0; key < 3; key += 1) world.request(key, key);
    world.run(50);
    expect(world.read('balancer probes_total')).toBe(9);
    expect(world.read('balancer probes_lost_total')).toBe(0);
    expect(world.servers.map(({ seen }) => seen.length)).toEqual([1, 1, 1]); // whoever had none was found by a probe
    expect(world.servers.reduce((sum, { connections }) => sum + connections, 0)).toBe(3);
  });

  it('a probe that takes longer than its timeout is lost, and so is one that is refused', () => {
    const world = new ProxyWorld(prequal, { probe_timeout: '100us', retries: 3 }, 3);
    world.request(0, 0);
    world.run(50);
    expect(world.read('balancer probes_lost_total')).toBe(3); // a way there and back is 200 us
    const dead = new ProxyWorld(prequal, {}, 3);
    dead.servers[0]!.up = false;
    dead.request(0, 0);
    dead.run(50);
    expect(dead.read('balancer probes_lost_total')).toBe(1);
  });

  it('asks a route where it is told so, at its cost', () => {
    const world = new ProxyWorld(prequal, { probe_path: '/probe' }, 3);
    world.request(0, 0);
    world.run(50);
    expect(world.servers.reduce((sum, { seen }) => sum + seen.length, 0)).toBe(4);
    expect(world.read('balancer probes_lost_total')).toBe(0);
  });

  it('goes round a slow server that round robin would feed', () => {
    const world = new ProxyWorld(prequal, {}, 10);
    for (const server of world.servers) server.delayNs = 5 * MS;
    world.servers[3]!.delayNs = 200 * MS;
    for (let key = 0; key < 2000; key += 1) world.request(key, key);
    world.run(10_000);
    expect(world.servers[3]!.seen.length).toBeLessThan(50); // a quarter of its tenth
  });
});
