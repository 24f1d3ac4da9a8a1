import type { MeasuredRun, MeasuredSeries } from '../input/measured.js';
import type { ComparedPrometheus } from '../metrics/comparison.js';
import { bucketGauge, COUNT_GAUGE } from '../metrics/detail.js';
import { type CumulativeBucket, histogramQuantile, rateAt, type Scraped } from '../metrics/promql.js';
import type { ReplicationRecord } from '../metrics/record.js';

/** Window of `rate()`: four scrapes of the lab, so that one that is late leaves three. */
const RANGE_SECONDS = 20;
const BUCKET_METRIC = 'http_request_duration_seconds_bucket';
/** Handlers that a load does not ask for. */
const OWN_HANDLERS: ReadonlySet<string> = new Set(['/metrics', '/health']);
/** How old a scraped value can be where `query_range` reports it, and in which steps that is looked for. */
const LAG_SECONDS_MAX = 5;
const LAG_STEP_SECONDS = 0.1;

/** Which instance of the model a target is. */
export interface TargetNames {
  /** Prometheus' `instance` labels. */
  readonly targets: readonly string[];
  /** The model's, in the same order. */
  readonly instances: readonly string[];
}

/**
 * A run as Prometheus' graphs show it, on both sides: counters known only where they were scraped, latencies only by their buckets, and
 * `rate()` and `histogram_quantile()` as Prometheus computes them.
 *
 * The predicted counters are read at the very instants of the measured ones. `query_range` reports values under the times of its steps,
 * and each is as old as the last scrape of its target: how old is found by laying the counter over the load generator's own count of
 * requests. `undefined` where the run has no such histogram.
 */
export function prometheusView(
  run: MeasuredRun,
  records: readonly ReplicationRecord[],
  names: TargetNames,
): ComparedPrometheus | undefined {
  const buckets = run.series.filter(
    ({ metric, labels }) =>
      metric === BUCKET_METRIC &&
      !OWN_HANDLERS.has(labels.handler ?? '') &&
      names.targets.includes(labels.instance ?? ''),
  );
  const steps = [...new Set(buckets.flatMap(({ points }) => points.map(({ atSeconds }) => atSeconds)))].sort(
    (a, b) => a - b,
  );
  if (steps.length < 2 || records.length === 0) return undefined;
  const lags = names.targets.map((target) => scrapeLag(run, buckets, target));
  const les = [...new Set(buckets.map(leOf))].sort((a, b) => a - b);
  const measured = buckets.map((series) => ({ le: leOf(series), points: series.points }));
  const predicted = records.map((record) =>
    names.instances.flatMap((instance, index) =>
      les.map((le) => ({
        le,
        points: scraped(record, instance, {
          le,
          steps: steps.map((atSeconds) => ({ atSeconds, readAt: atSeconds - lags[index]! })),
          base: startOf(buckets, names.targets[index]!, le),
        }),
      })),
    ),
  );
  const instants = steps.filter(
    (atSeconds) => atSeconds > 0 && atSeconds <= run.durationSeconds + LAG_SECONDS_MAX,
  );
  const views = predicted.map((counters) => instants.map((at) => viewAt(counters, at)));
  const real = instants.map((at) => viewAt(measured, at));
  const quantity = (of: (view: View) => number | null) => ({
    measured: real.map(of),
    predicted: instants.map((_, index) => meanPresent(views.map((view) => of(view[index]!)))),
  });
  return {
    rangeSeconds: RANGE_SECONDS,
    atSeconds: instants,
    lagSeconds: lags,
    rate: quantity(({ rate }) => rate),
    med: quantity(({ med }) => med),
    p95: quantity(({ p95 }) => p95),
  };
}

interface Counter {
  readonly le: number;
  readonly points: readonly Scraped[];
}

/** What a dashboard shows at one instant; ms. */
interface View {
  readonly rate: number | null;
  readonly med: number | null;
  readonly p95: number | null;
}

/** `sum by (le) (rate(..._bucket[20s]))`, and its quantiles. */
function viewAt(counters: readonly Counter[], atSeconds: number): View {
  const sums = new Map<number, number>();
  for (const { le, points } of counters) {
    const rate = rateAt(points, atSeconds, RANGE_SECONDS);
    if (rate !== undefined) sums.set(le, (sums.get(le) ?? 0) + rate);
  }
  const buckets: CumulativeBucket[] = [...sums].map(([le, count]) => ({ le, count }));
  const ms = (quantile: number) => {
    const seconds = histogramQuantile(quantile, buckets);
    return seconds === undefined ? null : seconds * 1000;
  };
  return { rate: sums.get(Number.POSITIVE_INFINITY) ?? null, med: ms(0.5), p95: ms(0.95) };
}

function leOf({ labels }: MeasuredSeries): number {
  return labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
}

/** The value of a target's counter before the load: warm-up requests. */
function startOf(buckets: readonly MeasuredSeries[], target: string, le: number): number {
  return buckets
    .filter((series) => series.labels.instance === target && leOf(series) === le)
    .reduce((sum, { points }) => sum + (points[0]?.value ?? 0), 0);
}

interface Scrapes {
  readonly le: number;
  /** When a value is reported, and when it was read. */
  readonly steps: readonly { readonly atSeconds: number; readonly readAt: number }[];
  readonly base: number;
}

/** A predicted counter where it was scraped; between two seconds it is taken as growing evenly. */
function scraped(record: ReplicationRecord, instance: string, { le, steps, base }: Scrapes): Scraped[] {
  const name = le === Number.POSITIVE_INFINITY ? COUNT_GAUGE : bucketGauge(le);
  const gauge = record.gauges.find((candidate) => candidate.place === instance && candidate.name === name);
  const increases = gauge?.values ?? [];
  const sums = [0];
  for (const increase of increases) sums.push(sums.at(-1)! + increase * record.intervalSeconds);
  return steps.map(({ atSeconds, readAt }) => {
    const position = Math.min(Math.max(readAt / record.intervalSeconds, 0), increases.length);
    const before = Math.floor(position);
    const grown = sums[before]! + ((sums[before + 1] ?? sums[before]!) - sums[before]!) * (position - before);
    return { atSeconds, value: base + grown };
  });
}

/** How old a target's values are: where its count lies best over the requests that the load generator saw end. */
function scrapeLag(run: MeasuredRun, buckets: readonly MeasuredSeries[], target: string): number {
  const ends = run.samples?.endMs.slice().sort();
  const own = buckets.filter(
    (series) => series.labels.instance === target && leOf(series) === Number.POSITIVE_INFINITY,
  );
  const times = own[0]?.points.map(({ atSeconds }) => atSeconds) ?? [];
  const counts = times.map((at) =>
    own.reduce((sum, { points }) => {
      const point = points.findLast(({ atSeconds }) => atSeconds <= at);
      return sum + (point === undefined ? 0 : point.value - points[0]!.value);
    }, 0),
  );
  const total = counts.at(-1) ?? 0;
  if (ends === undefined || ends.length === 0 || total === 0) return LAG_SECONDS_MAX / 2;
  let best = { lag: 0, miss: Number.POSITIVE_INFINITY };
  for (let step = 0; step * LAG_STEP_SECONDS <= LAG_SECONDS_MAX; step += 1) {
    const lag = step * LAG_STEP_SECONDS;
    const seen = times.map((at) => (countUpTo(ends, (at - lag) * 1000) / ends.length) * total);
    const miss = seen.reduce((sum, value, index) => sum + (value - counts[index]!) ** 2, 0);
    if (miss < best.miss) best = { lag, miss };
  }
  return best.lag;
}

/** How many of the sorted values are at most `limit`. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanPresent(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
}
