import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/kernel/invariant.js';
import { Simulation } from '../../src/kernel/loop.js';
import { NEVER } from '../../src/kernel/time.js';
import { handlerOf, Log } from './log.js';

describe('the run loop', () => {
  it('fires events in the order of time, equal ones in the order they were scheduled', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    for (const [atNs, name] of [
      [20, 'c'],
      [10, 'a'],
      [20, 'd'],
      [10, 'b'],
    ] as const)
      simulation.schedule(atNs, log, 0, name);
    simulation.run();
    expect(log.lines).toEqual(['10 a', '10 b', '20 c', '20 d']);
    expect(simulation.eventCount).toBe(4);
  });

  it('orders timers and events by one sequence: whoever was set first fires first', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    const early = simulation.createTimer(log, 0, 'timer armed first');
    const late = simulation.createTimer(log, 0, 'timer armed last');
    simulation.armTimer(early, 10);
    simulation.schedule(10, log, 0, 'event');
    simulation.armTimer(late, 10);
    simulation.run();
    expect(log.lines).toEqual(['10 timer armed first', '10 event', '10 timer armed last']);
  });

  it('gives a timer that is armed again a new place among equals', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    const timer = simulation.createTimer(log, 0, 'timer');
    simulation.armTimer(timer, 10);
    simulation.schedule(10, log, 0, 'event');
    simulation.armTimer(timer, 10);
    simulation.run();
    expect(log.lines).toEqual(['10 event', '10 timer']);
  });

  it('rings a timer once, moves it, and takes it back', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    const moved = simulation.createTimer(log, 0, 'moved');
    const taken = simulation.createTimer(log, 0, 'taken back');
    const never = simulation.createTimer(log, 0, 'never');
    simulation.armTimer(moved, 50);
    simulation.armTimer(moved, 30);
    simulation.armTimer(taken, 20);
    simulation.disarmTimer(taken);
    simulation.armTimer(never, 20);
    simulation.armTimer(never, NEVER);
    expect([moved, taken, never].map((timer) => simulation.timerTime(timer))).toEqual([30, NEVER, NEVER]);
    simulation.run();
    expect(log.lines).toEqual(['30 moved']);
    expect(simulation.timerTime(moved)).toBe(NEVER);
  });

  it('runs up to and including a time, stands there, and goes on', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    for (const atNs of [10, 20, 30]) simulation.schedule(atNs, log, 0, 'event');
    simulation.run(20);
    expect([log.lines.length, simulation.nowNs]).toEqual([2, 20]);
    simulation.run(25);
    expect([log.lines.length, simulation.nowNs]).toEqual([2, 25]);
    simulation.run();
    expect([log.lines.length, simulation.nowNs]).toEqual([3, 30]);
  });

  it('ends after the current event when told to stop, at the time of that event', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    simulation.schedule(
      10,
      handlerOf(() => simulation.stop()),
      0,
    );
    simulation.schedule(10, log, 0, 'after');
    simulation.run(100);
    expect([log.lines, simulation.nowNs]).toEqual([[], 10]);
    simulation.run(100);
    expect([log.lines, simulation.nowNs]).toEqual([['10 after'], 100]);
  });

  it('fires what an event schedules for the same instant after what was there before', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    simulation.schedule(
      10,
      handlerOf(() => simulation.after(0, log, 0, 'child')),
      0,
    );
    simulation.schedule(10, log, 0, 'sibling');
    simulation.run();
    expect(log.lines).toEqual(['10 sibling', '10 child']);
  });

  it('refuses the past, and times that are no numbers', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    const timer = simulation.createTimer(log, 0);
    simulation.run(10);
    expect(() => simulation.schedule(9, log, 0)).toThrow(InvariantError);
    expect(() => simulation.schedule(Number.NaN, log, 0)).toThrow(InvariantError);
    expect(() => simulation.armTimer(timer, 9)).toThrow(/before now \(10 ns\)/);
  });

  it('never goes back, however events are scheduled', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(delays, (plan) => {
        const simulation = new Simulation();
        const times: number[] = [];
        let next = 0;
        const handler = handlerOf(() => {
          times.push(simulation.nowNs);
          for (let child = 0; child < 2 && next < plan.length; child += 1) {
            simulation.after(plan[next++]!, handler, 0);
          }
        });
        simulation.after(plan[next++]!, handler, 0);
        simulation.run();
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(times.length).toBe(plan.length);
        expect(simulation.eventCount).toBe(plan.length);
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});

describe('the fingerprint', () => {
  it('is that of golden runs: a change here changes every recorded result', () => {
    const simulation = new Simulation();
    const log = new Log(simulation);
    expect(simulation.fingerprint.digest()).toBe('9e3779b9811c9dc5');
    // Computed apart, with whole numbers of any length. Beyond 2^32, so that both halves of a time count.
    for (let index = 0; index < 100; index += 1) simulation.schedule(index * 12_345_678_901, log, index % 8);
    simulation.run();
    expect(simulation.fingerprint.digest()).toBe('850a8fc945676047');
  });

  it('tells times, kinds and orders apart', () => {
    const digest = (...events: readonly (readonly [number, number])[]) => {
      const simulation = new Simulation();
      const log = new Log(simulation);
      for (const [atNs, kind] of events) simulation.schedule(atNs, log, kind);
      simulation.run();
      return simulation.fingerprint.digest();
    };
    const digests = [
      digest([10, 0], [20, 1]),
      digest([10, 1], [20, 0]),
      digest([10, 0], [21, 1]),
      digest([10, 0]),
      digest([10, 0], [10, 1]),
      digest([10, 1], [10, 0]),
      digest([10 + 2 ** 40, 0]),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});
