import { BUILTIN_METRICS } from '../metrics/builtin.js';
import type { MetricType } from '../metrics/record.js';
import type { MetricValues } from '../metrics/result.js';
import {
  type Ignored,
  labelOf,
  type MeasuredRun,
  type MeasuredSamples,
  type MeasuredSettings,
  quantileOfSorted,
} from './measured.js';

/** One sample as k6 writes it to a file. Reused for every row by its reader. */
export interface K6Point {
  metric: string;
  /** Unix time in µs: what a double holds exactly; k6 takes it when the request ended. */
  timeUs: number;
  value: number;
  /** The tag, '' if absent. */
  status: string;
  /** The tag `expected_response`: 'true', 'false' or ''. */
  expectedResponse: string;
}

interface GrowingNumbers {
  values: Float64Array;
  length: number;
}

type Collected =
  | { readonly type: 'trend'; readonly all: GrowingNumbers; sum: number }
  | { readonly type: 'counter'; sum: number }
  | { readonly type: 'rate'; passes: number; total: number }
  | { readonly type: 'gauge'; last: number; min: number; max: number };

/** The points of a file so far. */
export interface K6Points {
  readonly types: Map<string, MetricType>;
  readonly metrics: Map<string, Collected>;
  readonly unknown: Map<string, number>;
  readonly endUs: GrowingNumbers;
  readonly durationMs: GrowingNumbers;
  readonly status: GrowingNumbers;
  readonly failed: GrowingNumbers;
  readonly vusAtUs: GrowingNumbers;
  readonly vus: GrowingNumbers;
  /** Earliest start of a request: its end less its duration. */
  firstUs: number;
  lastUs: number;
  /** Index of the latest request whose `http_req_failed` has not come yet, -1 for none. */
  unpaired: number;
}

/** Sub-metric that k6 always makes of the requests with the expected response. */
const EXPECTED_ONLY = 'http_req_duration{expected_response:true}';

/** No points yet; only k6's built-in metrics have a known type. */
export function newK6Points(): K6Points {
  return {
    types: new Map(Object.entries(BUILTIN_METRICS)),
    metrics: new Map(),
    unknown: new Map(),
    endUs: growing(),
    durationMs: growing(),
    status: growing(),
    failed: growing(),
    vusAtUs: growing(),
    vus: growing(),
    firstUs: Number.POSITIVE_INFINITY,
    lastUs: Number.NEGATIVE_INFINITY,
    unpaired: -1,
  };
}

/** Adds a point: O(1), no allocation. Metrics of unknown type (custom ones in a CSV, which names no types) are only counted. */
export function addK6Point(points: K6Points, point: K6Point): void {
  if (point.timeUs > points.lastUs) points.lastUs = point.timeUs;
  const type = points.types.get(point.metric);
  if (type === undefined) {
    points.unknown.set(point.metric, (points.unknown.get(point.metric) ?? 0) + 1);
    return;
  }
  addValue(points, point.metric, type, point.value);
  if (point.metric === 'http_req_duration') addRequest(points, point);
  else if (point.metric === 'http_req_failed') addFailed(points, point);
  else if (point.metric === 'vus') {
    push(points.vusAtUs, point.timeUs);
    push(points.vus, point.value);
  }
}

function addRequest(points: K6Points, point: K6Point): void {
  points.firstUs = Math.min(points.firstUs, point.timeUs - point.value * 1000);
  points.unpaired = points.endUs.length;
  const status = Number(point.status);
  const isFailed =
    point.expectedResponse === '' ? status === 0 || status >= 400 : point.expectedResponse === 'false';
  push(points.endUs, point.timeUs);
  push(points.durationMs, point.value);
  push(points.status, status);
  push(points.failed, isFailed ? 1 : 0);
  if (point.expectedResponse === 'true') addValue(points, EXPECTED_ONLY, 'trend', point.value);
}

/** k6 writes the samples of one request together, its failure last: it belongs to the latest request of the same instant. */
function addFailed(points: K6Points, point: K6Point): void {
  const index = points.unpaired;
  if (index < 0 || points.endUs.values[index] !== point.timeUs) return;
  points.failed.values[index] = point.value === 0 ? 0 : 1;
  points.unpaired = -1;
}

function addValue(points: K6Points, metric: string, type: MetricType, value: number): void {
  let collected = points.metrics.get(metric);
  if (collected === undefined) {
    collected = newCollected(type);
    points.metrics.set(metric, collected);
  }
  switch (collected.type) {
    case 'trend':
      push(collected.all, value);
      collected.sum += value;
      break;
    case 'counter':
      collected.sum += value;
      break;
    case 'rate':
      collected.total += 1;
      if (value !== 0) collected.passes += 1;
      break;
    case 'gauge':
      collected.last = value;
      collected.min = Math.min(collected.min, value);
      collected.max = Math.max(collected.max, value);
  }
}

function newCollected(type: MetricType): Collected {
  switch (type) {
    case 'trend':
      return { type, all: growing(), sum: 0 };
    case 'counter':
      return { type, sum: 0 };
    case 'rate':
      return { type, passes: 0, total: 0 };
    case 'gauge':
      // k6's maximum starts from 0 (metrics/sink.go, GaugeSink).
      return { type, last: 0, min: Number.POSITIVE_INFINITY, max: 0 };
  }
}

/** The run that the points tell. With no request in them its start is the first point's time or the given one. */
export function k6Run(
  points: K6Points,
  file: { readonly name: string; readonly format: string; readonly ignored: readonly Ignored[] },
  settings: MeasuredSettings,
): MeasuredRun {
  const startUs = settings.startMs === undefined ? startOf(points) : settings.startMs * 1000;
  const durationSeconds = Math.max(0, points.lastUs - startUs) / 1e6;
  const vus = [...points.vus.values.subarray(0, points.vus.length)].map((value, index) => ({
    atSeconds: ((points.vusAtUs.values[index] as number) - startUs) / 1e6,
    value,
  }));
  const metrics: Record<string, MetricValues> = {};
  for (const name of [...points.metrics.keys()].sort()) {
    metrics[name] = statistics(points.metrics.get(name) as Collected, durationSeconds);
  }
  const unknown = [...points.unknown].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    source: file.name,
    format: file.format,
    label: settings.label ?? labelOf(file.name),
    startMs: startUs / 1000,
    durationSeconds,
    samples: samplesOf(points, startUs),
    metrics,
    vus,
    series: [],
    ignored: [
      ...file.ignored,
      ...unknown.map(([name, count]) => ({
        what: `metric ${name}, whose type the file does not tell`,
        count,
      })),
    ],
  };
}

function startOf(points: K6Points): number {
  if (Number.isFinite(points.firstUs)) return points.firstUs;
  return points.vusAtUs.length > 0 ? (points.vusAtUs.values[0] as number) : points.lastUs;
}

function samplesOf(points: K6Points, startUs: number): MeasuredSamples {
  return {
    endMs: points.endUs.values.slice(0, points.endUs.length).map((timeUs) => (timeUs - startUs) / 1000),
    durationMs: points.durationMs.values.slice(0, points.durationMs.length),
    status: Uint16Array.from(points.status.values.subarray(0, points.status.length)),
    failed: Uint8Array.from(points.failed.values.subarray(0, points.failed.length)),
  };
}

function statistics(collected: Collected, durationSeconds: number): MetricValues {
  switch (collected.type) {
    case 'trend':
      return trendStatistics(collected.all.values.slice(0, collected.all.length), collected.sum);
    case 'counter':
      return { count: collected.sum, rate: durationSeconds > 0 ? collected.sum / durationSeconds : 0 };
    case 'rate': {
      const { passes, total } = collected;
      return { rate: total > 0 ? passes / total : 0, passes, fails: total - passes };
    }
    case 'gauge':
      return { value: collected.last, min: collected.min, max: collected.max };
  }
}

/** k6's statistics of a trend; sorts `values` in place. `sum` is that in order of arrival, as k6 adds. */
function trendStatistics(values: Float64Array, sum: number): MetricValues {
  values.sort();
  return {
    avg: values.length === 0 ? 0 : sum / values.length,
    min: values[0] ?? 0,
    med: quantileOfSorted(values, 0.5),
    max: values.at(-1) ?? 0,
    'p(90)': quantileOfSorted(values, 0.9),
    'p(95)': quantileOfSorted(values, 0.95),
    'p(99)': quantileOfSorted(values, 0.99),
    count: values.length,
  };
}

function growing(): GrowingNumbers {
  return { values: new Float64Array(64), length: 0 };
}

function push(numbers: GrowingNumbers, value: number): void {
  if (numbers.length === numbers.values.length) {
    const larger = new Float64Array(2 * numbers.length);
    larger.set(numbers.values);
    numbers.values = larger;
  }
  numbers.values[numbers.length] = value;
  numbers.length += 1;
}
