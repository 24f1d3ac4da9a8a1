import { describe, expect, it } from 'vitest';
import { apiModel, World } from './world.js';

/** A service whose requests are one query each, 10 or 100 ms long. */
function poolWorld(limits: object, { maxConnections = 100, connect = '0ms', roundTrip = '0ms' } = {}): World {
  return new World(
    apiModel(
      {
        server: { kind: 'thread-pool', interpreter_lock: false },
        pools: { db: { to: 'postgres', ...limits } },
        routes: {
          'GET /': [{ query: 'db', time: '10ms', on_timeout: 503 }],
          'GET /long': [{ query: 'db', time: '100ms', on_timeout: 503 }],
        },
      },
      {
        postgres: { max_connections: maxConnections, connect_time: connect },
        latency: { 'api-postgres': roundTrip },
      },
    ),
  );
}

describe('a connection pool', () => {
  it('serves first come, first served: pool_size and max_overflow at once, the others in turn', () => {
    const world = poolWorld({ pool_size: 1, max_overflow: 1 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) world.send(0, name);
    expect(world.run()).toEqual(['10 a 200', '10 b 200', '20 c 200', '20 d 200', '30 e 200']);
  });

  it('keeps pool_size connections open, and closes what was opened beyond', () => {
    const world = poolWorld({ pool_size: 2, max_overflow: 3 });
    const database = world.builder.databases.get('postgres')!;
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) world.send(0, name);
    world.at(5, () => world.log(`${database.connectionCount} open`));
    world.at(50, () => world.log(`${database.connectionCount} open`));
    expect(world.run().filter((line) => line.endsWith('open'))).toEqual(['5 5 open', '50 2 open']);
  });

  it('opens connections lazily, each for what it costs, and uses them again', () => {
    const world = poolWorld({ pool_size: 5, max_overflow: 0 }, { connect: '3ms', roundTrip: '0.5ms' });
    world.send(0, 'first').send(100, 'second');
    // To connect: 3 ms and a round trip of 1 ms; every query has a round trip, too.
    expect(world.run()).toEqual(['15 first 200', '111 second 200']);
  });

  it('opens a connection for CPU of the database’s host and of its own', () => {
    const world = new World(
      apiModel(
        {
          server: { kind: 'thread-pool', interpreter_lock: false },
          pools: { db: { to: 'postgres', connect_cpu: '2ms' } },
          routes: { 'GET /': [{ query: 'db', time: '10ms' }] },
        },
        { postgres: { connect_cpu: '3ms' } },
      ),
    );
    expect(world.send(0, 'first').send(100, 'second').run()).toEqual(['15 first 200', '110 second 200']);
  });

  it('rolls a connection back before another gets it, and the thread computes on before that one', () => {
    const world = new World(
      apiModel(
        {
          server: { kind: 'thread-pool', interpreter_lock: true },
          pools: { db: { to: 'postgres', pool_size: 1, max_overflow: 0, rollback_cpu: '4ms' } },
          routes: { 'GET /': [{ query: 'db', time: '10ms', client_cpu: '3ms' }, { cpu: '2ms' }] },
        },
        { cores: 4, postgres: {} },
      ),
    );
    // 1 of the driver, 10, 1, a rollback of 4, 1, then 2 of the handler; the second gets the connection at 17, and the lock at 19.
    expect(world.send(0, 'first').send(0, 'second').run()).toEqual(['19 first 200', '38 second 200']);
  });

  it('refuses who has waited for pool_timeout, and serves the next', () => {
    const world = poolWorld({ pool_size: 1, max_overflow: 0, pool_timeout: '30ms' });
    world.send(0, 'long', { path: '/long' }).send(10, 'waits in vain').send(80, 'waits').run();
    expect(world.lines).toEqual(['40 waits in vain 503', '100 long 200', '110 waits 200']);
  });

  it('fails where the database has no connection left', () => {
    const world = poolWorld({ pool_size: 5, max_overflow: 10 }, { maxConnections: 2 });
    for (const name of ['a', 'b', 'c']) world.send(0, name);
    expect(world.run()).toEqual(['0 c 503', '10 a 200', '10 b 200']);
    expect(world.builder.databases.get('postgres')!.refusedCount).toBe(1);
  });

  it('gives its connections back to the database when its process dies, and works for its next life', () => {
    const world = poolWorld({ pool_size: 1, max_overflow: 1 });
    const database = world.builder.databases.get('postgres')!;
    const instance = world.instance('api-1');
    for (const name of ['a', 'b', 'waiting']) world.send(0, name);
    world.at(5, () => instance.kill());
    world.at(6, () => world.log(`${database.connectionCount} open`));
    world.at(6, () => instance.start());
    world.send(2000, 'later');
    expect(world.run()).toEqual(['5 a reset', '5 b reset', '5 waiting reset', '6 0 open', '2010 later 200']);
    expect(database.connectionCount).toBe(1);
  });
});
