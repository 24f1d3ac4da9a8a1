import { GROUP_SEPARATOR } from './k6-groups.js';
import type { MetricInfo } from './k6-metrics.js';
import { createSink, type K6Sink } from './k6-sinks.js';
import type { K6CheckCount, K6Metric, K6Part } from './k6-summary.js';
import type { SampleTags } from './sample.js';

/** How many outcomes each check had, in order of first appearance. */
export class CheckCounts {
  private readonly byName = new Map<string, { name: string; passes: number; fails: number }>();

  add(name: string, passed: boolean): void {
    let check = this.byName.get(name);
    if (check === undefined) {
      check = { name, passes: 0, fails: 0 };
      this.byName.set(name, check);
    }
    if (passed) check.passes += 1;
    else check.fails += 1;
  }

  toList(): readonly K6CheckCount[] {
    return [...this.byName.values()];
  }
}

/** What the values of a sink are taken with. */
export interface SummaryOptions {
  readonly trendStats: readonly string[];
  /** Length of the test. */
  readonly seconds: number;
}

/** A metric of the summary, without thresholds. */
export function toK6Metric(info: MetricInfo, sink: K6Sink, options: SummaryOptions): K6Metric {
  return { ...info, values: sink.values(options.trendStats, options.seconds) };
}

/** The samples of one group or scenario, apart from all others. */
export class PartSinks {
  readonly checks = new CheckCounts();
  private readonly metrics = new Map<string, { readonly info: MetricInfo; readonly sink: K6Sink }>();
  private readonly groups = new Map<string, PartSinks>();

  /** The sink of a metric within this part. */
  sink(metric: string, info: MetricInfo): K6Sink {
    let entry = this.metrics.get(metric);
    if (entry === undefined) {
      entry = { info, sink: createSink(info.type) };
      this.metrics.set(metric, entry);
    }
    return entry.sink;
  }

  /** The nested part of that name. */
  group(name: string): PartSinks {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = new PartSinks();
      this.groups.set(name, group);
    }
    return group;
  }

  /** The parts directly below, in order of first appearance. */
  groupParts(options: SummaryOptions): readonly K6Part[] {
    return [...this.groups].map(([name, group]) => group.toPart(name, options));
  }

  private toPart(name: string, options: SummaryOptions): K6Part {
    const metrics: Record<string, K6Metric> = {};
    for (const [metric, { info, sink }] of this.metrics) metrics[metric] = toK6Metric(info, sink, options);
    return { name, metrics, checks: this.checks.toList(), groups: this.groupParts(options) };
  }
}

/** Scenarios and groups for the full mode: which parts a sample belongs to (internal/output/summary/summary.go, flushSample). */
export class Parts {
  private readonly unnamed = new PartSinks();
  private readonly scenarios = new PartSinks();

  /**
   * The parts of a sample with these tags: its scenario's, unless that is called `default`, and that of its innermost group.
   * setup() and teardown() have none.
   */
  partsOf(tags: SampleTags): readonly PartSinks[] {
    const parts: PartSinks[] = [];
    let part = this.unnamed;
    const { scenario, group } = tags;
    if (scenario !== undefined && scenario !== 'default') {
      part = this.scenarios.group(scenario);
      parts.push(part);
    }
    if (group === undefined || group === '' || group === '::setup' || group === '::teardown') return parts;
    for (const name of group.slice(GROUP_SEPARATOR.length).split(GROUP_SEPARATOR)) part = part.group(name);
    parts.push(part);
    return parts;
  }

  groups(options: SummaryOptions): readonly K6Part[] {
    return this.unnamed.groupParts(options);
  }

  scenarioParts(options: SummaryOptions): readonly K6Part[] {
    return this.scenarios.groupParts(options);
  }
}
