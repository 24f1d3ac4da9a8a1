import { describe, expect, it } from 'vitest';
import { apiModel, World } from '../world.js';
import { strike } from './strike.js';

const service = {
  replicas: 2,
  server: { kind: 'thread-pool', interpreter_lock: false },
  start_time: '1s',
  pools: { db: { to: 'postgres' } },
  routes: { 'GET /': [{ cpu: '10ms' }], 'GET /db': [{ query: 'db', time: '10ms' }] },
};

const newWorld = () => new World(apiModel(service, { cores: 4, postgres: {} }));

describe('failures', () => {
  it('kill and start one instance, and not the other', () => {
    const world = newWorld();
    strike(world, { kill: 'api-1' }, 100);
    strike(world, { start: 'api-1' }, 200);
    world.send(99, 'killed').send(150, 'down').send(150, 'other', { to: 'api-2' }).send(1201, 'up');
    expect(world.run()).toEqual(['100 killed reset', '150 down refused', '160 other 200', '1211 up 200']);
  });

  it('stop a whole service', () => {
    const world = newWorld();
    strike(world, { stop: 'api' }, 100);
    world.send(150, 'one').send(150, 'two', { to: 'api-2' });
    expect(world.run()).toEqual(['150 one refused', '150 two refused']);
  });

  it('slow an instance down for a while: what it computes, then and there', () => {
    const world = newWorld();
    strike(world, { slow: 'api-1', factor: 5 }, 100, { toMs: 200 });
    world
      .send(0, 'before')
      .send(110, 'slow')
      .send(110, 'other', { to: 'api-2' })
      .send(195, 'half')
      .send(300, 'after');
    // `half` does 1 ms of its work in the 5 ms before the end, 9 ms after it.
    expect(world.run()).toEqual([
      '10 before 200',
      '120 other 200',
      '160 slow 200',
      '209 half 200',
      '310 after 200',
    ]);
  });

  it('slow a database down for a while: queries that begin then', () => {
    const world = newWorld();
    strike(world, { slow: 'postgres', factor: 3 }, 100, { toMs: 200 });
    for (const atMs of [0, 150, 250]) world.send(atMs, 'query', { path: '/db' });
    expect(world.run()).toEqual(['10 query 200', '180 query 200', '260 query 200']);
  });

  it('answer with an error for a while, at once', () => {
    const world = newWorld();
    strike(world, { error: 'api-1', status: 503 }, 100, { toMs: 200 });
    for (const atMs of [0, 150, 250]) world.send(atMs, 'a');
    expect(world.run()).toEqual(['10 a 200', '150 a 503', '260 a 200']);
  });

  it('answer with an error as often as the rate says', () => {
    const world = newWorld();
    strike(world, { error: 'api-1', rate: '20%' }, 0, { toMs: 1e6 });
    const count = 5000;
    for (let index = 0; index < count; index += 1) world.send(1 + index * 20, 'a');
    const errors = world.run().filter((line) => line.endsWith('500')).length;
    // Four standard deviations of a binomial: sqrt(0.2 * 0.8 / 5000) = 0.0057.
    expect(Math.abs(errors / count - 0.2)).toBeLessThan(4 * 0.0057);
  });
});
