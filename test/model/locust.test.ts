import { describe, expect, it } from 'vitest';
import { loadWorld, type ScenarioText } from './load-fixture.js';

const MS = 1e6;
const S = 1e9;

function run(scenario: Record<string, unknown>, options: Partial<Parameters<typeof loadWorld>[0]> = {}) {
  const iteration = [{ get: '/' }];
  const scenarios: ScenarioText[] = [{ executor: 'locust', iteration, ...scenario }];
  const world = loadWorld({ scenarios, ...options });
  world.simulation.run();
  return world;
}

/** When requests arrived, ms. */
function arrivals(world: ReturnType<typeof loadWorld>): number[] {
  return world.station.accepted.map(({ atNs }) => atNs / MS);
}

describe('wait_time of locust', () => {
  it('constant waits after each task, whatever it took', () => {
    const world = run({ run_time: '5s', wait_time: { constant: '1s' } }, { behave: () => 500 * MS });
    expect(arrivals(world)).toEqual([0, 1500, 3000, 4500]);
  });

  it('constant_pacing waits less after a longer task, and not at all after one that was too long', () => {
    const durations = [300, 1200, 100, 100];
    const behave = (_: unknown, index: number) => (durations[index] ?? 100) * MS;
    const world = run({ run_time: '4s', wait_time: { constant_pacing: '1s' } }, { behave });
    // The long one delays those behind it: each second is counted from the last start, not from the first.
    expect(arrivals(world)).toEqual([0, 1000, 2200, 3200]);
  });

  it('constant_throughput is constant_pacing the other way round', () => {
    const behave = () => 100 * MS;
    const pacing = run({ run_time: '9s', wait_time: { constant_pacing: '250ms' } }, { behave });
    const throughput = run({ run_time: '9s', wait_time: { constant_throughput: 4 } }, { behave });
    expect(arrivals(throughput)).toEqual(arrivals(pacing));
    expect(arrivals(pacing)).toHaveLength(36);
  });

  it('between draws every length alike, each user for itself', () => {
    const wait = { between: ['1s', '3s'] };
    const world = run({ users: 200, spawn_rate: 200, run_time: '60s', wait_time: wait });
    const gaps = world.sink.iterations.length / 200;
    // A user waits 2 s in the mean: 30 tasks in a minute, and one half more for the first. 200 users: +- 0.03 x 3.
    expect(Math.abs(gaps - 30.5)).toBeLessThan(0.15);
    const alone = run({ users: 1, run_time: '60s', wait_time: wait });
    const first = world.station.accepted.filter(({ exchange }) => {
      const { owner } = exchange.context as { owner: { slot: number } };
      return owner.slot === 0;
    });
    expect(first.map(({ atNs }) => atNs / MS)).toEqual(arrivals(alone));
  });

  it('is none without one', () => {
    const world = run({ run_time: '1s' }, { behave: () => 100 * MS });
    expect(arrivals(world)).toHaveLength(10);
  });
});

describe('users of locust', () => {
  it('are killed at the end, in their tasks: those are in no statistics', () => {
    const world = run({ users: 3, spawn_rate: 3, run_time: '1s' }, { behave: () => 400 * MS });
    expect(world.load.endNs).toBe(1 * S);
    expect(world.sink.samples).toHaveLength(6);
    expect(world.sink.interrupted).toBe(3);
    expect(world.station.abandonedAtNs).toEqual([1 * S, 1 * S, 1 * S]);
  });

  it('may finish their task within stop_timeout, but not their wait', () => {
    const behave = () => 400 * MS;
    const busy = run({ users: 2, spawn_rate: 2, run_time: '1s', stop_timeout: '10s' }, { behave });
    expect(busy.load.endNs).toBe(1.2 * S);
    expect(busy.sink.samples).toHaveLength(6);
    const waiting = run(
      { users: 2, spawn_rate: 2, run_time: '1s', stop_timeout: '10s', wait_time: { constant: '1h' } },
      { behave },
    );
    expect(waiting.load.endNs).toBe(1 * S);
    expect(waiting.sink.samples).toHaveLength(2);
  });

  it('are new users each time: none has the connections of another', () => {
    const stages = [
      { duration: '2s', users: 1, spawn_rate: 1 },
      { duration: '4s', users: 0, spawn_rate: 1 },
      { duration: '6s', users: 1, spawn_rate: 1 },
    ];
    const world = run({ stages, wait_time: { constant: '500ms' } }, { behave: () => 1 * MS });
    expect(world.load.endNs).toBe(6 * S);
    expect(world.station.accepted).toHaveLength(8);
    expect(world.station.connectCount).toBe(2);
  });

  it('send nothing again where a kept connection dies', () => {
    const behave = (_: unknown, index: number) =>
      index === 1 ? (exchange: { breakOff(failure: 2): void }) => exchange.breakOff(2) : 10 * MS;
    const world = run({ run_time: '1s', wait_time: { constant: '300ms' } }, { behave });
    expect(world.sink.samples.map(({ failed }) => failed)).toEqual([false, true, false, false]);
  });
});
