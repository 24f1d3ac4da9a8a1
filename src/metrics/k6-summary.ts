import type { MetricContents } from './k6-metrics.js';
import type { MetricType } from './record.js';
import type { MetricValues } from './result.js';

/** A metric at the end of the test: of a trend, one value per `summaryTrendStats`. */
export interface K6Metric {
  readonly type: MetricType;
  readonly contains: MetricContents;
  readonly values: MetricValues;
  /** By expression, as written; absent where the metric has none. */
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** A check within its group. */
export interface K6Check {
  readonly name: string;
  /** `::group::name`. */
  readonly path: string;
  /** MD5 of the path. */
  readonly id: string;
  readonly passes: number;
  readonly fails: number;
}

/** A group with what it contains, in order of first appearance; the root has an empty name. */
export interface K6Group {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: readonly K6Group[];
  readonly checks: readonly K6Check[];
}

/** k6's `data`, the argument of `handleSummary` (k6 v1.8.1, internal/js/summary.go, summarizeMetricsToObject). */
export interface K6Summary {
  readonly root_group: K6Group;
  readonly options: {
    readonly summaryTrendStats: readonly string[];
    /** `s`, `ms`, `us`, or empty for the unit that fits. */
    readonly summaryTimeUnit: string;
    readonly noColor: boolean;
  };
  readonly state: {
    readonly isStdOutTTY: boolean;
    readonly isStdErrTTY: boolean;
    /** From before setup() until after teardown(). */
    readonly testRunDurationMs: number;
  };
  /** Those that were observed or have a threshold; sub-metrics as `name{tag:value}`. */
  readonly metrics: Readonly<Record<string, K6Metric>>;
  /** What setup() returned, once through JSON; absent without one. */
  readonly setup_data?: unknown;
}

/** Checks of one name, whatever group they are in. */
export interface K6CheckCount {
  readonly name: string;
  readonly passes: number;
  readonly fails: number;
}

/** What the samples of one group, or of one scenario, add up to. */
export interface K6Part {
  readonly name: string;
  readonly metrics: Readonly<Record<string, K6Metric>>;
  readonly checks: readonly K6CheckCount[];
  /** In order of first appearance. */
  readonly groups: readonly K6Part[];
}

/** What the default text needs besides {@link K6Summary} (k6's internal/output/summary). */
export interface K6Breakdown {
  /** In order of first appearance, over all groups. */
  readonly checks: readonly K6CheckCount[];
  /** Percentiles that thresholds ask for, by metric and then by the words of the expression: `p(99.9)`. */
  readonly percentiles: Readonly<Record<string, MetricValues>>;
  /** Groups of the scenario `default` (or of no scenario); only in full mode. */
  readonly groups: readonly K6Part[];
  /** The scenarios with other names; only in full mode. */
  readonly scenarios: readonly K6Part[];
}
