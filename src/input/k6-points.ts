import { BUILTIN_METRICS } from '../metrics/builtin.js';
import type { MetricType } from '../metrics/record.js';
import type { MetricValues } from '../metrics/result.js';
import { type Column, float64Column } from './columns.js';
import { type Ignored, labelOf, type MeasuredRun, type MeasuredSettings } from './measured.js';
import { requestRoute } from './request-route.js';
import { blankSample, type Sample, SampleTable } from './sample-table.js';
import { withoutRows } from './text-lines.js';
import { addToTrend, newTrend, type Trend, trendStatistics } from './trend.js';

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
  /** Tags that say what was asked; '' if absent. Only those of requests are looked at. */
  method: string;
  name: string;
  url: string;
  scenario: string;
  group: string;
  /** The user's own tag `instance`. */
  instance: string;
}

/** A point whose fields say nothing. */
export function blankPoint(): K6Point {
  const tags = { method: '', name: '', url: '', scenario: '', group: '', instance: '' };
  return { metric: '', timeUs: 0, value: 0, status: '', expectedResponse: '', ...tags };
}

type Collected =
  | { readonly type: 'trend'; readonly trend: Trend }
  | { readonly type: 'counter'; sum: number }
  | { readonly type: 'rate'; passes: number; total: number }
  | { readonly type: 'gauge'; last: number; min: number; max: number };

/** The points of a file so far. */
export interface K6Points {
  readonly types: Map<string, MetricType>;
  readonly metrics: Map<string, Collected>;
  readonly unknown: Map<string, number>;
  readonly table: SampleTable;
  /** Reused for every request. */
  readonly sample: Sample;
  readonly vusAtUs: Column;
  readonly vus: Column;
  /** Earliest start of a request: its end less its duration. */
  firstUs: number;
  lastUs: number;
  firstVusUs: number;
  /** End of the latest request where its `http_req_failed` has not come yet, else NaN. */
  unpairedUs: number;
}

/** Sub-metric that k6 always makes of the requests with the expected response. */
const EXPECTED_ONLY = 'http_req_duration{expected_response:true}';

/** No points yet; only k6's built-in metrics have a known type. */
export function newK6Points(): K6Points {
  return {
    types: new Map(Object.entries(BUILTIN_METRICS)),
    metrics: new Map(),
    unknown: new Map(),
    table: new SampleTable(),
    sample: blankSample(),
    vusAtUs: float64Column(),
    vus: float64Column(),
    firstUs: Number.POSITIVE_INFINITY,
    lastUs: Number.NEGATIVE_INFINITY,
    firstVusUs: Number.POSITIVE_INFINITY,
    unpairedUs: Number.NaN,
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
    points.firstVusUs = Math.min(points.firstVusUs, point.timeUs);
    points.vusAtUs.push(point.timeUs);
    points.vus.push(point.value);
  }
}

function addRequest(points: K6Points, point: K6Point): void {
  points.firstUs = Math.min(points.firstUs, point.timeUs - point.value * 1000);
  points.unpairedUs = point.timeUs;
  const status = Number(point.status);
  const isFailed =
    point.expectedResponse === '' ? status === 0 || status >= 400 : point.expectedResponse === 'false';
  const { table, sample } = points;
  sample.endUs = point.timeUs;
  sample.durationMs = point.value;
  sample.status = status;
  sample.failed = isFailed ? 1 : 0;
  sample.route = table.route.code(requestRoute(point.method, point.name === '' ? point.url : point.name));
  sample.instance = table.instance.code(point.instance);
  sample.scenario = table.scenario.code(point.scenario);
  sample.group = table.group.code(point.group);
  table.add(sample);
  if (point.expectedResponse === 'true') addValue(points, EXPECTED_ONLY, 'trend', point.value);
}

/** k6 writes the samples of one request together, its failure last: it belongs to the latest request of the same instant. */
function addFailed(points: K6Points, point: K6Point): void {
  if (points.unpairedUs !== point.timeUs) return;
  points.table.setFailed(point.value === 0 ? 0 : 1);
  points.unpairedUs = Number.NaN;
}

function addValue(points: K6Points, metric: string, type: MetricType, value: number): void {
  let collected = points.metrics.get(metric);
  if (collected === undefined) {
    collected = newCollected(type);
    points.metrics.set(metric, collected);
  }
  switch (collected.type) {
    case 'trend':
      addToTrend(collected.trend, value);
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
      return { type, trend: newTrend() };
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
  if (!Number.isFinite(points.lastUs)) throw withoutRows(file.name);
  const startUs = settings.startMs === undefined ? startOf(points) : settings.startMs * 1000;
  const durationSeconds = Math.max(0, points.lastUs - startUs) / 1e6;
  const vusAtUs = points.vusAtUs.take();
  const vus = Array.from(points.vus.take(), (value, index) => ({
    atSeconds: ((vusAtUs[index] as number) - startUs) / 1e6,
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
    samples: points.table.takeSamples(startUs),
    metrics,
    vus,
    series: [],
    ignored: [
      ...file.ignored,
      ...points.table.ignored(),
      ...halfRequests(points),
      ...unknown.map(([name, count]) => ({
        what: `metric ${name}, whose type the file does not tell`,
        count,
      })),
    ],
  };
}

/** k6 writes nine samples per request; a file that breaks off between two of them has one request without a duration. */
function halfRequests(points: K6Points): Ignored[] {
  const counted = points.metrics.get('http_reqs');
  if (counted?.type !== 'counter' || counted.sum === points.table.count) return [];
  const what =
    'requests that the file counts without their duration, or the other way round: it may be cut off';
  return [{ what, count: Math.abs(counted.sum - points.table.count) }];
}

function startOf(points: K6Points): number {
  if (Number.isFinite(points.firstUs)) return points.firstUs;
  return Number.isFinite(points.firstVusUs) ? points.firstVusUs : points.lastUs;
}

function statistics(collected: Collected, durationSeconds: number): MetricValues {
  switch (collected.type) {
    case 'trend':
      return trendStatistics(collected.trend);
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
