import { describe, expect, it } from 'vitest';
import { TryResult } from '../../../src/model/balancer.js';
import { TowerPeakEwma } from '../../../src/model/products/linkerd/peak-ewma.js';
import { PenaltyPeakEwma } from '../../../src/model/products/linkerd/penalty-peak-ewma.js';

const SECOND = 1e9;
const MS = 1e6;
const E_1 = 0.36787944117144233;
const start = { defaultRttNs: 30 * MS, decayNs: 10 * SECOND, nowNs: 0 };
const ending = (elapsedNs: number, status = 200, retryAfterNs = 0) => {
  return { result: TryResult.success, elapsedNs, status, retryAfterNs };
};

describe("tower's Peak EWMA (reference 5: load/peak_ewma.rs)", () => {
  it('starts at 30 ms, without a penalty for requests in flight before the first latency', () => {
    const rtt = new TowerPeakEwma(start);
    expect(rtt.load(0, 0)).toBe(30 * MS);
    expect(rtt.load(4, 0)).toBe(150 * MS);
  });

  it('decays when it is looked at, rises to a higher latency at once, falls to a lower one by age', () => {
    const rtt = new TowerPeakEwma(start);
    expect(rtt.load(0, 10 * SECOND) / MS).toBeCloseTo(30 * E_1, 9);
    rtt.ended(ending(50 * MS), 10 * SECOND);
    expect(rtt.load(1, 10 * SECOND)).toBe(100 * MS);
    rtt.ended(ending(10 * MS), 20 * SECOND);
    expect(rtt.load(0, 20 * SECOND) / MS).toBeCloseTo(50 * E_1 + 10 * (1 - E_1), 9);
  });

  it("goes through the values of tower's own test (compound_decay)", () => {
    const rtt = new TowerPeakEwma({ defaultRttNs: 20 * MS, decayNs: SECOND, nowNs: 0 });
    expect(rtt.load(0, 0)).toBe(20 * MS);
    expect(rtt.load(1, 100 * MS)).toBeGreaterThan(20 * MS);
    expect(rtt.load(2, 200 * MS)).toBeGreaterThan(40 * MS);
    rtt.ended(ending(200 * MS), 300 * MS); // sent at 100 ms
    expect(rtt.load(1, 300 * MS)).toBe(400 * MS);
    rtt.ended(ending(200 * MS), 400 * MS); // sent at 200 ms, and the estimate has decayed below
    expect(rtt.load(0, 400 * MS)).toBe(200 * MS);
    expect(rtt.load(0, 1400 * MS)).toBeLessThan(100 * MS);
    expect(rtt.load(0, 11_400 * MS)).toBeLessThan(0.1 * MS);
  });
});

describe('the penalty policy (reference 5: load-biaser)', () => {
  const penalized = () =>
    new PenaltyPeakEwma({ ...start, penaltyNs: 5 * SECOND, retryAfterNsMax: 300 * SECOND });

  it.each([429, 500, 502, 503])('an answer %i counts for 5 s, however fast it was', (status) => {
    const rtt = penalized();
    rtt.ended(ending(MS, status), SECOND);
    expect(rtt.load(0, SECOND)).toBe(5 * SECOND);
    expect(rtt.load(0, 11 * SECOND)).toBeCloseTo(5 * SECOND * E_1, 3);
  });

  it.each([
    { status: 503, retryAfter: 60, counts: 60 },
    { status: 429, retryAfter: 1000, counts: 300 },
    { status: 503, retryAfter: 2, counts: 5 },
    { status: 500, retryAfter: 60, counts: 5 },
  ])('Retry-After: $retryAfter on a $status counts for $counts s', ({ status, retryAfter, counts }) => {
    const rtt = penalized();
    rtt.ended(ending(MS, status, retryAfter * SECOND), SECOND);
    expect(rtt.load(0, SECOND)).toBe(counts * SECOND);
  });

  it('a failure never lowers the estimate', () => {
    const rtt = penalized();
    rtt.ended(ending(MS, 503, 60 * SECOND), SECOND);
    rtt.ended(ending(MS, 500), 11 * SECOND);
    // It counts for the decayed 60 s, and is averaged with the 60 s themselves by their age.
    expect(rtt.load(0, 11 * SECOND) / SECOND).toBeCloseTo(60 * E_1 + 60 * E_1 * (1 - E_1), 6);
  });

  it('a broken connection counts for its time, an answer 404 too', () => {
    const rtt = penalized();
    rtt.ended(ending(40 * MS, 0), SECOND);
    expect(rtt.load(0, SECOND)).toBe(40 * MS);
    rtt.ended(ending(50 * MS, 404), SECOND);
    expect(rtt.load(0, SECOND)).toBe(50 * MS);
  });

  it('a look changes nothing, and a lower latency pulls by the age of the last one', () => {
    const rtt = penalized();
    for (let second = 1; second < 10; second += 1) rtt.load(0, second * SECOND);
    expect(rtt.load(0, 10 * SECOND) / MS).toBeCloseTo(30 * E_1, 9);
    rtt.ended(ending(MS), 10 * SECOND);
    expect(rtt.load(0, 10 * SECOND) / MS).toBeCloseTo(30 * E_1 + 1 - E_1, 9);
  });
});
