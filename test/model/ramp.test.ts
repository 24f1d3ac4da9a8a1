import { describe, expect, it } from 'vitest';
import { rampReservations, rampSteps } from '../../src/model/ramp.js';

const MS = 1e6;
const S = 1e9;

function stages(...pairs: [number, number][]) {
  return pairs.map(([durationNs, target]) => ({ duration: durationNs, target }));
}

function inMs(steps: readonly { atNs: number; vus: number }[]) {
  return steps.map(({ atNs, vus }) => [Math.round(atNs / MS), vus]);
}

describe('rampSteps', () => {
  it('follows the line to the millisecond that the real program was seen at', () => {
    const ramp = {
      startVUs: 5,
      stages: stages([1000 * MS, 2], [1500 * MS, 7], [700 * MS, 7], [800 * MS, 3]),
    };
    expect(inMs(rampSteps(ramp))).toEqual([
      [0, 5],
      [333, 4],
      [667, 3],
      [1000, 2],
      [1300, 3],
      [1600, 4],
      [1900, 5],
      [2200, 6],
      [2500, 7],
      [3400, 6],
      [3600, 5],
      [3800, 4],
      [4000, 3],
      [4000, 0],
    ]);
  });

  it('starts the k-th user when the line reaches k', () => {
    expect(inMs(rampSteps({ startVUs: 0, stages: stages([3 * S, 3]) })).slice(0, 4)).toEqual([
      [0, 0],
      [1000, 1],
      [2000, 2],
      [3000, 3],
    ]);
    expect(inMs(rampSteps({ startVUs: 1, stages: stages([1 * S, 3]) })).slice(0, 3)).toEqual([
      [0, 1],
      [500, 2],
      [1000, 3],
    ]);
  });

  it('jumps in stages without length, and ends with the last change', () => {
    const steps = rampSteps({
      startVUs: 1,
      stages: stages([2 * S, 4], [2 * S, 1], [1 * S, 1], [0, 3], [1 * S, 0], [3 * S, 0]),
    });
    expect(steps.at(-1)).toEqual({ atNs: 6 * S, vus: 0 });
    expect(inMs(steps)).toContainEqual([5000, 3]);
  });

  it('is exact where products exceed a double', () => {
    // 97 days times 999 is beyond 2^53; every step must still be a whole ns on the line, rounded as int64 division does.
    const lengthNs = 97 * 86_400 * S + 1;
    const steps = rampSteps({ startVUs: 0, stages: stages([lengthNs, 1000]) });
    for (const { atNs, vus } of steps.slice(1, 1001)) {
      expect(atNs).toBe(Number(BigInt(lengthNs) - (BigInt(lengthNs) * BigInt(1000 - vus)) / 1000n));
    }
  });
});

describe('rampReservations', () => {
  it('keeps a slot when the level is reached again within the graceful ramp-down', () => {
    const ramp = { startVUs: 2, stages: stages([0, 1], [1 * S, 1], [0, 2], [5 * S, 2], [0, 0]) };
    const kept = rampReservations({ ...ramp, gracefulRampDown: 2 * S, gracefulStop: 0 });
    expect(kept).toEqual([
      { atNs: 0, vus: 2 },
      { atNs: 6 * S, vus: 0 },
    ]);
  });

  it('is cut short by gracefulStop', () => {
    const ramp = { startVUs: 3, stages: stages([3 * S, 0]) };
    const cut = rampReservations({ ...ramp, gracefulRampDown: 30 * S, gracefulStop: 1 * S });
    expect(cut.at(-1)).toEqual({ atNs: 4 * S, vus: 0 });
    expect(cut).toHaveLength(2);
  });
});
