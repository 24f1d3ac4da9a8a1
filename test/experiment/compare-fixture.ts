import type { MeasuredRun } from '../../src/input/measured.js';
import { Histogram, INTERVAL_BUCKETS_PER_OCTAVE } from '../../src/metrics/histogram.js';
import type { SeriesResult, VariantResult } from '../../src/metrics/result.js';

/** A run of requests given as [end in seconds, duration in ms, failed], with one virtual user. */
export function runOf(label: string, requests: readonly (readonly [number, number, 0 | 1])[]): MeasuredRun {
  const sorted = Float64Array.from(requests.map(([, durationMs]) => durationMs)).sort();
  const failed = requests.filter(([, , isFailed]) => isFailed === 1).length;
  const histogram = new Histogram(1024);
  for (const value of sorted) histogram.record(value);
  const durationSeconds = Math.max(...requests.map(([endSeconds]) => endSeconds));
  return {
    source: `${label}.csv`,
    format: 'k6-csv',
    label,
    startMs: 0,
    durationSeconds,
    samples: {
      endMs: Float64Array.from(requests.map(([endSeconds]) => endSeconds * 1000)),
      durationMs: Float64Array.from(requests.map(([, durationMs]) => durationMs)),
      status: Uint16Array.from(requests.map(([, , isFailed]) => (isFailed === 1 ? 500 : 200))),
      failed: Uint8Array.from(requests.map(([, , isFailed]) => isFailed)),
    },
    metrics: {
      http_reqs: { count: requests.length, rate: requests.length / durationSeconds },
      http_req_failed: { rate: failed / requests.length, passes: failed, fails: requests.length - failed },
      http_req_duration: {
        avg: histogram.mean,
        med: histogram.quantile(0.5),
        'p(90)': histogram.quantile(0.9),
        'p(95)': histogram.quantile(0.95),
        'p(99)': histogram.quantile(0.99),
        count: requests.length,
      },
    },
    vus: Array.from({ length: Math.floor(durationSeconds) }, (_, second) => ({
      atSeconds: second + 0.999,
      value: 1,
    })),
    series: [],
    ignored: [],
  };
}

/** The run itself, as if it had been predicted. */
export function predictionOf(run: MeasuredRun): VariantResult {
  return {
    variant: {},
    label: run.label,
    fingerprint: '',
    replications: 1,
    durationSeconds: run.durationSeconds,
    events: 0,
    metrics: run.metrics,
    intervals: {},
    thresholds: {},
    instances: [],
    durations: new Histogram(256).toSparse(),
    series: seriesOf(run),
    runs: [],
  };
}

function seriesOf(run: MeasuredRun): SeriesResult {
  const length = Math.floor(run.durationSeconds) + 1;
  const histograms = Array.from({ length }, () => new Histogram(INTERVAL_BUCKETS_PER_OCTAVE));
  const failed = new Array<number>(length).fill(0);
  run.samples!.endMs.forEach((endMs, index) => {
    const second = Math.floor(endMs / 1000);
    histograms[second]!.record(run.samples!.durationMs[index]!);
    failed[second]! += run.samples!.failed[index]!;
  });
  const none = histograms.map(() => null);
  return {
    intervalSeconds: 1,
    vus: histograms.map((_, second) => (run.vus[second] ?? run.vus.at(-1))?.value ?? 0),
    httpReqs: histograms.map((histogram) => histogram.count),
    httpReqsFailed: failed,
    p50: none,
    p90: none,
    p95: none,
    p99: none,
    avg: none,
    durations: histograms.map((histogram) => histogram.toSparse()),
    gauges: [],
  };
}

/** 20 requests a second for 40 s around `durationMs`, evenly spread by ±20 %; every `failedEvery`th fails (0: none). */
export function steadyRun(label: string, durationMs: number, failedEvery = 0): MeasuredRun {
  const requests = Array.from({ length: 800 }, (_, index) => {
    const spread = 0.8 + (0.4 * ((index * 37) % 100)) / 99;
    const isFailed = failedEvery > 0 && index % failedEvery === 0 ? 1 : 0;
    return [(index + 0.5) / 20, durationMs * spread, isFailed] as const;
  });
  return runOf(label, requests);
}
