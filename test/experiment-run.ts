import { diskFiles } from '../src/cli/files.js';
import { runExperiment } from '../src/experiment/run.js';
import { loadExperiment } from '../src/input/load.js';
import type { RunResult, VariantResult } from '../src/metrics/result.js';

/** Runs `experiments/NAME.yaml` with so many replications. */
export function runShort(name: string, replications: number): Promise<RunResult> {
  const loaded = loadExperiment(`experiments/${name}.yaml`, diskFiles, { replications });
  return runExperiment(loaded, { version: 'test', replayCommand: 'none' });
}

/** Mean response time, ms. */
export function meanOf({ metrics }: VariantResult): number {
  return metrics.http_req_duration!.avg!;
}

/** Requests per second of the whole run. */
export function rateOf({ metrics }: VariantResult): number {
  return metrics.http_reqs!.rate!;
}

/** 95th percentile of the response time, ms; of one path where given. */
export function p95Of({ metrics }: VariantResult, path?: string): number {
  const name = path === undefined ? 'http_req_duration' : `http_req_duration{name:${path}}`;
  return metrics[name]!['p(95)']!;
}

/** Failed requests, as a fraction of all. */
export function failedOf({ metrics }: VariantResult): number {
  return metrics.http_req_failed!.rate!;
}

/** Highest `rate(http_requests_total[1m])`. */
export function trafficMax({ series }: VariantResult): number {
  return highestMinute(series.httpReqs, series.intervalSeconds);
}

/** Highest `rate(process_cpu_seconds_total[1m])` of any instance. */
export function processCpuMax({ series, instances }: VariantResult): number {
  const names = instances.map(({ name }) => name);
  const gauges = series.gauges.filter(({ place, name }) => name === 'cpu_seconds' && names.includes(place));
  return Math.max(...gauges.map(({ values }) => highestMinute(values, series.intervalSeconds)));
}

/** Highest mean of any minute of per-second values. */
function highestMinute(values: readonly number[], intervalSeconds: number): number {
  const length = Math.round(60 / intervalSeconds);
  let highest = 0;
  for (let end = length; end <= values.length; end += 1) {
    const sum = values.slice(end - length, end).reduce((total, value) => total + value, 0);
    highest = Math.max(highest, sum / length);
  }
  return highest;
}
