import { describe, expect, it } from 'vitest';
import { calibrationDraws } from '../../src/experiment/draws.js';
import { modelDiscrepancy, predictionInterval } from '../../src/experiment/prediction-interval.js';
import { recordTotal } from '../../src/experiment/record-window.js';
import { runReplication } from '../../src/experiment/run.js';
import { ACCURACY_METRICS } from '../../src/metrics/accuracy.js';
import { exp, normalQuantile } from '../../src/random/math.js';
import { RandomSource } from '../../src/random/stream.js';
import { written } from '../property/laboratory.js';

/** Half width of the 99.9 % interval of a share p seen in n trials: what chance may do to one test in a thousand. */
function chance(p: number, n: number): number {
  return 3.29 * Math.sqrt((p * (1 - p)) / n);
}

describe('the prediction interval', () => {
  const stream = new RandomSource('430').stream('test');
  const latency = () => 100 * exp(0.3 * normalQuantile(stream.next() + 1e-10));

  it('holds one more run in 95 % of cases, where runs differ by a factor', () => {
    const trials = 4000;
    let inside = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const central = Array.from({ length: 10 }, latency);
      const [low, high] = predictionInterval('p(95)', { central, drawn: [] });
      const next = latency();
      if (next >= low && next <= high) inside += 1;
    }
    expect(Math.abs(inside / trials - 0.95)).toBeLessThan(chance(0.95, trials));
  });

  it('is as wide above as the draws go, and no wider below', () => {
    const central = [99, 100, 101];
    const [low, high] = predictionInterval('p(95)', { central, drawn: [100, 100, 150, 200] });
    const alone = predictionInterval('p(95)', { central, drawn: [] });
    expect(high).toBeGreaterThan(200);
    expect(low).toBeGreaterThan(alone[0] * 0.95);
  });

  it('is the point with one replication, and never below nothing', () => {
    expect(predictionInterval('rate', { central: [4], drawn: [] })).toEqual([4, 4]);
    const [low, high] = predictionInterval('failed', { central: [0, 0.001, 0.002], drawn: [] });
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(0.002);
    expect(predictionInterval('failed', { central: [1, 0.99], drawn: [] })[1]).toBe(1);
    expect(() => predictionInterval('rate', { central: [], drawn: [] })).toThrow(RangeError);
  });

  it('of a simulated system holds runs of other seeds', () => {
    const load = {
      executor: 'constant-vus',
      vus: 6,
      duration: '10s',
      iteration: [{ get: '/' }, { sleep: { exponential: '50ms' } }],
    };
    const model = {
      hosts: { laptop: { cores: 1 } },
      services: { api: { routes: { 'GET /': [{ cpu: { exponential: '8ms' } }] } } },
    };
    const { experiment } = written({ load }, model).variants[0]!;
    const seeds = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) =>
        recordTotal(runReplication(experiment, `${name}${index}`).record, 10),
      );
    // 20 predictions of 10 replications, each held against 10 other runs.
    let inside = 0;
    let values = 0;
    for (let trial = 0; trial < 20; trial += 1) {
      const predicted = seeds(`a${trial}-`, 10);
      const measured = seeds(`b${trial}-`, 10);
      for (const metric of ACCURACY_METRICS.filter((name) => name !== 'failed')) {
        const [low, high] = predictionInterval(metric, {
          central: predicted.map((run) => run[metric]!),
          drawn: [],
        });
        inside += measured.filter((run) => run[metric]! >= low && run[metric]! <= high).length;
        values += measured.length;
      }
    }
    // The six metrics of a run, and the ten runs of a prediction, are not independent: as if each prediction were 10 values, not 60.
    expect(Math.abs(inside / values - 0.95)).toBeLessThan(chance(0.95, values / 6));
  });
});

describe('the discrepancy of a model', () => {
  const row = (measured: number) => ({
    metric: 'p(95)' as const,
    measured,
    predicted: 100,
    interval: [95, 105] as const,
  });

  it('is nothing where the intervals hold what was measured', () => {
    expect(modelDiscrepancy([row(96), row(104), row(100)])).toEqual({ 'p(95)': 0 });
  });

  it('makes intervals hold 95 % of the rows that it was found from', () => {
    const stream = new RandomSource('430').stream('discrepancy');
    const rows = Array.from({ length: 200 }, () =>
      row(100 * exp(0.1 * normalQuantile(stream.next() + 1e-10))),
    );
    const { 'p(95)': discrepancy } = modelDiscrepancy(rows);
    // Replications that spread as the interval of the rows: t of 9 degrees of freedom times sqrt(1.1) times s is ln 1.05.
    const s = Math.log(1.05) / (2.2622 * Math.sqrt(1.1));
    const central = [-1, 1, -1, 1, -1, 1, -1, 1, -1, 1].map((sign) => 100 * exp(sign * s * Math.sqrt(0.9)));
    const [low, high] = predictionInterval('p(95)', { central, drawn: [] }, discrepancy);
    const inside = rows.filter(({ measured }) => measured >= low && measured <= high).length;
    // Conformal rank 191 of 200; the two ways to an interval differ in the last digits.
    expect(inside).toBeGreaterThanOrEqual(190);
    expect(inside).toBeLessThanOrEqual(193);
  });

  it('of a rate is relative', () => {
    const rate = { metric: 'rate' as const, measured: 110, predicted: 100, interval: [100, 100] as const };
    const { rate: discrepancy } = modelDiscrepancy([rate]);
    // On the scale of the root, 110 is 0.488 off from 10: 4.88 % of the half, so 9.76 % / 1.96.
    expect(discrepancy).toBeCloseTo((2 * (Math.sqrt(110) - 10)) / 10 / 1.95996, 5);
    expect(predictionInterval('rate', { central: [100], drawn: [] }, discrepancy)[1]).toBeCloseTo(110, 6);
  });
});

describe('draws of a calibration', () => {
  const value = (spread?: number) => ({
    value: 2,
    interval: [1.8, 2.2] as const,
    spread,
    source: 'a test',
  });
  const calibration = (values: Record<string, ReturnType<typeof value>>) => ({
    model: 'sha256:',
    hash: 'sha256:',
    runs: [],
    values,
  });

  it('have the value’s mean and spread, evenly covered', () => {
    const draws = calibrationDraws(calibration({ 'a.b': value() }), '430', 100).map((draw) => draw['a.b']!);
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / 100;
    const deviation = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / 99);
    // One draw of each hundredth: its mean is off by far less than 0.102/10, the deviation by about 1 %.
    expect(mean).toBeCloseTo(2, 2);
    expect(Math.abs(deviation / (0.4 / 3.92) - 1)).toBeLessThan(0.03);
    const below = draws.filter((draw) => draw < 2).length;
    expect(below).toBe(50);
  });

  it('do not depend on what else is drawn, and drift by the spread', () => {
    const alone = calibrationDraws(calibration({ 'a.b': value() }), '430', 5);
    const both = calibrationDraws(calibration({ 'a.a': value(0.1), 'a.b': value() }), '430', 5);
    expect(both.map((draw) => draw['a.b'])).toEqual(alone.map((draw) => draw['a.b']));
    const steady = calibrationDraws(calibration({ 'a.a': value() }), '430', 5);
    expect(both.map((draw) => draw['a.a'])).not.toEqual(steady.map((draw) => draw['a.a']));
  });
});
