import { type MeasuredRun, quantileOfSorted } from '../../input/measured.js';
import { log } from '../../random/math.js';
import { cpuDrafts } from './cpu-drafts.js';
import {
  type Draft,
  meanOf,
  norm,
  type Observation,
  type ObservedMetric,
  type ObservedWindow,
  RATE_TOLERANCE,
  REQUESTS_MIN,
  type Take,
  varianceOf,
} from './observation.js';

/** Latencies of a model within 2 % of those of the machine are as good as they get: what no parameter can make better. */
const LATENCY_TOLERANCE = 0.02;
/** Two points of error rate: as much as two or three per cent of capacity make in overload. */
const FAILED_TOLERANCE = 0.02;
/** Requests wait for the same queue: their durations tell less than as many independent ones. Twice the error, four times the variance. */
const QUEUE_FACTOR = 2;
/** Four statistics of one bucket say what one and a half independent ones would. */
const SHARED_FACTOR = Math.sqrt(4 / 1.5);
/** What takes differ by where a run was made once only: next to nothing without a queue, more under load. */
const SPREAD_OF_ONE = { lowLoad: 0.01, load: 0.08, rate: 0.01 };

const BUCKET_SECONDS = [5, 10, 15, 20, 30, 60, 120, 300, 600];
const BUCKETS_MAX = 9;
/** A bucket whose mean is at most so much above the least is one in which nearly nothing waits. */
const LOW_LOAD_RATIO = 1.5;

interface Slice {
  /** ms, ascending. */
  readonly sorted: Float64Array;
  readonly avg: number;
  readonly failed: number;
}

/** Everything that is fitted of one run. */
export function observationsOf(takes: readonly Take[], routes: readonly string[]): Observation[] {
  const durationSeconds = meanOf(takes.map(({ run }) => run.durationSeconds));
  const windows = windowsOf(durationSeconds);
  const buckets = windows.map((window) => ({ window, slices: takes.map(({ run }) => sliceOf(run, window)) }));
  const full = buckets.filter(({ slices }) => slices.every(({ sorted }) => sorted.length >= REQUESTS_MIN));
  const least = Math.min(...full.map(({ slices }) => meanOf(slices.map(({ avg }) => avg))));
  const whole = { startSeconds: 0, endSeconds: durationSeconds };
  const drafts = full.flatMap(({ window, slices }) => {
    const isLowLoad = meanOf(slices.map(({ avg }) => avg)) <= LOW_LOAD_RATIO * least;
    return [...latencies(slices, window, { isLowLoad }), rateOf(slices, window)];
  });
  if (routes.length > 1) {
    for (const route of routes) {
      const slices = takes.map(({ run }) => sliceOf(run, whole, route));
      if (slices.every(({ sorted }) => sorted.length >= REQUESTS_MIN)) {
        drafts.push(...latencies(slices, whole, { isLowLoad: false, route }));
      }
    }
  }
  drafts.push(...failures(takes, whole), ...cpuDrafts(takes, durationSeconds));
  const slices = takes.map(({ run }) => sliceOf(run, whole));
  const totals = [...latencies(slices, whole, { isLowLoad: false }), rateOf(slices, whole)];
  return [
    ...withSigma(drafts, takes.length, 'fitted'),
    ...withSigma(slices.every(({ sorted }) => sorted.length > 0) ? totals : [], takes.length, 'total'),
  ];
}

/**
 * Latencies of each route while nearly nothing waits, and when that ends: each route's own demands. `undefined` where all requests
 * are of one route, or the load is high from the beginning.
 */
export function lowLoadObservations(
  takes: readonly Take[],
  observations: readonly Observation[],
): { readonly observations: Observation[]; readonly endSeconds: number } | undefined {
  const quiet = observations.filter(({ isLowLoad, metric }) => isLowLoad && metric !== 'cpu');
  const routes = routesOf(takes);
  if (quiet.length === 0 || routes.length < 2) return undefined;
  const endSeconds = Math.max(...quiet.map(({ window }) => window.endSeconds));
  const window = { startSeconds: 0, endSeconds };
  const drafts = routes.flatMap((route) => {
    const slices = takes.map(({ run }) => sliceOf(run, window, route));
    if (slices.some(({ sorted }) => sorted.length < REQUESTS_MIN)) return [];
    return latencies(slices, window, { isLowLoad: true, route });
  });
  return { observations: withSigma(drafts, takes.length, 'fitted'), endSeconds };
}

function latencies(
  slices: readonly Slice[],
  window: ObservedWindow,
  rest: { readonly isLowLoad: boolean; readonly route?: string },
): Draft[] {
  const count = meanOf(slices.map(({ sorted }) => sorted.length));
  const draft = (metric: ObservedMetric, of: (slice: Slice) => number, probability: number): Draft => ({
    metric,
    window,
    ...rest,
    takes: slices.map((slice) => log(of(slice))),
    sigma: SHARED_FACTOR * norm(LATENCY_TOLERANCE, QUEUE_FACTOR * quantileNoise(slices, probability)),
  });
  const quantile = (metric: ObservedMetric, probability: number) =>
    draft(metric, ({ sorted }) => quantileOfSorted(sorted, probability), probability);
  return [
    // A mean's own noise is near that of a quantile above the median; no moment of a heavy tail is asked for.
    draft('avg', ({ avg }) => avg, 0.7),
    quantile('med', 0.5),
    ...(count >= 2 * REQUESTS_MIN ? [quantile('p(90)', 0.9)] : []),
    ...(count >= 4 * REQUESTS_MIN ? [quantile('p(95)', 0.95)] : []),
  ];
}

/** Relative error of a quantile: what lies between the order statistics one binomial standard deviation away. */
function quantileNoise(slices: readonly Slice[], probability: number): number {
  return meanOf(
    slices.map(({ sorted }) => {
      const deviation = Math.sqrt((probability * (1 - probability)) / sorted.length);
      const low = quantileOfSorted(sorted, Math.max(0, probability - deviation));
      const high = quantileOfSorted(sorted, Math.min(1, probability + deviation));
      return (log(high) - log(low)) / 2;
    }),
  );
}

function rateOf(slices: readonly Slice[], window: ObservedWindow): Draft {
  const seconds = window.endSeconds - window.startSeconds;
  const count = meanOf(slices.map(({ sorted }) => sorted.length));
  return {
    metric: 'rate',
    window,
    takes: slices.map(({ sorted }) => log(sorted.length / seconds)),
    // Users come back at their own pace, so that counts vary less than those of independent arrivals.
    sigma: norm(RATE_TOLERANCE, 0.5 / Math.sqrt(count)),
    isLowLoad: false,
  };
}

function failures(takes: readonly Take[], window: ObservedWindow): Draft[] {
  const slices = takes.map(({ run }) => sliceOf(run, window));
  const ratios = slices.map(({ failed, sorted }) => failed / Math.max(1, sorted.length));
  const count = meanOf(slices.map(({ sorted }) => sorted.length));
  const ratio = meanOf(ratios);
  const noise = QUEUE_FACTOR * Math.sqrt((ratio * (1 - ratio)) / Math.max(1, count));
  return [
    { metric: 'failed', window, takes: ratios, sigma: norm(FAILED_TOLERANCE, noise), isLowLoad: false },
  ];
}

/** Adds what takes differ by: half of it an observation's own, half that of all of its metric, for two takes alone say little. */
function withSigma(drafts: readonly Draft[], takeCount: number, role: Observation['role']): Observation[] {
  const pooled = new Map<ObservedMetric, number>();
  for (const metric of new Set(drafts.map((draft) => draft.metric))) {
    const variances = drafts.filter((draft) => draft.metric === metric).map(({ takes }) => varianceOf(takes));
    pooled.set(metric, meanOf(variances));
  }
  return drafts.map((draft) => {
    const shared = pooled.get(draft.metric)!;
    const variance =
      takeCount > 1 ? (varianceOf(draft.takes) + shared) / 2 / takeCount : varianceOfOne(draft);
    return { ...draft, role, value: meanOf(draft.takes), sigma: norm(draft.sigma, Math.sqrt(variance)) };
  });
}

function varianceOfOne({ metric, isLowLoad }: Draft): number {
  if (metric === 'failed') return 0;
  if (metric === 'rate') return SPREAD_OF_ONE.rate ** 2;
  return isLowLoad ? SPREAD_OF_ONE.lowLoad ** 2 : SPREAD_OF_ONE.load ** 2;
}

function windowsOf(durationSeconds: number): ObservedWindow[] {
  const length =
    BUCKET_SECONDS.find((seconds) => durationSeconds / seconds <= BUCKETS_MAX) ??
    durationSeconds / BUCKETS_MAX;
  const count = Math.max(1, Math.floor(durationSeconds / length + 0.05));
  return Array.from({ length: count }, (_, index) => ({
    startSeconds: index * length,
    endSeconds: (index + 1) * length,
  }));
}

function sliceOf({ samples }: MeasuredRun, window: ObservedWindow, route?: string): Slice {
  const durations: number[] = [];
  let sum = 0;
  let failed = 0;
  const code = route === undefined ? undefined : samples?.route?.names.indexOf(route);
  for (let index = 0; index < (samples?.endMs.length ?? 0); index += 1) {
    const endSeconds = samples!.endMs[index]! / 1000;
    if (endSeconds < window.startSeconds || endSeconds >= window.endSeconds) continue;
    if (code !== undefined && samples!.route!.codes[index] !== code) continue;
    durations.push(samples!.durationMs[index]!);
    sum += samples!.durationMs[index]!;
    failed += samples!.failed[index]!;
  }
  return { sorted: Float64Array.from(durations).sort(), avg: sum / durations.length, failed };
}

/** Routes that are told apart at most: those with the most requests. A URL with an identifier in it would make as many as there are requests. */
const ROUTES_MAX = 12;

/** Names of the requests of some takes, sorted; empty where their files tell none. */
export function routesOf(takes: readonly Take[]): string[] {
  const counts = new Map<string, number>();
  for (const { run } of takes) {
    const route = run.samples?.route;
    for (const code of route?.codes ?? []) {
      const name = route!.names[code]!;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, ROUTES_MAX);
  return frequent.map(([name]) => name).sort();
}
