import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { NS_PER_MS } from '../../src/kernel/time.js';
import { CpuGroup } from '../../src/model/cpu-group.js';
import { Host } from '../../src/model/host.js';

interface Burst {
  readonly atMs: number;
  readonly demandMs: number;
}

/** When each burst of a group under a quota of 10 ms per 100 ms is done, in ms, and how often the group froze; ticks at 0, 4, 8, ... ms. */
function run(bursts: readonly Burst[], { phaseMs = 0 } = {}): { doneMs: number[]; throttled: number } {
  const simulation = new Simulation();
  const host = new Host('host', 1, { tick: { intervalNs: 4 * NS_PER_MS, phaseNs: 0 } });
  const quota = { quotaNs: 10 * NS_PER_MS, periodNs: 100 * NS_PER_MS, phaseNs: phaseMs * NS_PER_MS };
  const group = new CpuGroup(simulation, host, { name: 'group', quota });
  const doneMs: number[] = [];
  const done = {
    handle: (index: number) => {
      doneMs[index] = simulation.nowNs / NS_PER_MS;
    },
  };
  for (const [index, { atMs, demandMs }] of bursts.entries()) {
    const start = { handle: () => void group.start(demandMs * NS_PER_MS, done, index, undefined) };
    simulation.after(atMs * NS_PER_MS, start, 0);
  }
  simulation.run(10_000 * NS_PER_MS);
  return { doneMs: doneMs.map((ms) => Math.round(ms * 1000) / 1000), throttled: group.throttledCount };
}

describe('bandwidth control that looks at every tick', () => {
  it('lets a burst end that overdraws by less than a tick', () => {
    expect(run([{ atMs: 0, demandMs: 11 }])).toEqual({ doneMs: [11], throttled: 0 });
  });

  it('freezes at the tick, and takes what was overdrawn from the next period', () => {
    // 12 ms until the tick: 2 too many; of the next 10 ms 8 are left, and 3 are needed.
    expect(run([{ atMs: 0, demandMs: 15 }])).toEqual({ doneMs: [103], throttled: 1 });
    // 12 ms, then 8 and again 4 until the tick at 112 (2 + 12 = 14 of 10, less 10): 29 - 24 = 5 are left for the third period.
    expect(run([{ atMs: 0, demandMs: 29 }]).throttled).toBe(2);
  });

  it('freezes who comes back in debt before it runs', () => {
    const { doneMs, throttled } = run([
      { atMs: 0, demandMs: 11 },
      { atMs: 50, demandMs: 1 },
    ]);
    expect(doneMs).toEqual([11, 101]);
    expect(throttled).toBe(1);
  });

  it('gives the quota over many periods, not more', () => {
    const { doneMs } = run([{ atMs: 0, demandMs: 1000 }]);
    // 100 periods of 10 ms, and at most a tick and a slice besides.
    expect(doneMs[0]).toBeGreaterThan(9_800);
    expect(doneMs[0]).toBeLessThan(9_920);
  });
});
