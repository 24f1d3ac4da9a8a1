import { describe, expect, it } from 'vitest';
import { poolSize } from '../../src/model/load-generator.js';
import type { VirtualUser } from '../../src/model/virtual-user.js';
import { loadWorld, type ScenarioText } from './load-fixture.js';

const MS = 1e6;
const S = 1e9;
const GET = [{ get: '/' }];

function run(...args: Parameters<typeof loadWorld>) {
  const world = loadWorld(...args);
  world.simulation.run();
  return world;
}

/** Ids of the users whose requests arrived, in order. */
function users(world: ReturnType<typeof loadWorld>): number[] {
  return world.station.accepted.map(({ exchange }) => {
    const call = exchange.context as { owner: VirtualUser };
    return call.owner.id;
  });
}

describe('constant-vus', () => {
  const scenario: ScenarioText = { executor: 'constant-vus', vus: 3, duration: '1s', iteration: GET };

  it('loops without pause until its end; an iteration that ends then is the last', () => {
    const world = run({ scenarios: [scenario], behave: () => 250 * MS });
    expect(world.sink.iterations).toHaveLength(3 * 4);
    expect(world.load.endNs).toBe(1 * S);
    expect(users(world).slice(0, 6)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('lets the last iterations end, and ends with them, not with the graceful stop', () => {
    const world = run({ scenarios: [scenario], behave: () => 800 * MS });
    expect(world.load.endNs).toBe(1.6 * S);
    expect(world.sink.iterations).toHaveLength(6);
  });

  it('does not hang where nothing takes time: an iteration takes a microsecond at least', () => {
    const world = run({ scenarios: [{ executor: 'per-vu-iterations', iterations: 1000, iteration: GET }] });
    expect(world.sink.iterations).toHaveLength(1000);
    expect(world.sink.iterations.every(({ durationNs }) => durationNs === 0)).toBe(true);
    expect(world.load.endNs).toBe(1 * MS);
  });

  it('idles for the rest of minIterationDuration, which is not in iteration_duration', () => {
    const load = { minIterationDurationNs: 400 * MS };
    const world = run({ scenarios: [{ ...scenario, vus: 1 }], behave: () => 100 * MS, load });
    expect(world.sink.iterations.map(({ endNs }) => endNs / MS)).toEqual([100, 500, 900]);
    expect(world.sink.iterations[0]!.durationNs).toBe(100 * MS);
    expect(world.load.endNs).toBe(1.2 * S);
  });
});

describe('ramping-vus', () => {
  it('starts and stops slots on the line', () => {
    const world = run({
      scenarios: [
        {
          executor: 'ramping-vus',
          startVUs: 0,
          stages: [
            { duration: '2s', target: 2 },
            { duration: '2s', target: 0 },
          ],
          iteration: GET,
        },
      ],
      behave: () => 300 * MS,
    });
    const starts = world.station.accepted.map(({ atNs }) => atNs / MS);
    // Slot 0 from 1 s to 4 s, slot 1 from 2 s to 3 s; what starts before the stop is finished.
    expect(starts).toEqual([
      1000, 1300, 1600, 1900, 2000, 2200, 2300, 2500, 2600, 2800, 2900, 3100, 3400, 3700,
    ]);
    expect(world.load.endNs).toBe(4 * S);
  });

  it('keeps the user of a slot that is wanted again before its iteration is over', () => {
    const world = run({
      scenarios: [
        {
          executor: 'ramping-vus',
          startVUs: 2,
          stages: [
            { duration: '1s', target: 2 },
            { duration: '0s', target: 1 },
            { duration: '500ms', target: 1 },
            { duration: '0s', target: 2 },
            { duration: '1s', target: 2 },
          ],
          iteration: GET,
        },
      ],
      behave: () => 900 * MS,
    });
    // Both start at 0 and 0.9 s. Slot 1 stops at 1 s and is wanted again at 1.5 s, before 1.8 s: it goes on as if nothing was.
    expect(world.station.accepted.map(({ atNs }) => atNs / MS)).toEqual([0, 0, 900, 900, 1800, 1800]);
    expect(users(world)).toEqual([1, 2, 1, 2, 1, 2]);
  });

  it('takes users from the head of one queue and gives them back to its tail', () => {
    const stages = [
      { duration: '0s', target: 3 },
      { duration: '1s', target: 3 },
      { duration: '0s', target: 1 },
      { duration: '1s', target: 1 },
      { duration: '0s', target: 3 },
      { duration: '1s', target: 3 },
    ];
    const world = run({
      scenarios: [{ executor: 'ramping-vus', startVUs: 0, stages, iteration: GET }],
      behave: () => 400 * MS,
    });
    // Users 2 and 3 come home at 1.2 s, in this order, and leave again at 2 s in the same.
    expect(users(world).slice(0, 9)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(world.station.accepted.filter(({ atNs }) => atNs === 2 * S)).toHaveLength(3);
  });

  it('is over with its last step, not with trailing stages at 0', () => {
    const stages = [
      { duration: '1s', target: 0 },
      { duration: '5s', target: 0 },
    ];
    const world = run({
      scenarios: [{ executor: 'ramping-vus', stages, iteration: GET }],
      behave: () => 100 * MS,
    });
    expect(world.load.endNs).toBe(1 * S);
  });

  it('interrupts at once without graceful periods', () => {
    const world = run({
      scenarios: [
        {
          executor: 'ramping-vus',
          startVUs: 2,
          stages: [{ duration: '2s', target: 0 }],
          gracefulRampDown: '0s',
          gracefulStop: '0s',
          iteration: GET,
        },
      ],
      behave: () => 60 * S,
    });
    expect(world.station.abandonedAtNs).toEqual([1 * S, 2 * S]);
    expect(world.sink.interrupted).toBe(2);
    expect(world.load.endNs).toBe(2 * S);
  });
});

describe('shared-iterations and per-vu-iterations', () => {
  it('share tickets: whoever is free takes the next', () => {
    const world = run({
      scenarios: [{ executor: 'shared-iterations', vus: 2, iterations: 5, iteration: GET }],
      behave: (_exchange, index) => (index === 0 ? 1 * S : 100 * MS),
    });
    expect(users(world)).toEqual([1, 2, 2, 2, 2]);
    expect(world.load.endNs).toBe(1 * S);
    expect(world.sink.dropped).toBe(0);
  });

  it('drop what is left at maxDuration, at once for all or by each user', () => {
    const common = { vus: 2, maxDuration: '1s', gracefulStop: '100ms', iteration: GET };
    const behave = (_exchange: unknown, index: number) => (index === 2 ? 5 * S : 600 * MS);
    const shared = run({
      scenarios: [{ ...common, executor: 'shared-iterations', iterations: 10 }],
      behave,
    });
    // Tickets 1 and 2 at 0 s, 3 and 4 at 0.6 s; both are interrupted at 1.1 s.
    expect(shared.sink.droppedAtNs).toEqual([1.1 * S]);
    expect(shared.sink.dropped).toBe(6);
    expect(shared.sink.interrupted).toBe(2);
    const perVu = run({ scenarios: [{ ...common, executor: 'per-vu-iterations', iterations: 10 }], behave });
    expect(perVu.sink.dropped).toBe(16);
    expect(perVu.sink.droppedAtNs).toEqual([1.1 * S, 1.1 * S]);
  });
});

describe('arrival rates', () => {
  const scenario: ScenarioText = {
    executor: 'constant-arrival-rate',
    rate: 10,
    duration: '1s',
    preAllocatedVUs: 4,
    iteration: GET,
  };

  it('start by the clock, with the user that was idle for longest', () => {
    const world = run({ scenarios: [scenario], behave: () => 50 * MS });
    expect(world.station.accepted.map(({ atNs }) => atNs / MS)).toEqual([
      0, 100, 200, 300, 400, 500, 600, 700, 800, 900,
    ]);
    expect(users(world)).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 1, 2]);
    expect(world.load.endNs).toBe(1 * S);
  });

  it('find the user that becomes free at that very instant', () => {
    const world = run({ scenarios: [{ ...scenario, preAllocatedVUs: 1 }], behave: () => 100 * MS });
    expect(world.sink.dropped).toBe(0);
  });

  it('count users as active only while they run', () => {
    const world = loadWorld({ scenarios: [scenario], behave: () => 50 * MS });
    world.simulation.run(120 * MS);
    expect([world.load.vus, world.load.vusMax]).toEqual([1, 4]);
    world.simulation.run(180 * MS);
    expect(world.load.vus).toBe(0);
  });

  it('interrupt after the graceful stop', () => {
    const world = run({ scenarios: [{ ...scenario, gracefulStop: '500ms' }], behave: () => 60 * S });
    expect(world.sink.interrupted).toBe(4);
    expect(world.sink.dropped).toBe(6);
    expect(world.load.endNs).toBe(1.5 * S);
  });

  it('see the same keys whatever the system does', () => {
    const keys = (behave: () => number, preAllocatedVUs: number) => {
      const world = run({ scenarios: [{ ...scenario, preAllocatedVUs }], behave });
      return new Map(world.station.accepted.map(({ atNs, exchange }) => [atNs, exchange.keyHigh]));
    };
    const fast = keys(() => 50 * MS, 4);
    const slow = keys(() => 350 * MS, 2);
    expect(slow.size).toBeLessThan(fast.size);
    for (const [atNs, key] of slow) expect(key).toBe(fast.get(atNs));
    expect(new Set(fast.values()).size).toBe(10);
  });
});

describe('scenarios', () => {
  const first: ScenarioText = {
    executor: 'constant-vus',
    name: 'first',
    vus: 3,
    duration: '1s',
    gracefulStop: '1s',
    iteration: GET,
  };

  it('share users if they cannot overlap', () => {
    const later = (startTime: string): ScenarioText => ({ ...first, name: 'second', vus: 2, startTime });
    const behave = () => 300 * MS;
    const apart = run({ scenarios: [first, later('2s')], behave });
    expect(apart.load.vusMax).toBe(3);
    expect(run({ scenarios: [first, later('1999ms')], behave }).load.vusMax).toBe(5);
    expect(apart.load.endNs).toBe(3.2 * S);
    // The second takes who came home first; the iteration counter goes on.
    expect(apart.sink.iterations.map(({ scenario }) => scenario)).toEqual([
      ...Array.from({ length: 12 }, () => 'first'),
      ...Array.from({ length: 8 }, () => 'second'),
    ]);
  });

  it('end before others start at one instant', () => {
    // The first is interrupted at 2 s, when the second needs its users.
    const second: ScenarioText = { ...first, name: 'a-second', startTime: '2s' };
    const world = run({ scenarios: [second, first], behave: () => 5 * S });
    expect(world.load.vusMax).toBe(3);
    expect(world.sink.interrupted).toBe(6);
    expect(users(world)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('draw from streams of their own name: another scenario changes nobody else', () => {
    const iteration = [{ get: '/' }, { sleep: { exponential: '100ms' } }];
    const own: ScenarioText = { executor: 'per-vu-iterations', name: 'own', iterations: 5, iteration };
    const alone = run({ scenarios: [own] });
    const together = run({ scenarios: [{ ...own, name: 'other' }, own] });
    const ends = (world: typeof alone) =>
      world.sink.iterations.filter(({ scenario }) => scenario === 'own').map(({ endNs }) => endNs);
    expect(ends(together)).toEqual(ends(alone));
    expect(ends(run({ scenarios: [own], seed: 'another' }))).not.toEqual(ends(alone));
  });
});

describe('poolSize', () => {
  it('adds what overlaps, planned and unplanned', () => {
    const options = { preAllocatedVUs: 2, maxVUs: 5, rate: 1, timeUnit: S, duration: S, gracefulStop: 0 };
    const open = (startTime: number) => ({
      executor: 'constant-arrival-rate',
      options: { ...options, startTime },
    });
    expect(poolSize([open(0)])).toEqual({ plannedVus: 2, unplannedVusMax: 3 });
    expect(poolSize([open(0), open(0.5 * S)])).toEqual({ plannedVus: 4, unplannedVusMax: 6 });
    expect(poolSize([open(0), open(1 * S)])).toEqual({ plannedVus: 2, unplannedVusMax: 3 });
  });
});

describe('addresses', () => {
  it('go round by the id of the user', () => {
    const scenarios: ScenarioText[] = [{ executor: 'per-vu-iterations', vus: 3, iteration: GET }];
    const world = run({ scenarios, load: { addresses: ['10.0.0.1', '10.0.0.2'] } });
    const seen = world.station.accepted.map(({ exchange }) => exchange.clientAddress);
    expect(seen).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.1']);
    const plain = run({ scenarios });
    expect(plain.station.accepted[0]!.exchange.clientAddress).toBe('127.0.0.1');
  });
});
