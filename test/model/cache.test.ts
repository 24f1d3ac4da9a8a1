import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { NEVER } from '../../src/kernel/time.js';
import { Cache, type CacheLimits, Lookup } from '../../src/model/cache.js';
import type { Job } from '../../src/model/job.js';
import { apiModel, World } from './world.js';

/** A cache by itself: `ask` looks a key up and stores what was missing. */
function cacheOf(limits: Partial<CacheLimits>) {
  const simulation = new Simulation();
  const cache = new Cache(simulation, 'cache', { ttlNs: NEVER, size: NEVER, singleFlight: false, ...limits });
  const ask = (key: number) => {
    const job = { fillingCache: undefined, fillingKey: 0 } as unknown as Job;
    const found = cache.lookUp(key, job);
    if (found === Lookup.miss) cache.store(job);
    return found === Lookup.hit;
  };
  return { simulation, cache, ask };
}

describe('a cache', () => {
  it('holds an entry for its time to live, from when it was stored', () => {
    const { simulation, ask } = cacheOf({ ttlNs: 100 });
    const hits = [0, 50, 99, 100, 199, 200].map((atNs) => {
      simulation.run(atNs);
      return ask(1);
    });
    expect(hits).toEqual([false, true, true, false, true, false]);
  });

  it('loses the least recently used entry when it is full', () => {
    const { cache, ask } = cacheOf({ size: 2 });
    expect([1, 2, 1, 3, 1, 2].map(ask)).toEqual([false, false, true, false, true, false]);
    expect([cache.size, cache.hitCount, cache.missCount]).toEqual([2, 2, 4]);
  });
});

/** A cached entry that takes 10 ms to fetch. */
function cacheWorld(cache: object, miss: object[] = [{ wait: '10ms' }]): World {
  return new World(
    apiModel({
      server: { kind: 'thread-pool', interpreter_lock: false },
      caches: { entries: cache },
      routes: { 'GET /': [{ cache: 'entries', miss }, { respond: { bytes: 1 } }] },
    }),
  );
}

describe('requests that ask a cache', () => {
  it('fetch what is missing, and find it afterwards', () => {
    const world = cacheWorld({ ttl: '1s' })
      .send(0, 'miss')
      .send(20, 'hit')
      .send(1010, 'stale')
      .send(1030, 'fresh');
    expect(world.run()).toEqual(['10 miss 200', '20 hit 200', '1020 stale 200', '1030 fresh 200']);
  });

  it('all fetch the same entry where nobody holds them back: a stampede', () => {
    const world = cacheWorld({}).send(0, 'a').send(5, 'b').send(9, 'c').send(11, 'd');
    expect(world.run()).toEqual(['10 a 200', '11 d 200', '15 b 200', '19 c 200']);
  });

  it('wait for the first of them with single_flight', () => {
    const world = cacheWorld({ single_flight: true }).send(0, 'a').send(5, 'b').send(9, 'c').send(11, 'd');
    expect(world.run()).toEqual(['10 b 200', '10 c 200', '10 a 200', '11 d 200']);
  });

  it('of which the next one fetches when the first failed', () => {
    const fails = [{ query: 'db', time: '10ms' }];
    const world = new World(
      apiModel(
        {
          server: { kind: 'thread-pool', interpreter_lock: false },
          pools: { db: { to: 'postgres', pool_size: 1, max_overflow: 0, pool_timeout: '5ms' } },
          caches: { entries: { single_flight: true } },
          routes: {
            'GET /': [{ cache: 'entries', miss: fails }],
            'GET /busy': [{ query: 'db', time: '7ms' }],
          },
        },
        { postgres: {} },
      ),
    );
    world.send(0, 'busy', { path: '/busy' }).send(1, 'fails').send(2, 'waits').run();
    // `fails` gives up at 6; `waits` then asks for a connection itself, gets it at 7, and has its answer at 17.
    expect(world.lines).toEqual(['6 fails 500', '7 busy 200', '17 waits 200']);
  });
});
