import { NS_PER_MS, toSeconds } from '../kernel/time.js';
import { GroupTree } from './k6-groups.js';
import { K6_METRICS, type MetricInfo } from './k6-metrics.js';
import { CheckCounts, type PartSinks, Parts, type SummaryOptions, toK6Metric } from './k6-parts.js';
import { createSink, type K6Sink } from './k6-sinks.js';
import { EXPECTED_RESPONSE, isSameSubmetric, type K6Submetric, parseSubmetric } from './k6-submetric.js';
import type { K6Breakdown, K6Metric, K6Summary } from './k6-summary.js';
import { holds, type K6Threshold, statisticOf } from './k6-threshold.js';
import type { MetricValues } from './result.js';
import type { Sample, SampleBatch, SampleConsumer, SampleTags } from './sample.js';
import { tagsMatch } from './selector.js';

/** What the {@link K6Aggregator} is to keep. */
export interface K6AggregatorOptions {
  /** The script's own metrics; more may be defined until the first sample. */
  readonly metrics?: Readonly<Record<string, MetricInfo>>;
  /** By metric or sub-metric, as in `options.thresholds`; checked before. */
  readonly thresholds?: Readonly<Record<string, readonly K6Threshold[]>>;
  /** `full` keeps the samples of every group and scenario apart as well. */
  readonly mode?: 'compact' | 'full';
  /** False where `systemTags` leave `expected_response` out: then no sub-metric of that tag. */
  readonly expectedResponse?: boolean;
}

/** How the thresholds stand. */
export interface ThresholdVerdict {
  /** Metrics with a threshold that does not hold, sorted. */
  readonly crossed: readonly string[];
  /** True if one of these has `abortOnFail`, and its delay is over. */
  readonly abort: boolean;
}

/** A metric or sub-metric that is collected. */
interface Tracked {
  readonly name: string;
  readonly info: MetricInfo;
  readonly sink: K6Sink;
  /** What it is a part of another metric by; `undefined` for a metric. */
  readonly part: K6Submetric | undefined;
  /** Empty for a sub-metric. */
  readonly submetrics: Tracked[];
  thresholds: readonly K6Threshold[];
  /** Whether each threshold held when it was last looked at. */
  ok: boolean[];
  observed: boolean;
}

/** Where samples of one metric with certain tags go. */
interface Route {
  readonly tracked: Tracked;
  readonly submetrics: readonly Tracked[];
  readonly sinks: readonly K6Sink[];
  /** Of the parts that count this check; undefined for another metric. */
  readonly parts: readonly PartSinks[] | undefined;
}

/**
 * Adds samples up as k6's metrics engine and summary output do: exact trends, sub-metrics, groups and checks, thresholds.
 *
 * Cost: a look-up per sample, and one where its tags are other than those before (one object for equal tags). Memory: 8 bytes per value of a trend (16 or 24 where
 * sub-metrics or parts keep it as well), so 300,000 requests take about 25 MB.
 */
export class K6Aggregator implements SampleConsumer {
  private readonly tracked = new Map<string, Tracked>();
  private readonly infos: Record<string, MetricInfo>;
  private readonly withThresholds: Tracked[] = [];
  private readonly groups = new GroupTree();
  private readonly checks = new CheckCounts();
  private readonly parts: Parts | undefined;
  private readonly routesOfTags = new WeakMap<SampleTags, Map<string, Route>>();
  private readonly routesOfBatches = new WeakMap<SampleTags, Map<readonly string[], readonly Route[]>>();
  private lastBatchTags: SampleTags | undefined = undefined;
  private lastBatchMetrics: readonly string[] = [];
  private lastBatch: readonly Route[] = [];
  private lastTags: SampleTags = {};
  private lastRoutes = new Map<string, Route>();

  constructor(options: K6AggregatorOptions = {}) {
    this.infos = { ...K6_METRICS, ...options.metrics };
    this.parts = options.mode === 'full' ? new Parts() : undefined;
    for (const [name, thresholds] of Object.entries(options.thresholds ?? {})) {
      this.track(name, thresholds);
    }
    if (options.expectedResponse !== false) this.submetric(EXPECTED_RESPONSE);
  }

  /** Defines a metric of the script; the same once more is no mistake. */
  define(name: string, info: MetricInfo): void {
    this.infos[name] = info;
  }

  sample({ metric, value, tags }: Sample): void {
    if (tags !== this.lastTags) this.turnTo(tags);
    let route = this.lastRoutes.get(metric);
    if (route === undefined) {
      route = this.routeOf(this.metric(metric), tags);
      this.lastRoutes.set(metric, route);
    }
    take(route, value);
    if (route.parts !== undefined) this.check(tags, value !== 0, route.parts);
    else if (metric === 'group_duration' && tags.group !== undefined) this.groups.group(tags.group);
  }

  /** No checks and groups: those come alone. */
  samples({ metrics, values, tags }: SampleBatch): void {
    let routes = this.lastBatch;
    if (tags !== this.lastBatchTags || metrics !== this.lastBatchMetrics)
      routes = this.batchRoutes(metrics, tags);
    for (let index = 0; index < routes.length; index += 1) take(routes[index]!, values[index]!);
  }

  /**
   * Evaluates all thresholds, as k6 does every two seconds and once at the end.
   *
   * @param elapsedNs since the start of the test.
   * @param empty metrics without a sample are left out while the test runs, and count as 0 at its end.
   */
  evaluate(elapsedNs: number, empty: 'skip' | 'count'): ThresholdVerdict {
    const crossed: string[] = [];
    let abort = false;
    const seconds = toSeconds(elapsedNs);
    for (const tracked of this.withThresholds) {
      if (empty === 'skip' && tracked.sink.isEmpty) continue;
      tracked.ok = tracked.thresholds.map((threshold) =>
        holds(threshold, tracked.sink.statistic(statisticOf(threshold), seconds)),
      );
      const failed = tracked.thresholds.filter((_, index) => !tracked.ok[index]);
      if (failed.length > 0) crossed.push(tracked.name);
      abort ||= failed.some(
        (threshold) => threshold.abortOnFail && (threshold.delayAbortEvalNs ?? -1) < elapsedNs,
      );
    }
    return { crossed: crossed.sort(), abort };
  }

  /** `handleSummary`'s data, with the thresholds as {@link evaluate} left them. */
  summary(rest: Pick<K6Summary, 'options' | 'state' | 'setup_data'>): K6Summary {
    const options = summaryOptions(rest);
    const metrics: Record<string, K6Metric> = {};
    for (const tracked of this.observed()) {
      const metric = toK6Metric(tracked.info, tracked.sink, options);
      metrics[tracked.name] = tracked.thresholds.length === 0 ? metric : withThresholds(metric, tracked);
    }
    const { options: given, state, setup_data } = rest;
    const summary: K6Summary = { root_group: this.groups.toGroup(), options: given, state, metrics };
    return setup_data === undefined ? summary : { ...summary, setup_data };
  }

  /** What the default text needs besides {@link summary}. */
  breakdown(rest: Pick<K6Summary, 'options' | 'state'>): K6Breakdown {
    const options = summaryOptions(rest);
    const percentiles: Record<string, MetricValues> = {};
    for (const { name, info, sink, thresholds } of this.withThresholds) {
      if (info.type === 'trend') percentiles[name] = percentilesOf(thresholds, sink);
    }
    return {
      checks: this.checks.toList(),
      percentiles,
      groups: this.parts?.groups(options) ?? [],
      scenarios: this.parts?.scenarioParts(options) ?? [],
    };
  }

  private observed(): Tracked[] {
    const all = [...this.tracked.values()].flatMap((tracked) => [tracked, ...tracked.submetrics]);
    return all.filter(({ observed }) => observed);
  }

  private track(name: string, thresholds: readonly K6Threshold[]): void {
    const tracked = name.includes('{') ? this.submetric(name) : this.metric(name);
    tracked.thresholds = thresholds;
    tracked.ok = thresholds.map(() => true);
    // A metric with thresholds is shown even without a sample, and so is the one it is a part of.
    tracked.observed = true;
    if (tracked.part !== undefined) this.metric(tracked.part.base).observed = true;
    this.withThresholds.push(tracked);
  }

  private metric(name: string): Tracked {
    let tracked = this.tracked.get(name);
    if (tracked === undefined) {
      const info = this.infos[name];
      if (info === undefined) throw new RangeError(`unknown metric: "${name}"`);
      tracked = newTracked(name, info, undefined);
      this.tracked.set(name, tracked);
    }
    return tracked;
  }

  /** The sub-metric with these tags; named as the first that has them. */
  private submetric(text: string): Tracked {
    const part = parseSubmetric(text);
    const { submetrics, info } = this.metric(part.base);
    const same = submetrics.find((other) => isSameSubmetric(other.part!, part));
    if (same !== undefined) return same;
    const submetric = newTracked(part.name, info, part);
    submetrics.push(submetric);
    return submetric;
  }

  /** The nine samples of a request come with the same tags. */
  private turnTo(tags: SampleTags): void {
    let routes = this.routesOfTags.get(tags);
    if (routes === undefined) {
      routes = new Map();
      this.routesOfTags.set(tags, routes);
    }
    this.lastTags = tags;
    this.lastRoutes = routes;
  }

  /** Where the samples of such a batch go. */
  private batchRoutes(metrics: readonly string[], tags: SampleTags): readonly Route[] {
    let batches = this.routesOfBatches.get(tags);
    if (batches === undefined) {
      batches = new Map();
      this.routesOfBatches.set(tags, batches);
    }
    let routes = batches.get(metrics);
    if (routes === undefined) {
      routes = metrics.map((metric) => this.routeOf(this.metric(metric), tags));
      batches.set(metrics, routes);
    }
    this.lastBatchTags = tags;
    this.lastBatchMetrics = metrics;
    this.lastBatch = routes;
    return routes;
  }

  private routeOf(tracked: Tracked, tags: SampleTags): Route {
    const parts = this.parts?.partsOf(tags) ?? [];
    return {
      tracked,
      submetrics: tracked.submetrics.filter(({ part }) => tagsMatch(tags, part!.conditions)),
      sinks: parts.map((part) => part.sink(tracked.name, tracked.info)),
      parts: tracked.name === 'checks' && tags.check !== undefined ? parts : undefined,
    };
  }

  private check(tags: SampleTags, passed: boolean, parts: readonly PartSinks[]): void {
    const name = tags.check!;
    this.checks.add(name, passed);
    if (tags.group !== undefined) this.groups.check(tags.group, name, passed);
    for (const part of parts) part.checks.add(name, passed);
  }
}

/** Loops by index: this is done for every sample, and iterators would be half of its time. */
function take({ tracked, submetrics, sinks }: Route, value: number): void {
  tracked.observed = true;
  tracked.sink.add(value);
  for (let index = 0; index < submetrics.length; index += 1) {
    const submetric = submetrics[index]!;
    submetric.observed = true;
    submetric.sink.add(value);
  }
  for (let index = 0; index < sinks.length; index += 1) sinks[index]!.add(value);
}

function newTracked(name: string, info: MetricInfo, part: K6Submetric | undefined): Tracked {
  return {
    name,
    info,
    sink: createSink(info.type),
    part,
    submetrics: [],
    thresholds: [],
    ok: [],
    observed: false,
  };
}

/** Length of the test in seconds, from its whole ns as k6 has it: a division more would change the last digit of rates. */
export function testSeconds({ testRunDurationMs }: K6Summary['state']): number {
  return toSeconds(Math.round(testRunDurationMs * NS_PER_MS));
}

function summaryOptions({ options, state }: Pick<K6Summary, 'options' | 'state'>): SummaryOptions {
  return { trendStats: options.summaryTrendStats, seconds: testSeconds(state) };
}

function withThresholds(metric: K6Metric, { thresholds, ok }: Tracked): K6Metric {
  const results: Record<string, { ok: boolean }> = {};
  thresholds.forEach(({ source }, index) => {
    results[source] = { ok: ok[index]! };
  });
  return { ...metric, thresholds: results };
}

/** The percentiles of expressions such as `p(99.90) < 300`, under the words that stand there. */
function percentilesOf(thresholds: readonly K6Threshold[], sink: K6Sink): MetricValues {
  const values: Record<string, number> = {};
  for (const { source } of thresholds) {
    const name = /^(p\(\d+(?:\.\d+)?\))\s*[<>=]/.exec(source.trim())?.[1];
    if (name !== undefined) values[name] = sink.statistic(name, 0)!;
  }
  return values;
}
