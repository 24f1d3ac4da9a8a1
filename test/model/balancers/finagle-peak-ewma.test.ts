import { describe, expect, it } from 'vitest';
import { TryResult } from '../../../src/model/balancer.js';
import { Ema, FinaglePeakEwma } from '../../../src/model/products/finagle/peak-ewma.js';

const SECOND = 1e9;
const MS = 1e6;
const ending = (elapsedNs: number) => ({
  result: TryResult.success,
  elapsedNs,
  status: 200,
  retryAfterNs: 0,
});

/** e^-1 and e^-0.1, written out. */
const E_1 = 0.36787944117144233;
const E_01 = 0.9048374180359595;

describe("Finagle's Ema (reference 5: util/Ema.scala)", () => {
  it('takes the first value as it is, and weighs the others by e^(-age / window)', () => {
    const ema = new Ema(10 * SECOND);
    ema.update(5 * SECOND, 100);
    expect(ema.last).toBe(100);
    ema.update(15 * SECOND, 20); // ten seconds later: 100 counts e^-1
    expect(ema.last).toBeCloseTo(100 * E_1 + 20 * (1 - E_1), 12);
    expect(ema.last).toBeCloseTo(49.430355293715387, 10);
    ema.update(16 * SECOND, 49.430355293715387);
    expect(ema.last).toBeCloseTo(49.430355293715387, 10);
  });

  it('keeps its value when two updates fall on one instant', () => {
    const ema = new Ema(SECOND);
    ema.update(0, 7);
    ema.update(0, 1000);
    expect(ema.last).toBe(7);
  });

  it('forgets everything when it is reset', () => {
    const ema = new Ema(SECOND);
    ema.update(0, 7);
    ema.reset();
    expect(ema.last).toBe(0);
    ema.update(9 * SECOND, 3);
    expect(ema.last).toBe(3);
  });
});

describe("Finagle's Peak EWMA (reference 5: PeakEwma.scala)", () => {
  it('a host without a latency costs nothing while it is idle, and 2^47 - 1 and its requests while it is not', () => {
    const metric = new FinaglePeakEwma(10 * SECOND, 0);
    expect(metric.load(0, 0)).toBe(0);
    expect(metric.load(1, MS)).toBe(140_737_488_355_328); // 2^47 - 1 + 1
    expect(metric.load(3, 2 * MS)).toBe(140_737_488_355_330);
  });

  it('a higher latency replaces the cost exactly; the load is the cost times requests in flight and one more', () => {
    const metric = new FinaglePeakEwma(10 * SECOND, 0);
    metric.ended(ending(5 * MS), SECOND);
    expect(metric.load(0, SECOND)).toBe(5 * MS);
    expect(metric.load(2, SECOND)).toBe(15 * MS);
    metric.ended(ending(80 * MS), 2 * SECOND);
    expect(metric.load(0, 2 * SECOND)).toBe(80 * MS);
  });

  it('a lower latency pulls the cost by its age: 80 ms, then 10 ms ten seconds later', () => {
    const metric = new FinaglePeakEwma(10 * SECOND, 0);
    metric.ended(ending(80 * MS), 0);
    metric.ended(ending(10 * MS), 10 * SECOND);
    expect(metric.load(0, 10 * SECOND) / MS).toBeCloseTo(80 * E_1 + 10 * (1 - E_1), 9);
  });

  it('a look is a latency of 0: the cost decays, in however many looks', () => {
    const once = new FinaglePeakEwma(10 * SECOND, 0);
    const often = new FinaglePeakEwma(10 * SECOND, 0);
    for (const metric of [once, often]) metric.ended(ending(80 * MS), 0);
    for (let tenth = 1; tenth <= 10; tenth += 1) often.load(1, tenth * 0.1 * SECOND);
    expect(once.load(0, SECOND) / MS).toBeCloseTo(80 * E_01, 9);
    expect(often.load(0, SECOND) / MS).toBeCloseTo(80 * E_01, 9);
  });

  it('what has decayed below a latency is replaced by it', () => {
    const metric = new FinaglePeakEwma(SECOND, 0);
    metric.ended(ending(80 * MS), 0);
    metric.ended(ending(40 * MS), SECOND); // 80 has not been looked at: it counts e^-1 of itself
    expect(metric.load(0, SECOND) / MS).toBeCloseTo(80 * E_1 + 40 * (1 - E_1), 9);
    metric.load(0, 3 * SECOND); // looked at: about 7.4 ms
    metric.ended(ending(40 * MS), 3 * SECOND);
    expect(metric.load(0, 3 * SECOND)).toBe(40 * MS);
  });
});
