import type { DetailOptions } from './detail.js';
import type { GeneratorSpec } from './generator.js';
import type { MetricType } from './record.js';

type Tags = Readonly<Record<string, string>>;

/** What a recorder keeps beside the totals. */
export interface RecorderOptions {
  /** Length of an entry of the series; a whole number of seconds. */
  readonly intervalNs?: number;
  /** In the order of `servedBy`; more can be added while running. */
  readonly instances?: readonly InstanceName[];
  /** Metrics with tag conditions that thresholds ask for, such as `http_req_duration{name:/x}`; others are ignored. */
  readonly submetrics?: readonly string[];
  /** Load generators whose own statistics are kept too, by scenario. */
  readonly generators?: Readonly<Record<string, GeneratorSpec>> | undefined;
  /** Metrics that a script defines, and their types. */
  readonly customMetrics?: Readonly<Record<string, MetricType>>;
  /** Tags that scenarios give to all samples of their users. */
  readonly scenarioTags?: Readonly<Record<string, Tags>>;
  /** Durations apart, and the instances' own counters, for a comparison. */
  readonly detail?: DetailOptions | undefined;
}

/** An instance and the service it belongs to. */
export interface InstanceName {
  readonly name: string;
  readonly service: string;
}
