import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/experiment/compare.js';
import { valueGrade } from '../../src/experiment/grade.js';
import { readMeasured } from '../../src/input/read-measured.js';
import type { ComparedStage, Comparison } from '../../src/metrics/comparison.js';
import { predictionOf, steadyRun } from './compare-fixture.js';

const root = new URL('../../results/measured/', import.meta.url);

function readRun(run: string) {
  const file = `${run}/points.csv.gz`;
  return readMeasured(file, createReadStream(new URL(file, root)));
}

function value(stage: ComparedStage | undefined, name: string) {
  return stage?.values.find((candidate) => candidate.name === name);
}

function total(comparison: Comparison) {
  return comparison.stages.at(-1);
}

describe('a run compared with itself', () => {
  it('has no error and grade A', async () => {
    const run = await readRun('n1-shop-ramp-a');
    const comparison = compareRuns(predictionOf(run), [run]);
    for (const { name, relativeError, grade } of total(comparison)!.values) {
      if (name === 'error rate') expect(relativeError).toBeNull();
      else expect([name, relativeError]).toEqual([name, 0]);
      expect([name, grade]).toEqual([name, 'A']);
    }
    expect(comparison.grade).toBe('A');
    expect(comparison.remarks).toEqual([]);
  });

  it('has no error in any bucket but that of the coarser histograms', async () => {
    const run = await readRun('n1-open60-b');
    const { throughput, errorRate, avg, p50, p95, bucketSeconds, vus } = compareRuns(predictionOf(run), [
      run,
    ]);
    expect(bucketSeconds).toBe(5);
    expect(vus.length).toBe(14);
    for (const exact of [throughput, errorRate]) expect(exact.predicted).toEqual(exact.measured);
    for (const [series, tolerance] of [
      // Means are sums of the same numbers in another order; a quantile is at most a bucket off: 1/32.
      [avg!, 1e-9],
      [p50, 1 / 32],
      [p95, 1 / 32],
    ] as const) {
      series.measured.forEach((real, bucket) => {
        expect(Math.abs(series.predicted[bucket]! - real!)).toBeLessThanOrEqual(tolerance * real!);
      });
    }
  });
});

describe('several takes', () => {
  const takes = [steadyRun('a', 90), steadyRun('b', 110)];

  it('are compared by their mean, with their spread', () => {
    const comparison = compareRuns(predictionOf(steadyRun('model', 120)), takes);
    const p95 = value(total(comparison), 'p95')!;
    const each = takes.map((take) => take.metrics.http_req_duration!['p(95)']!);
    expect(p95.measuredRange).toEqual(each);
    expect(p95.measured).toBeCloseTo((each[0]! + each[1]!) / 2, 9);
    expect(p95.relativeError).toBeCloseTo(0.2, 3);
    expect(p95).toMatchObject({ withinTakes: false, grade: 'C' });
    expect(comparison.takes).toBe(2);
    expect(comparison.source).toBe('a.csv, b.csv');
    expect(comparison.p50.measuredMin![0]).toBeLessThan(comparison.p50.measured[0]!);
    expect(comparison.remarks).toContain(
      'the takes themselves differ by more than 10 % in avg, p50, p90, p95',
    );
  });

  it('tell whether a prediction lies between them, which does not change its grade', () => {
    const comparison = compareRuns(predictionOf(steadyRun('model', 108)), takes);
    expect(value(total(comparison), 'p95')).toMatchObject({ withinTakes: true, grade: 'B' });
  });

  it('may be only summaries: then there is a total and no series', () => {
    const { samples: _samples, ...summary } = steadyRun('a', 100);
    const comparison = compareRuns(predictionOf(steadyRun('model', 100)), [summary]);
    expect(comparison.grade).toBe('A');
    expect(new Set(comparison.p95.measured)).toEqual(new Set([null]));
  });

  it('must be at least one', () => {
    expect(() => compareRuns(predictionOf(steadyRun('model', 1)), [])).toThrow(RangeError);
  });
});

describe('stages', () => {
  it('are cut at whole intervals, on both sides', () => {
    const run = steadyRun('a', 100);
    const stages = [
      { label: '0-10s', startSeconds: 0, endSeconds: 10.2 },
      { label: '10-40s', startSeconds: 10.2, endSeconds: 40 },
    ];
    const comparison = compareRuns(predictionOf(run), [run], { stages, bucketSeconds: 10 });
    expect(comparison.stages.map(({ label, endSeconds }) => [label, endSeconds])).toEqual([
      ['0-10s', 10],
      ['10-40s', 40],
      ['total', run.durationSeconds],
    ]);
    expect(value(comparison.stages[0], 'throughput')).toMatchObject({
      predicted: 20,
      measured: 20,
      grade: 'A',
    });
    // 200 requests: 2 of them above p99, too few for a grade.
    expect(value(comparison.stages[0], 'p99')?.grade).toBeUndefined();
    expect(comparison.throughput.measured).toEqual([20, 20, 20, 20]);
  });
});

describe('the error rate', () => {
  it('is judged in percentage points, also where nothing failed', () => {
    // 1 in 50 fails: 2 points.
    const comparison = compareRuns(predictionOf(steadyRun('model', 100, 50)), [steadyRun('a', 100)]);
    expect(value(total(comparison), 'error rate')).toMatchObject({ relativeError: null, grade: 'C' });
    expect(comparison.remarks?.[0]).toContain('more failures than measured');
  });
});

describe('remarks', () => {
  it('tell a fixed cost from a capacity', () => {
    const slow = compareRuns(predictionOf(steadyRun('model', 130)), [steadyRun('a', 100)]);
    expect(slow.remarks).toEqual([expect.stringContaining('slower where the load is lightest')]);
  });
});

describe('grades', () => {
  const of = (predicted: number | null, measured: number) => {
    const relativeError = predicted === null ? null : (predicted - measured) / measured;
    return valueGrade({ name: 'p50', unit: 'ms', predicted, measured, relativeError }, 1000);
  };

  it.each([
    [105, 'A'],
    [91, 'B'],
    [125, 'C'],
    [51, 'D'],
    [151, 'E'],
    [null, undefined],
  ])('of %s for 100 is %s', (predicted, grade) => {
    expect(of(predicted, 100)).toBe(grade);
  });
});
