import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { NS_PER_MS } from '../../src/kernel/time.js';
import { CpuGroup } from '../../src/model/cpu-group.js';
import { Host } from '../../src/model/host.js';
import { InterpreterLock, SWITCH_INTERVAL_NS } from '../../src/model/interpreter-lock.js';

interface Burst {
  readonly atMs: number;
  readonly demandMs: number;
}

/** When each burst ends, ms, on a host with cores enough. */
function play(bursts: readonly Burst[], quotaMs?: number): number[] {
  const simulation = new Simulation();
  const quota =
    quotaMs === undefined
      ? undefined
      : { quotaNs: quotaMs * NS_PER_MS, periodNs: 100 * NS_PER_MS, phaseNs: 0 };
  const lock = new InterpreterLock(
    simulation,
    new CpuGroup(simulation, new Host('host', 4), { name: 'group', quota }),
  );
  const doneMs: number[] = [];
  const done = {
    handle: (_kind: number, payload: unknown) => {
      doneMs[payload as number] = simulation.nowNs / NS_PER_MS;
    },
  };
  const start = {
    handle: (_kind: number, payload: unknown) => {
      lock.run(bursts[payload as number]!.demandMs * NS_PER_MS, done, 0, payload);
    },
  };
  for (const [index, { atMs }] of bursts.entries()) simulation.schedule(atMs * NS_PER_MS, start, 0, index);
  simulation.run();
  expect(lock.waitingCount).toBe(0);
  return doneMs;
}

const SWITCH_MS = SWITCH_INTERVAL_NS / NS_PER_MS;
/** Longest from a thread's wish until the holder lets go: it finds the lock taken, waits an interval, and is woken. */
const TURN_MS_MAX = SWITCH_MS + 2;

describe('the interpreter lock', () => {
  it('lets a lone thread compute as if it were not there', () => {
    expect(play([{ atMs: 3, demandMs: 42 }])).toEqual([45]);
  });

  it('lets one thread compute at a time, whatever cores there are', () => {
    const doneMs = play([0, 0, 0].map((atMs) => ({ atMs, demandMs: 4 })));
    expect([...doneMs].sort((a, b) => a - b)).toEqual([4, 8, 12]);
  });

  it('makes a long computation let go: a short one is through within a switch interval or two', () => {
    const [long, short] = play([
      { atMs: 0, demandMs: 100 },
      { atMs: 2, demandMs: 1 },
    ]);
    expect(short!).toBeGreaterThan(2 + SWITCH_MS);
    expect(short!).toBeLessThanOrEqual(2 + TURN_MS_MAX + 1);
    expect(long!).toBe(101);
  });

  it('lets two long computations take turns: the first to end does not end at half time', () => {
    const [first, second] = play([
      { atMs: 0, demandMs: 50 },
      { atMs: 0, demandMs: 50 },
    ]);
    expect(Math.max(first!, second!)).toBe(100);
    expect(Math.min(first!, second!)).toBeGreaterThan(100 - 2 * TURN_MS_MAX);
  });

  it('loses no time and starves nobody', () => {
    const burst = fc.record({ atMs: fc.nat(50), demandMs: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(fc.array(burst, { minLength: 1, maxLength: 12 }), (bursts) => {
        const doneMs = play(bursts);
        for (const [index, { atMs, demandMs }] of bursts.entries()) {
          expect(doneMs[index]!).toBeGreaterThanOrEqual(atMs + demandMs - 1e-6);
        }
        expect(Math.max(...doneMs)).toBeCloseTo(endOfBusyTime(bursts), 5);
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  it('stands still with its group: a quota of half a core doubles the time', () => {
    const doneMs = play(
      [0, 0, 0].map((atMs) => ({ atMs, demandMs: 50 })),
      50,
    );
    expect(Math.max(...doneMs)).toBe(250);
  });
});

/** When a single server without pauses is done with everything. */
function endOfBusyTime(bursts: readonly Burst[]): number {
  const sorted = [...bursts].sort((a, b) => a.atMs - b.atMs);
  return sorted.reduce((end, { atMs, demandMs }) => Math.max(end, atMs) + demandMs, 0);
}
