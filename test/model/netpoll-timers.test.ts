import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { NS_PER_MS, NS_PER_US } from '../../src/kernel/time.js';
import { NetpollTimers } from '../../src/model/netpoll-timers.js';
import { WakeUp } from '../../src/model/wake-up.js';

/** When each sleeper wakes, in µs: asleep from `atUs` for `forUs`; something arrives at each of `arrivalsUs`. */
function wakes(
  sleepers: readonly { readonly atUs: number; readonly forUs: number }[],
  arrivalsUs: readonly number[] = [],
): number[] {
  const simulation = new Simulation();
  const timers = new NetpollTimers(simulation);
  const wokenUs: number[] = [];
  for (const [index, { atUs, forUs }] of sleepers.entries()) {
    const resume = () => {
      wokenUs[index] = simulation.nowNs / NS_PER_US;
    };
    const wakeUp = new WakeUp({ resume });
    const sleep = { handle: () => timers.sleep(forUs * NS_PER_US, wakeUp) };
    simulation.after(atUs * NS_PER_US, sleep, 0);
  }
  for (const atUs of arrivalsUs) simulation.after(atUs * NS_PER_US, { handle: () => timers.awake() }, 0);
  simulation.run(10_000 * NS_PER_MS);
  return wokenUs;
}

// 60 µs of slack after every wait.
describe('sleeps as Go’s runtime ends them', () => {
  it('wait for whole milliseconds, and for one at the end', () => {
    // 3 ms (+ 60 µs), of 340 µs that are left one ms (+ 60 µs).
    expect(wakes([{ atUs: 0, forUs: 3_400 }])).toEqual([4_120]);
  });

  it('end together where they are due within one wait', () => {
    expect(
      wakes([
        { atUs: 0, forUs: 3_400 },
        { atUs: 0, forUs: 3_900 },
      ]),
    ).toEqual([4_120, 4_120]);
  });

  it('end with an arrival that comes when they are due', () => {
    expect(wakes([{ atUs: 0, forUs: 3_400 }], [3_500])).toEqual([3_500]);
  });

  it('are late by 0.06 to 1.12 ms, and never early', () => {
    for (let forUs = 1_000; forUs < 9_000; forUs += 37) {
      const lateUs = wakes([{ atUs: 0, forUs }])[0]! - forUs;
      expect(lateUs).toBeGreaterThanOrEqual(0);
      expect(lateUs).toBeLessThanOrEqual(1_120);
    }
  });
});
