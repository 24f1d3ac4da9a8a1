import { describe, expect, it } from 'vitest';
import type { Rotation } from '../../../src/model/failure.js';
import type { Instance } from '../../../src/model/instance.js';
import { apiModel, World } from '../world.js';
import { strike } from './strike.js';

/** Writes what is asked of the balancer among the lines of its world. */
class LoggedRotation implements Rotation {
  readonly hosts = new Set<Instance>();

  constructor(private readonly world: World) {
    for (const instance of world.builder.instances) this.hosts.add(instance);
  }

  has(instance: Instance): boolean {
    return this.hosts.has(instance);
  }

  join(instance: Instance): void {
    this.hosts.add(instance);
    this.world.log(`join ${instance.name}`);
  }

  leave(instance: Instance): void {
    this.hosts.delete(instance);
    this.world.log(`leave ${instance.name}`);
  }

  takeOut(instance: Instance): void {
    this.world.log(`out ${instance.name}`);
  }

  bringBack(instance: Instance): void {
    this.world.log(`back ${instance.name}`);
  }

  change(instance: Instance, parameters: unknown): void {
    this.world.log(`change ${instance.name} ${JSON.stringify(parameters)}`);
  }

  requestsOn(): number {
    return 0;
  }
}

const service = {
  replicas: 2,
  server: { kind: 'thread-pool', interpreter_lock: false },
  start_time: '1s',
  routes: { 'GET /': [{ wait: '10ms' }], 'GET /slow': [{ wait: '500ms' }] },
};

function newWorld() {
  const world = new World(apiModel(service, { cores: 4 }));
  return { world, rotation: new LoggedRotation(world) };
}

describe('add', () => {
  it('starts instances that join in order when they listen', () => {
    const { world, rotation } = newWorld();
    strike(world, { add: { service: 'api', replicas: 2 } }, 100, { rotation });
    world.send(50, 'unknown', { to: 'api-3' }).send(150, 'starting', { to: 'api-3' });
    world.send(1101, 'up', { to: 'api-4' });
    expect(world.run()).toEqual([
      '50 unknown refused',
      '150 starting refused',
      '1100 join api-3',
      '1100 join api-4',
      '1111 up 200',
    ]);
  });

  it('tells the balancer at once where it is told to', () => {
    const { world, rotation } = newWorld();
    strike(world, { add: { service: 'api' }, join: 'at-once' }, 100, { rotation });
    expect(world.run()).toEqual(['100 join api-3']);
  });

  it('keeps its instances out of the gauges until then', () => {
    const { world } = newWorld();
    strike(world, { add: { service: 'api' } }, 100);
    const places = () => world.sink.gauges.map((gauge) => gauge.place).includes('api-3');
    world.run(99);
    expect(places()).toBe(false);
    world.run(100);
    expect(places()).toBe(true);
  });
});

describe('remove', () => {
  it('stops the process when its requests are done: it looks every 100 ms', () => {
    const { world, rotation } = newWorld();
    world.send(90, 'under way', { path: '/slow' });
    strike(world, { remove: 'api-1' }, 100, { rotation });
    world.send(595, 'still up').send(701, 'stopped');
    expect(world.run()).toEqual([
      '100 leave api-1',
      '590 under way 200',
      '605 still up 200',
      '701 stopped refused',
    ]);
  });

  it('waits no longer than it may', () => {
    const { world, rotation } = newWorld();
    world.send(90, 'under way', { path: '/slow' });
    strike(world, { remove: 'api-1', drain: '250ms' }, 100, { rotation });
    expect(world.run()).toEqual(['100 leave api-1', '350 under way reset']);
  });
});

describe('change', () => {
  it('hands the parameters on, for all instances of a service', () => {
    const { world, rotation } = newWorld();
    strike(world, { change: 'api', weight: 3 }, 100, { rotation });
    expect(world.run()).toEqual(['100 change api-1 {"weight":3}', '100 change api-2 {"weight":3}']);
  });
});

describe('rolling-update', () => {
  it('replaces one after the other, drained', () => {
    const { world, rotation } = newWorld();
    world.send(90, 'under way', { path: '/slow' });
    strike(world, { 'rolling-update': 'api' }, 100, { rotation });
    expect(world.run()).toEqual([
      '100 out api-1',
      '590 under way 200',
      '1600 back api-1',
      '1600 out api-2',
      '2600 back api-2',
    ]);
  });

  it('waits between batches', () => {
    const { world, rotation } = newWorld();
    strike(world, { 'rolling-update': 'api', delay: '5s' }, 0, { rotation });
    expect(world.run()).toEqual(['0 out api-1', '1000 back api-1', '6000 out api-2', '7000 back api-2']);
  });

  it('replaces a batch at the same time', () => {
    const { world, rotation } = newWorld();
    strike(world, { 'rolling-update': 'api', batch: 2 }, 0, { rotation });
    expect(world.run()).toEqual(['0 out api-1', '0 out api-2', '1000 back api-1', '1000 back api-2']);
  });

  it('the naive way cuts what is under way, and tells the balancer nothing', () => {
    const { world, rotation } = newWorld();
    world.send(90, 'under way', { path: '/slow' });
    strike(world, { 'rolling-update': 'api', take_out: 'never' }, 100, { rotation });
    world.send(1000, 'down').send(1101, 'up').send(1200, 'next', { to: 'api-2' });
    expect(world.run()).toEqual([
      '100 under way reset',
      '1000 down refused',
      '1111 up 200',
      '1200 next refused',
    ]);
  });

  it('leaves alone what was removed before', () => {
    const { world, rotation } = newWorld();
    strike(world, { remove: 'api-1' }, 0, { rotation });
    strike(world, { 'rolling-update': 'api' }, 10, { rotation });
    expect(world.run()).toEqual(['0 leave api-1', '10 out api-2', '1010 back api-2']);
  });
});
