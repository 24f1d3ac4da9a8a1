import { describe, expect, it } from 'vitest';
import { apiModel, World } from './world.js';

/** One worker, no framework overhead; every request waits for 10 ms, `/long` for 10 s. */
const worker = {
  server: { kind: 'worker-processes', workers: 1 },
  routes: { 'GET /': [{ wait: '10ms' }], 'GET /long': [{ wait: '10s' }] },
};
const threads = { ...worker, server: { kind: 'thread-pool', threads: 100 } };

describe('an instance that dies', () => {
  it('resets the requests on it, refuses those that come, and stays down without a restart policy', () => {
    const world = new World(apiModel(threads));
    world.send(0, 'working').send(5, 'too').send(7, 'refused').send(60_000, 'much later');
    world.at(6, () => world.instance('api-1').kill());
    expect(world.run()).toEqual([
      '6 working reset',
      '6 too reset',
      '7 refused refused',
      '60000 much later refused',
    ]);
    expect(world.sink.servedLines).toEqual(['0 6 0', '0 1 0']);
  });

  it('resets a request that was on its way over a connection that stood', () => {
    const world = new World(apiModel(threads, { latency: { 'client-api': '4ms' } }));
    world.send(0, 'first').send(100, 'on its way', { connectionOf: 'first' });
    world.at(102, () => world.instance('api-1').kill());
    expect(world.run()).toEqual(['26 first 200', '108 on its way reset']);
  });

  it('resets a request on a connection of an earlier life', () => {
    const world = new World(apiModel({ ...threads, start_time: '0ms' }));
    const instance = world.instance('api-1');
    world.at(100, () => instance.kill()).at(200, () => instance.start());
    world.send(0, 'first').send(300, 'stale', { connectionOf: 'first' }).send(300, 'new');
    expect(world.run()).toEqual(['10 first 200', '300 stale reset', '310 new 200']);
  });

  it('listens again when it has started: after its start_time', () => {
    const world = new World(apiModel({ ...threads, start_time: '2s' }));
    const instance = world.instance('api-1');
    world.at(100, () => instance.kill()).at(1000, () => instance.start());
    world.send(2999, 'early').send(3001, 'late');
    expect(world.run()).toEqual(['2999 early refused', '3011 late 200']);
  });

  it('starts once, however often it is asked to, and not at all when it is stopped meanwhile', () => {
    const world = new World(apiModel({ ...threads, start_time: '1s', restart: 'always' }));
    const instance = world.instance('api-1');
    const start = () => instance.start();
    world
      .at(0, () => instance.kill()) // its policy starts it at 100 ms
      .at(50, start)
      .at(500, start)
      .at(2000, () => instance.stop())
      .at(2100, start)
      .at(2600, () => instance.stop());
    world.send(1040, 'early').send(1051, 'up').send(1060, 'long', { path: '/long' }).send(3500, 'stopped');
    expect(world.run()).toEqual([
      '1040 early refused',
      '1061 up 200',
      '2000 long reset',
      '3500 stopped refused',
    ]);
  });

  it('is restarted by its policy after 100, 200, 400 ms, ..., and after 100 ms again when it lived for 10 s', () => {
    const world = new World(apiModel({ ...threads, restart: 'always', start_time: '0ms' }));
    const instance = world.instance('api-1');
    const kill = () => instance.kill();
    world.at(20_000, kill).at(20_500, kill).at(21_000, kill).at(40_000, kill);
    const probes = [20_099, 20_101, 20_699, 20_701, 21_399, 21_401, 40_099, 40_101];
    for (const atMs of probes) world.at(atMs, () => world.log(instance.up ? 'up' : 'down'));
    expect(world.run()).toEqual([
      '20099 down',
      '20101 up',
      '20699 down',
      '20701 up',
      '21399 down',
      '21401 up',
      '40099 down',
      '40101 up',
    ]);
  });

  it('is not restarted when it was stopped by hand, until it is started by hand', () => {
    const world = new World(apiModel({ ...threads, restart: 'always', start_time: '0ms' }));
    const instance = world.instance('api-1');
    world.at(0, () => instance.stop()).send(30_000, 'down');
    world.at(31_000, () => instance.start()).send(32_000, 'up');
    expect(world.run()).toEqual(['30000 down refused', '32010 up 200']);
  });

  it('tells those who hold connections to it, and starts a new life', () => {
    const world = new World(apiModel(threads));
    const instance = world.instance('api-1');
    let lost = 0;
    instance.whenLost(() => {
      lost += 1;
    });
    world.at(1, () => instance.kill()).at(2, () => instance.kill());
    world.run();
    expect([lost, instance.epoch, instance.memoryBytes]).toEqual([1, 1, 0]);
  });

  it('does nothing more for a request whose steps return to a later life', () => {
    const world = new World(apiModel({ ...threads, start_time: '0ms' }));
    const instance = world.instance('api-1');
    world.send(0, 'dead', { path: '/long' });
    world.at(1, () => instance.kill()).at(2, () => instance.start());
    world.send(3, 'alive');
    expect(world.run()).toEqual(['1 dead reset', '13 alive 200']);
    expect(instance.inFlight).toBe(0);
  });
});

describe('memory', () => {
  it('is a base, and so much per request and connection, and what requests allocate', () => {
    const memory = { base: '100m', per_connection: '1m', per_request: '10m' };
    const routes = { 'GET /': [{ allocate: '5m' }, { wait: '10ms' }] };
    const world = new World(apiModel({ ...threads, memory, routes }));
    const instance = world.instance('api-1');
    world.send(0, 'a').send(2, 'b');
    for (const atMs of [1, 3, 11, 20]) world.at(atMs, () => world.log(`${instance.memoryBytes / 2 ** 20}`));
    const sizes = world.run().filter((line) => line.split(' ').length === 2);
    // A connection that is kept stays open when its request has been answered.
    expect(sizes).toEqual(['1 116', '3 132', '11 117', '20 102']);
  });

  it('and CPU are told with their limits, so that a report can say why an instance died', () => {
    const readings = (change: object) =>
      Object.fromEntries(
        new World(
          apiModel({ ...threads, memory: { base: '100m', per_request: '50m' }, ...change }),
        ).sink.gauges
          .filter(({ place }) => place === 'api-1')
          .map(({ name, read }) => [name, read()]),
      );
    const limited = readings({ cpus: 0.5, mem_limit: '128m' });
    expect(limited).toMatchObject({
      memory_bytes: 100 * 2 ** 20,
      memory_bytes_max: 128 * 2 ** 20,
      cpus_max: 0.5,
    });
    expect(limited).toMatchObject({ cpu_seconds: 0, throttled_seconds: 0, out_of_memory_total: 0 });
    const free = Object.keys(readings({}));
    for (const limit of ['cpus_max', 'memory_bytes_max', 'throttled_seconds'])
      expect(free).not.toContain(limit);
  });

  it('beyond its limit gets the instance killed', () => {
    const memory = { base: '100m', per_request: '10m' };
    const world = new World(
      apiModel({ ...threads, memory, mem_limit: '125m', restart: 'always', start_time: '0ms' }),
    );
    world.send(0, 'a').send(1, 'b').send(2, 'c').send(50, 'down').send(200, 'up');
    expect(world.run()).toEqual(['2 a reset', '2 b reset', '2 c reset', '50 down refused', '210 up 200']);
    expect(world.instance('api-1').outOfMemoryCount).toBe(1);
  });
});

describe('a full listen backlog', () => {
  it('drops SYNs, which come again after 1, 3 and 7 s', () => {
    const routes = { 'GET /': [{ wait: '2.5s' }] };
    const world = new World(
      apiModel({ ...worker, server: { kind: 'worker-processes', workers: 1, backlog: 1 }, routes }),
    );
    for (const name of ['served', 'waits', 'first', 'second']) world.send(0, name);
    // Room is made at 2.5, 5, 7.5 s. At 1 s there is none; at 3 s for one of two; at 7 s for the other.
    expect(world.run()).toEqual(['2500 served 200', '5000 waits 200', '7500 first 200', '10000 second 200']);
    expect(world.instance('api-1').droppedCount).toBe(5);
  });

  it('takes back nobody who gave up meanwhile', () => {
    const routes = { 'GET /': [{ wait: '2.5s' }] };
    const world = new World(
      apiModel({ ...worker, server: { kind: 'worker-processes', workers: 1, backlog: 1 }, routes }),
    );
    world.send(0, 'served').send(0, 'waits').send(0, 'gone', { abandonAfterMs: 2000 });
    expect(world.run()).toEqual(['2500 served 200', '5000 waits 200']);
  });
});

describe('abandoned work', () => {
  it('goes on: the worker is busy for as long as if somebody waited', () => {
    const world = new World(apiModel({ ...worker, routes: { 'GET /': [{ wait: '1s' }] } }));
    world.send(0, 'gone', { abandonAfterMs: 100 }).send(200, 'next');
    expect(world.run()).toEqual(['2000 next 200']);
    expect(world.sink.servedLines).toHaveLength(2);
    expect(world.instance('api-1').inFlight).toBe(0);
  });
});
