import { describe, expect, it } from 'vitest';
import { Health, Observation } from '../../../src/model/products/haproxy/health.js';
import { HaproxyPicks, weighted } from '../balancers/haproxy-picks.js';
import { HaproxyWorld } from './haproxy-world.js';

const CHECKED = { check: true, inter: '1s', fall: 3, rise: 2 };

/** Availability of the first server at these times, ms. */
function watch(world: HaproxyWorld, times: readonly number[]): number[] {
  const seen: number[] = [];
  for (const time of times) world.at(time, () => seen.push(world.available()[0]!));
  world.balancer.start();
  world.run(times.at(-1)! + 1);
  return seen;
}

describe('the health counter (reference 2.9)', () => {
  const settings = { rise: 2, fall: 3, interNs: 2e9, fastinterNs: 1e9, downinterNs: 5e9 };
  const observe = { layer: 'layer7', errorLimit: 2, onError: 'fail-check' } as const;

  it('takes a server down at its first check, or gives it full credit', () => {
    expect(new Health(settings, observe, false).fail()).toBe('down');
    const health = new Health(settings, observe, false);
    health.pass();
    expect(health.value).toBe(4);
    expect([health.fail(), health.fail(), health.fail()]).toEqual(['same', 'same', 'down']);
    expect([health.pass(), health.pass()]).toEqual(['same', 'up']);
  });

  it('is asked more often while the state changes', () => {
    const health = new Health(settings, observe, false);
    expect(health.intervalNs(false)).toBe(1e9);
    health.pass();
    expect(health.intervalNs(false)).toBe(2e9);
    for (let failures = 0; failures < 3; failures += 1) health.fail();
    expect(health.intervalNs(true)).toBe(5e9);
  });

  it.each([
    ['fail-check', 3, 'same'],
    ['fastinter', 4, 'same'],
    ['sudden-death', 2, 'same'],
    ['mark-down', 0, 'down'],
  ] as const)('on-error %s leaves %d of 4', (onError, value, verdict) => {
    const health = new Health(settings, { ...observe, onError }, false);
    health.pass();
    expect(health.see(Observation.badAnswer)).toBeUndefined();
    health.see(Observation.goodAnswer);
    expect(health.see(Observation.badAnswer)).toBeUndefined();
    expect(health.see(Observation.connectionError)).toBe(verdict);
    expect(health.value).toBe(value);
  });

  it('sees connections only with layer4', () => {
    const health = new Health(settings, { ...observe, layer: 'layer4' }, false);
    health.pass();
    for (let count = 0; count < 5; count += 1) health.see(Observation.badAnswer);
    health.see(Observation.connectionError);
    health.see(Observation.connected);
    expect(health.see(Observation.connectionError)).toBeUndefined();
    expect(health.see(Observation.connectionError)).toBe('same');
  });
});

describe('health checks', () => {
  it('find a dead server at once when they begin, and an answering one after rise checks', () => {
    const world = new HaproxyWorld({ upstream: { api: CHECKED } }, 1);
    world.servers[0]!.up = false;
    world.at(500, () => {
      world.servers[0]!.up = true;
    });
    // Checks at 0, 1, 2 s: the first fails, the other two pass.
    expect(watch(world, [5, 1500, 1990, 2005])).toEqual([0, 0, 0, 1]);
  });

  it('take a server down after fall checks', () => {
    const world = new HaproxyWorld({ upstream: { api: CHECKED } }, 1);
    world.at(500, () => {
      world.servers[0]!.up = false;
    });
    // Checks at 0 (passes), 1, 2 and 3 s.
    expect(watch(world, [5, 1500, 2990, 3005])).toEqual([1, 1, 1, 0]);
  });

  it('are spread over the shortest interval', () => {
    const world = new HaproxyWorld({ upstream: { api: CHECKED } }, 4);
    for (const server of world.servers) server.up = false;
    const seen: number[] = [];
    for (const time of [5, 255, 505, 755]) {
      world.at(time, () => seen.push(world.available().reduce((sum, up) => sum + up)));
    }
    world.balancer.start();
    world.run(800);
    expect(seen).toEqual([3, 2, 1, 0]);
  });

  it('ask with httpchk, and want 2xx or 3xx', () => {
    const world = new HaproxyWorld({ option: 'httpchk GET /health', upstream: { api: CHECKED } }, 1);
    world.servers[0]!.status = 500;
    expect(watch(world, [10])).toEqual([0]);
    expect(world.servers[0]!.seen.length).toBe(1);
  });

  it('give up after inter', () => {
    const world = new HaproxyWorld({ upstream: { api: CHECKED } }, 1);
    world.servers[0]!.silent = true;
    expect(watch(world, [990, 1005])).toEqual([1, 0]);
  });

  it('are paused in maintenance, and trust a server that comes back', () => {
    const world = new HaproxyWorld({ upstream: { api: { ...CHECKED, disabled: true } } }, 1);
    world.at(300, () => world.balancer.changeHost('api-1', { state: 'ready' }));
    world.at(500, () => {
      world.servers[0]!.up = false;
    });
    expect(watch(world, [200, 400, 990, 1005])).toEqual([0, 1, 1, 0]);
  });

  it('let requests tell with observe', () => {
    const api = { ...CHECKED, inter: '10s', observe: 'layer7', 'error-limit': 3, 'on-error': 'mark-down' };
    const world = new HaproxyWorld({ upstream: { api } }, 1);
    world.servers[0]!.status = 500;
    for (const key of [0, 1, 2, 3]) world.request(key, 100 + key * 10);
    world.balancer.start();
    expect(world.run(200)).toEqual([500, 500, 500, 503]);
  });
});

describe('slowstart', () => {
  it('raises the weight of a server that has come back from a sixteenth, second by second', () => {
    const picks = new HaproxyPicks({}, { a: { weight: 16, slowstart: '4s' }, b: { weight: 16 } });
    picks.backend.setDown(0, 0);
    expect(picks.backend.setUp(0, 0)).toBe(true);
    const weights: number[] = [];
    for (let second = 0; second <= 4; second += 1) {
      if (second > 0) picks.backend.warmUp(0, second * 1e9);
      weights.push(picks.backend.table.servers[0]!.current.weight);
    }
    // (16 * seconds + 4) / 4, of 16 times the weight.
    expect(weights).toEqual([16, 80, 144, 208, 256]);
    expect(picks.backend.warmUp(0, 5e9)).toBe(false);
  });

  it('is none at the start of the process', () => {
    const picks = new HaproxyPicks({}, { ...weighted(1, 1), a: { weight: 1, slowstart: '4s' } });
    expect(picks.sequence(4)).toBe('a b a b');
  });

  it('raises maxconn, too', () => {
    const picks = new HaproxyPicks({}, { a: { maxconn: 10, slowstart: '10s' } });
    picks.backend.setDown(0, 0);
    picks.backend.setUp(0, 0);
    expect(picks.holdAll(2)).toBe('a ?'); // at least one
    picks.nowNs = 3e9;
    picks.backend.warmUp(0, 3e9);
    // The one that waited is taken without a slot, as in the original: two more fill the three that there are.
    expect(picks.holdAll(3)).toBe('a a ?');
  });
});
