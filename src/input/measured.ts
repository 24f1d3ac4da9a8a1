import type { MetricValues } from '../metrics/result.js';
import type { AnyField } from '../options/fields.js';
import type { PlugDescription } from '../options/plug.js';
import type { TextLines } from './text-lines.js';

/** A column of few different names. */
export interface Coded {
  /** `GET /cpu`, in the order in which the file names them first; '' for rows that name none. */
  readonly names: readonly string[];
  /** Index into `names`, one per row. */
  readonly codes: Uint16Array;
}

/** Every request of a real run, column by column, in the order of the file (which is nearly that of their ends). */
export interface MeasuredSamples {
  /** When the request ended, in ms since the start of the run. */
  readonly endMs: Float64Array;
  /** k6's `http_req_duration`: without the time to get a connection. NaN where the file tells none. */
  readonly durationMs: Float64Array;
  /** HTTP status, 0 without a response or where the file tells none. */
  readonly status: Uint16Array;
  /** 1 where the load generator counts the request as failed. */
  readonly failed: Uint8Array;
  /** Only where not all are kept (above a million): each stands for so many. Counts are to be multiplied by it. */
  readonly every?: number;
  /** Method and path as a model's `routes` write them (`GET /cpu`), or the `name` tag that the script gave. */
  readonly route?: Coded;
  /** Who answered: the upstream's address in an access log, the tag `instance` in k6's files. */
  readonly instance?: Coded;
  /** k6's scenario. */
  readonly scenario?: Coded;
  /** k6's group: `::browse::details`. */
  readonly group?: Coded;
  /** nginx's `$upstream_response_time` of the last try in ms; NaN where no upstream was asked. */
  readonly upstreamMs?: Float32Array;
}

/** A number at a time, in seconds since the start of the run. */
export interface TimedValue {
  readonly atSeconds: number;
  readonly value: number;
}

/** One time series of a monitored process, such as Prometheus keeps. */
export interface MeasuredSeries {
  /** `http_requests_total` */
  readonly metric: string;
  /** All labels but the metric's name: `{ instance: '127.0.0.1:8001', status: '2xx' }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** As recorded, ascending in time; a counter is still a counter. */
  readonly points: readonly TimedValue[];
}

/** Something in a file that was left out, and how often: nothing is dropped silently. */
export interface Ignored {
  readonly what: string;
  readonly count: number;
}

/** Requests that failed alike. */
export interface MeasuredError {
  /** As in `MeasuredSamples.route`. */
  readonly route: string;
  /** In the load generator's words. */
  readonly error: string;
  readonly count: number;
}

/** One real run (one take), as much of it as its file tells. Times in ms, rates per second, as in k6's summary. */
export interface MeasuredRun {
  /** The file, as it was given. */
  readonly source: string;
  /** Name of the format's plug: `k6-csv`. */
  readonly format: string;
  readonly label: string;
  /** Unix time of the start of the run in ms; absent where the file tells none. */
  readonly startMs?: number;
  /** From the start to the last thing the file tells. */
  readonly durationSeconds: number;
  /** Factor by which its clock was stretched, see {@link stretchRun}; absent: 1. Rates are still per real second. */
  readonly stretch?: number;
  /** Absent where the file has only a summary. */
  readonly samples?: MeasuredSamples;
  /** Under k6's names and statistics, computed as k6 does. A rate metric has `rate`, `passes`, `fails`. */
  readonly metrics: Readonly<Record<string, MetricValues>>;
  /** Virtual users, as sampled by the load generator about once a second; empty if unknown. */
  readonly vus: readonly TimedValue[];
  /** Series of the servers' own metrics; empty for a load generator's file. */
  readonly series: readonly MeasuredSeries[];
  /** Present where the file lists failures by their cause. */
  readonly errors?: readonly MeasuredError[];
  readonly ignored: readonly Ignored[];
}

/** What a reader is told besides the text. */
export interface MeasuredSettings {
  /** Default: the file's name without endings, or its folder's where the name says nothing (`points.csv.gz`). */
  readonly label?: string;
  /** Unix time of the run's start in ms. Default: the earliest start of a request, by the file itself. */
  readonly startMs?: number;
  /** nginx's `log_format` of an access log, as the configuration writes it. Absent: `combined`. */
  readonly logFormat?: string;
  /** Seconds between the scrapes of an exposition text without timestamps. */
  readonly scrapeIntervalSeconds?: number;
}

/**
 * The same run on a slower clock: a ramp that was made in a third of the time lies over one of full length. Durations of
 * requests and rates stay as they were.
 */
export function stretchRun(run: MeasuredRun, factor: number): MeasuredRun {
  if (factor === 1) return run;
  const { samples } = run;
  return {
    ...run,
    durationSeconds: run.durationSeconds * factor,
    stretch: factor,
    ...(samples && { samples: { ...samples, endMs: samples.endMs.map((endMs) => endMs * factor) } }),
    vus: run.vus.map(({ atSeconds, value }) => ({ atSeconds: atSeconds * factor, value })),
    label: `${run.label}, clock × ${factor}`,
  };
}

/** What a reader left out of a run, a sentence each: `n1-steady-a: left out: 12 × metric orders, whose type the file does not tell`. */
export function ignoredRemarks({ label, ignored }: MeasuredRun): string[] {
  return ignored.map(({ what, count }) => `${label}: left out: ${count} × ${what}`);
}

/** A format of measured data. In an experiment a file stands under `measured`; its format is seen from its beginning. */
export interface MeasuredFormat<Options extends AnyField = AnyField> extends PlugDescription<Options> {
  /** True where `head`, the first 4096 characters or so, begins a file of this format. At most one format says so. */
  recognizes(head: string): boolean;
  /** @throws InputError with all mistakes (at most 20) and their lines. */
  read(text: TextLines, settings: MeasuredSettings): Promise<MeasuredRun>;
}

/**
 * The quantile by k6's rule (metrics/sink.go, TrendSink.P): of the sorted values the one at `i = probability * (count - 1)`,
 * linearly interpolated between its neighbours; 0 for none. The same rule as `Histogram.quantile`, so that both sides of a
 * comparison mean the same.
 *
 * @param sorted ascending.
 * @param probability 0 to 1.
 */
export function quantileOfSorted(sorted: Float64Array, probability: number): number {
  if (sorted.length === 0) return 0;
  const position = probability * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

/** The durations that the file tells, ascending; empty where it tells none. */
export function sortedDurations(samples: MeasuredSamples | undefined): Float64Array {
  return (samples?.durationMs.filter((durationMs) => !Number.isNaN(durationMs)) ?? new Float64Array()).sort();
}

/** `n1-steady-a` for `runs/n1-steady-a/points.csv.gz`, `before` for `before.csv`. */
export function labelOf(file: string): string {
  const parts = file.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  const stem = (parts.at(-1) ?? file).replace(/(\.(gz|csv|tsv|json|ndjson|jsonl|txt|log))+$/i, '');
  const folder = parts.at(-2);
  return SAYS_NOTHING.has(stem) && folder !== undefined && folder !== '..' ? folder : stem;
}

const SAYS_NOTHING: ReadonlySet<string> = new Set([
  'points',
  'summary',
  'results',
  'result',
  'metrics',
  'access',
  'data',
  'k6',
]);
