import { describe, expect, it } from 'vitest';
import { accuracyRows } from '../../src/experiment/rows.js';
import { runReplication } from '../../src/experiment/run.js';
import { coverage, signedError } from '../../src/metrics/accuracy.js';
import { runErrors, summarizeErrors } from '../../src/metrics/accuracy-run.js';
import { written } from '../property/laboratory.js';
import { steadyRun } from './compare-fixture.js';

const LOAD = {
  executor: 'constant-arrival-rate',
  rate: 20,
  duration: '40s',
  preAllocatedVUs: 20,
  iteration: [{ get: '/' }],
};
const MODEL = {
  hosts: { laptop: { cores: 1 } },
  services: { api: { routes: { 'GET /': [{ wait: { uniform: { min: '80ms', max: '120ms' } } }] } } },
};
const { experiment } = written({ load: LOAD }, MODEL).variants[0]!;
const central = ['a', 'b', 'c'].map((seed) => runReplication(experiment, seed).record);
const takes = [steadyRun('steady-a', 100), steadyRun('steady-b', 110, 50)];
const rows = accuracyRows(
  takes,
  { central, drawn: [] },
  { bucketSeconds: 10, isCalibrated: ({ label }) => label === 'steady-a' },
);

describe('the rows of a comparison', () => {
  it('have exactly the keys that others read', () => {
    for (const row of rows) {
      expect(Object.keys(row).sort()).toEqual(
        ['bucket', 'calibrated', 'error', 'interval', 'measured', 'metric', 'predicted', 'run'].sort(),
      );
      expect(row.interval).toHaveLength(2);
      expect(row.interval[0]).toBeLessThanOrEqual(row.predicted);
      expect(row.interval[1]).toBeGreaterThanOrEqual(row.predicted);
    }
  });

  it('are all metrics of each take as a whole, then of each bucket', () => {
    const metrics = ['rate', 'avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'failed'];
    const expected = ['steady-a', 'steady-b'].flatMap((run) =>
      [null, 0, 10, 20, 30].flatMap((bucket) => metrics.map((metric) => [run, bucket, metric])),
    );
    expect(rows.map(({ run, bucket, metric }) => [run, bucket, metric])).toEqual(expected);
  });

  it('tell errors as fractions of what was measured, and whether the take was fitted', () => {
    const of = (run: string, metric: string) =>
      rows.find((row) => row.run === run && row.metric === metric && row.bucket === null)!;
    const median = of('steady-b', 'med');
    expect(median.error).toBeCloseTo((median.predicted - median.measured) / median.measured, 12);
    expect(median.error).toBeLessThan(-0.05);
    expect(of('steady-a', 'failed')).toMatchObject({ measured: 0, predicted: 0, error: 0, calibrated: true });
    expect(of('steady-b', 'failed')).toMatchObject({ measured: 0.02, error: -1, calibrated: false });
    expect(signedError(0.1, 0)).toBeNull();
  });

  it('leave out what one side does not have', () => {
    const { samples: _, ...summary } = takes[0]!;
    const few = accuracyRows(
      [summary],
      { central, drawn: [] },
      { bucketSeconds: 10, isCalibrated: () => false },
    );
    expect(new Set(few.map(({ bucket }) => bucket))).toEqual(new Set([null]));
  });

  it('sum up to errors per run, with what its takes differ by', () => {
    const errors = runErrors(rows);
    const avg = errors.find(({ metric }) => metric === 'avg')!;
    expect(avg.measured).toBeCloseTo(105, 1);
    expect(avg.spread).toBeCloseTo(10 / 105, 3);
    const failed = errors.find(({ metric }) => metric === 'failed')!;
    expect(failed.error).toBeCloseTo(-0.01, 9);
    expect(summarizeErrors([0.1, -0.3, null, 0.2])).toEqual({ median: 0.2, worst: 0.3, count: 3 });
    expect(summarizeErrors([]).median).toBeNull();
    expect(coverage([])).toBeNull();
  });
});
