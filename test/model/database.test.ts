import { describe, expect, it } from 'vitest';
import { apiModel, World } from './world.js';

function databaseWorld(postgres: object, query: object): World {
  return new World(
    apiModel(
      {
        server: { kind: 'thread-pool', interpreter_lock: false },
        pools: { db: { to: 'postgres', pool_size: 50 } },
        routes: { 'GET /': [{ query: 'db', ...query }] },
      },
      { postgres },
    ),
  );
}

describe('a database', () => {
  it('lets queries wait side by side: time without CPU is nobody else’s', () => {
    const world = databaseWorld({}, { time: '10ms' });
    for (const name of ['a', 'b', 'c']) world.send(0, name);
    expect(world.run()).toEqual(['10 a 200', '10 b 200', '10 c 200']);
  });

  it('shares its host among queries that compute', () => {
    const world = databaseWorld({}, { cpu: '10ms' }).send(0, 'a').send(0, 'b');
    expect(world.run()).toEqual(['20 a 200', '20 b 200']);
  });

  it('computes first, then waits', () => {
    const world = databaseWorld({}, { cpu: '10ms', time: '5ms' }).send(0, 'a').send(12, 'b');
    expect(world.run()).toEqual(['15 a 200', '27 b 200']);
  });

  it('counts what is under way', () => {
    const world = databaseWorld({}, { cpu: '1ms', time: '9ms' }).send(0, 'a').send(1, 'b');
    const database = world.builder.databases.get('postgres')!;
    for (const atMs of [0.5, 5, 10.5, 12]) world.at(atMs, () => world.log(`${database.activeCount} active`));
    expect(world.run().filter((line) => line.includes('active'))).toEqual([
      '0.5 1 active',
      '5 2 active',
      '10.5 1 active',
      '12 0 active',
    ]);
    expect(database.queryCount).toBe(2);
  });

  it('is under a quota like any other place', () => {
    const world = databaseWorld({ cpus: 0.25 }, { cpu: '50ms' }).send(0, 'a').run();
    const [atMs] = world[0]!.split(' ').map(Number);
    // 50 ms of CPU are two periods' quotas; where the periods begin is drawn: between 2 quotas and a freeze, and 3 periods.
    expect(atMs).toBeGreaterThanOrEqual(100);
    expect(atMs).toBeLessThanOrEqual(300);
  });
});
