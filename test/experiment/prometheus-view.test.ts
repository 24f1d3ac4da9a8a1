import { describe, expect, it } from 'vitest';
import { prometheusView } from '../../src/experiment/prometheus-view.js';
import { startReplication } from '../../src/experiment/replicate.js';
import { replicationSeed } from '../../src/experiment/run.js';
import type { MeasuredRun, MeasuredSeries } from '../../src/input/measured.js';
import { written } from '../property/laboratory.js';
import { steadyRun } from './compare-fixture.js';

const LES = ['0.1', '0.5', '1.0', '+Inf'];
/** A scrape's age under the times of query_range. */
const LAG = 2;

/** 20 requests a second of 200 ms for 40 s, as their instance's counters show them: all between 0.1 and 0.5. */
function measured(): MeasuredRun {
  const run = steadyRun('steady-a', 200);
  const series = LES.map((le): MeasuredSeries => {
    const points = Array.from({ length: 10 }, (_, step) => {
      const requests = Math.min(800, Math.max(0, 20 * (5 * step - LAG)));
      return { atSeconds: 5 * step, value: 7 + (le === '0.1' ? 0 : requests) };
    });
    const labels = { instance: 'a:8001', handler: '/', le };
    return { metric: 'http_request_duration_seconds_bucket', labels, points };
  });
  return { ...run, series };
}

function predicted() {
  const { experiment } = written(
    {
      load: {
        executor: 'constant-arrival-rate',
        rate: 20,
        duration: '40s',
        preAllocatedVUs: 30,
        iteration: [{ get: '/' }],
      },
    },
    { hosts: { laptop: { cores: 1 } }, services: { api: { routes: { 'GET /': [{ wait: '200ms' }] } } } },
  ).variants[0]!;
  const run = startReplication(experiment, replicationSeed('430', 0), 'none', { buckets: [0.1, 0.5, 1] });
  run.runEvents(Number.POSITIVE_INFINITY);
  return run.finish();
}

describe('a run as Prometheus shows it', () => {
  const names = { targets: ['a:8001'], instances: ['api-1'] };
  const view = prometheusView(measured(), [predicted()], names)!;

  it('finds how old the scraped values are', () => {
    expect(view.lagSeconds[0]!).toBeCloseTo(LAG, 0);
  });

  it('has the same arithmetic on both sides', () => {
    const steady = view.atSeconds.indexOf(30);
    for (const side of ['measured', 'predicted'] as const) {
      // 20/s throughout the window of 20 s; in the middle of the bucket from 0.1 to 0.5, whatever the latency within it.
      expect(view.rate[side][steady]!).toBeCloseTo(20, 0);
      expect(view.med[side][steady]!).toBeCloseTo(300, 6);
      expect(view.p95[side][steady]!).toBeCloseTo(480, 6);
    }
  });

  it('is not there without the instances’ histogram', () => {
    expect(prometheusView(steadyRun('steady-a', 200), [predicted()], names)).toBeUndefined();
  });
});

describe('what a replication records for a comparison', () => {
  it('has durations by route and by instance, and the instance’s own buckets', () => {
    const { detail, gauges, metrics } = predicted();
    const all = metrics.http_req_duration;
    expect(Object.keys(detail!.routes)).toEqual(['/']);
    expect(detail!.servedBy['api-1']!.count).toBe(all?.type === 'trend' ? all.values.count : -1);
    const total = (name: string) =>
      gauges
        .find((gauge) => gauge.place === 'api-1' && gauge.name.endsWith(name))!
        .values.reduce((a, b) => a + b, 0);
    expect(total('bucket{le="0.1"}')).toBe(0);
    expect(total('bucket{le="0.5"}')).toBe(total('duration_seconds_count'));
    expect(total('duration_seconds_count')).toBe(detail!.servedBy['api-1']!.count);
  });
});
