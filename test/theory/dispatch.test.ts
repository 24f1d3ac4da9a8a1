import { describe, expect, it } from 'vitest';
import { type DispatchObservation, dispatchQueue } from './dispatch-queue.js';
import { estimate, expectValue } from './estimate.js';
import { erlangC, meanTimeCyclic, meanTimeMMc, meanTimeTwoChoices, twoChoicesTail } from './formulas.js';

const times = (seen: readonly DispatchObservation[]) => seen.map(({ meanTime }) => meanTime);

/**
 * Customers per replication. A single server at load 0.9 forgets its start within 1 / (1 - sqrt(0.9))² = 380 demands,
 * in which 10 servers see 3,400 arrivals: after 20,000 of them nothing is left.
 */
const TEN = { servers: 10, warmUpCount: 20_000, count: 40_000 };

describe.each([
  { load: 0.5, precision: 0.02 },
  { load: 0.8, precision: 0.08 },
  { load: 0.9, precision: 0.2 },
])('single servers at load $load', ({ load, precision }) => {
  it('random splitting: each is M/M/1', () => {
    const seen = dispatchQueue({ ...TEN, algorithm: 'random', load });
    expectValue(times(seen), meanTimeMMc(1, load), precision);
  });

  it('round robin: each is E_N/M/1', () => {
    const seen = dispatchQueue({ ...TEN, algorithm: 'round_robin', load });
    expectValue(times(seen), meanTimeCyclic(10, load), precision);
  });

  it('one choice of one is random splitting, all choices are JSQ', () => {
    const one = dispatchQueue({ ...TEN, algorithm: { jsq_d: { d: 1 } }, load });
    expectValue(times(one), meanTimeMMc(1, load), precision);
    // The same customers on both sides: the difference is what the draws among equals make.
    const all = times(dispatchQueue({ ...TEN, algorithm: { jsq_d: { d: 10 } }, load }));
    const jsq = times(dispatchQueue({ ...TEN, algorithm: 'jsq', load }));
    expectValue(
      all.map((time, index) => time / jsq[index]!),
      1,
      0.05,
    );
  });
});

/**
 * The mean field holds for infinitely many servers; with N of them means are off by V / N + W / N² + ... (Gast 2017,
 * "Expected values estimated via mean-field approximation are 1/N-accurate"), so that 2 m(2N) - m(N) is off by W / 2N² only.
 * Simulated with four million customers at load 0.9, a server has 2.81 ± 0.07 on average for N = 10 and 2.57 ± 0.05 for
 * N = 20, beside 2.353 in the limit: V is about 4, W about 6, and what is left at N = 100 is 0.0003.
 */
describe('the power of two choices at load 0.9', () => {
  const at = (servers: number) =>
    dispatchQueue({
      // As in the theory: with replacement, or without, is the same for infinitely many.
      algorithm: { jsq_d: { d: 2, replacement: true } },
      load: 0.9,
      servers,
      warmUpCount: 100 * servers,
      count: 300 * servers,
    });
  const some = at(100);
  const twice = at(200);
  const extrapolated = (of: (seen: DispatchObservation) => number) =>
    twice.map((seen, index) => 2 * of(seen) - of(some[index]!));

  it('takes as long as the mean field says', () => {
    expectValue(
      extrapolated(({ meanTime }) => meanTime),
      meanTimeTwoChoices(0.9),
      0.05,
    );
  });

  it.each([
    { length: 1, precision: 0.01 },
    { length: 2, precision: 0.03 },
    { length: 3, precision: 0.08 },
    { length: 4, precision: 0.15 },
    { length: 5, precision: 0.35 },
  ])('the share of queues of $length and more is load^(2^$length - 1)', ({ length, precision }) => {
    expectValue(
      extrapolated(({ tails }) => tails[length]!),
      twoChoicesTail(0.9, length),
      precision,
    );
  });
});

describe('who knows more waits less, at load 0.9', () => {
  const RUN = { servers: 50, load: 0.9, warmUpCount: 20_000, count: 30_000 };
  const seen = new Map(
    ['random', 'round_robin', 'jsq_d', 'jiq', 'jsq'].map((algorithm) => [
      algorithm,
      times(dispatchQueue({ ...RUN, algorithm })),
    ]),
  );

  it.each([
    ['jsq', 'jiq'],
    ['jiq', 'random'],
    ['jsq', 'jsq_d'],
    ['jsq_d', 'round_robin'],
    ['round_robin', 'random'],
  ])('%s before %s', (better, worse) => {
    const { mean, half } = estimate(seen.get(worse)!.map((time, index) => time - seen.get(better)![index]!));
    expect(mean).toBeGreaterThan(half);
  });

  it('and nobody less than in M/M/50, one queue for all', () => {
    const bound = meanTimeMMc(50, 0.9);
    for (const values of seen.values()) {
      const { mean, half } = estimate(values);
      expect(mean).toBeGreaterThan(bound - half);
    }
  });
});

describe('join the idle queue', () => {
  it('lets nobody wait at moderate load where servers are many', () => {
    // M/M/100 at load 0.5 makes one in 10^10 wait; with an idle server there, JIQ sends nobody to a busy one.
    expect(erlangC(100, 50)).toBeLessThan(1e-9);
    for (const algorithm of ['jiq', 'jsq']) {
      const seen = dispatchQueue({ algorithm, servers: 100, load: 0.5, warmUpCount: 1000, count: 20_000 });
      expect(seen.map(({ waited }) => waited)).toEqual(seen.map(() => 0));
      expectValue(times(seen), 1, 0.01);
    }
  });
});
