import { describe, expect, it } from 'vitest';
import { type BaselineRun, type LoadPoint, predictBaselines } from '../../src/experiment/baselines.js';
import { erlangC, leastSquares, sojournQuantile } from '../../src/experiment/queue-formulas.js';

describe('Erlang C', () => {
  it.each([
    // One server: the probability of waiting is the load.
    [1, 0.3, 0.3],
    [1, 0.9, 0.9],
    // Gross and Harris, Fundamentals of Queueing Theory: c = 2, load 1: 1/3; c = 3, load 2: 4/9.
    [2, 1, 1 / 3],
    [3, 2, 4 / 9],
  ])('of %s servers and a load of %s is %s', (servers, load, waits) => {
    expect(erlangC(servers, load)).toBeCloseTo(waits, 12);
  });
});

describe('the time in M/M/c', () => {
  it('is exponential for one server', () => {
    // 10 ms at load 0.8: mean 50 ms, p95 = 50 ms * ln 20.
    expect(sojournQuantile(0.95, 0.8, 0.01, 100 - 80)).toBeCloseTo(0.05 * Math.log(20), 6);
  });

  it('has the median of the service where nobody waits', () => {
    expect(sojournQuantile(0.5, 0, 0.01, 100)).toBeCloseTo(0.01 * Math.LN2, 8);
  });
});

describe('least squares', () => {
  it('finds the coefficients of values that have no error', () => {
    const rows = [1, 2, 5, 9].map((n) => ({
      x: [1, n - 1, n * (n - 1)],
      y: 2 + 0.5 * (n - 1) + 0.25 * n * (n - 1),
    }));
    const solved = leastSquares(rows, [0, 1, 2])!;
    expect(solved.map((value) => Math.round(value * 1e9) / 1e9)).toEqual([2, 0.5, 0.25]);
  });
});

/** A run with a pause of 1 s per request, 10 ms of CPU each. */
function run(cores: readonly number[], points: readonly LoadPoint[], openRate?: number): BaselineRun {
  return {
    routes: '/cpu',
    cores,
    openRate,
    thinkSeconds: 1,
    requestsPerIteration: 1,
    secondsPerPoint: 5,
    points,
    cpuSeconds: 0.01,
  };
}

/** What one instance of half a core does without chance: 20 ms idle, 50 requests/s at most. */
function ideal(users: number): LoadPoint {
  const rate = Math.min(users / 1.02, 50);
  return { users, rate, avgMs: Math.max(20, (users / rate - 1) * 1000) };
}

describe('the simple methods', () => {
  const known = [run([0.5], [5, 10, 20, 40, 80].map(ideal))];

  it('know the capacity by the utilisation law, and the latency by that of users who wait', () => {
    const target = run([0.5, 0.5], [200].map(ideal));
    const predicted = predictBaselines(known, target)['utilisation law']!;
    // Two instances: 100 requests/s; 200 users = 100/s * (R + 1 s).
    expect(predicted.rate).toBeCloseTo(100, 9);
    expect(predicted.avg).toBeCloseTo(1000, 6);
  });

  it('let an open queue grow above the capacity', () => {
    const target = run([0.5], [ideal(1), ideal(1)], 75);
    // 75/s on 50/s: after t seconds a request waits t / 2; at 2.5 and 7.5 s.
    expect(predictBaselines(known, target)['utilisation law']!.avg).toBeCloseTo(20 + (1250 + 3750) / 2, 6);
  });

  it('have the mean of M/M/1', () => {
    const target = run([0.5], [ideal(1)], 40);
    const { avg } = predictBaselines(known, target)['M/M/c']!;
    // 20 ms at load 0.8: 100 ms. Fifty quantiles at the middles of their steps miss the far tail: 1.5 % less.
    expect(avg / 100).toBeGreaterThan(0.98);
    expect(avg / 100).toBeLessThanOrEqual(1);
  });

  it('say nothing of requests that no run of one instance had', () => {
    expect(predictBaselines(known, { ...run([0.5], [ideal(1)]), routes: '/shop' })).toEqual({});
  });
});
