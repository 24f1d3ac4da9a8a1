import type { MetricInfo } from '../../../src/metrics/k6-metrics.js';
import type { K6Summary } from '../../../src/metrics/k6-summary.js';
import type { Sample, SampleTags } from '../../../src/metrics/sample.js';
import type { K6Run } from './live.js';

/** A run of the real k6 in few bytes: its samples, and what it made of them. */
export interface Recording {
  readonly exitCode: number;
  /** What stands on stdout; all runs are quiet, so that this is the summary alone. */
  readonly text: string;
  /** Log lines without their times, and without the one that carries {@link data}. */
  readonly log: readonly string[];
  readonly data: K6Summary;
  readonly exported: unknown;
  /** Lines of `--out json` that define metrics, in order. */
  readonly metrics: readonly { readonly metric: string; readonly data: Record<string, unknown> }[];
  readonly tags: readonly SampleTags[];
  readonly metadata: readonly SampleTags[];
  /** RFC 3339 with nanoseconds, of the earliest point. */
  readonly start: string;
  /** Points in order: metric, tags (as indices), ns since `start`, value, and index of metadata where there is some. */
  readonly points: readonly (readonly number[])[];
  readonly csvHeader: string;
  /** Lines of `--out csv`, each with the tags and metadata it stands for; one of every combination is enough. */
  readonly csvRows: readonly string[];
}

interface Entry {
  readonly type: 'Metric' | 'Point';
  readonly metric: string;
  readonly data: {
    readonly time: string;
    readonly value: number;
    readonly tags: SampleTags | null;
    readonly metadata?: SampleTags;
  };
}

/** What is kept of a run. */
export function recordingOf(run: K6Run): Recording {
  const entries = lines(run.points).map((line) => JSON.parse(line) as Entry);
  const points = entries.filter(({ type }) => type === 'Point');
  const metrics = entries
    .filter(({ type }) => type === 'Metric')
    .map(({ metric, data }) => ({ metric, data: data as unknown as Record<string, unknown> }));
  const startNs = points.map(({ data }) => nanoseconds(data.time)).sort(earlier)[0]!;
  const [csvHeader, ...rows] = csvLines(run.csv);
  const tags = new Table();
  const metadata = new Table();
  const names = metrics.map(({ metric }) => metric);
  return {
    exitCode: run.exitCode,
    text: summaryText(run.stdout),
    log: lines(run.stderr)
      .filter((line) => !line.includes('summary-data'))
      .map((line) => line.replace(/^time="[^"]*" /, '')),
    data: run.data!,
    exported: JSON.parse(run.exported),
    metrics,
    tags: tags.values,
    metadata: metadata.values,
    start: rfc3339(startNs),
    points: points.map(({ metric, data }) => {
      const atNs = Number(nanoseconds(data.time) - startNs);
      const point = [names.indexOf(metric), tags.indexOf(data.tags ?? {}), atNs, data.value];
      return data.metadata === undefined ? point : [...point, metadata.indexOf(data.metadata)];
    }),
    csvHeader: csvHeader!,
    csvRows: rows,
  };
}

/** Only the first row of every combination of metric and tags; the others differ in numbers. */
export function shorten(recording: Recording): Recording {
  const seen = new Set<string>();
  const csvRows = recording.csvRows.map((row, index) => {
    const [metric, tags] = recording.points[index]!;
    const key = `${metric} ${tags}`;
    if (seen.has(key)) return '';
    seen.add(key);
    return row;
  });
  return { ...recording, csvRows };
}

function earlier(left: bigint, right: bigint): number {
  return left < right ? -1 : 1;
}

class Table {
  readonly values: SampleTags[] = [];
  private readonly byText = new Map<string, number>();

  indexOf(value: SampleTags): number {
    const text = JSON.stringify(value);
    let index = this.byText.get(text);
    if (index === undefined) {
      index = this.values.length;
      this.values.push(value);
      this.byText.set(text, index);
    }
    return index;
  }
}

/** The samples of a recording; times since its start. */
export function samplesOf(recording: Recording): Sample[] {
  return recording.points.map(([metric, tags, timeNs, value, metadata]) => ({
    metric: recording.metrics[metric!]!.metric,
    timeNs: timeNs!,
    value: value!,
    tags: recording.tags[tags!]!,
    ...(metadata === undefined ? {} : { metadata: recording.metadata[metadata]! }),
  }));
}

/** Definitions of the metrics that occur, and of those that only the summary has. */
export function metricsOf(recording: Recording): Record<string, MetricInfo> {
  const infos: Record<string, MetricInfo> = {};
  for (const [name, { type, contains }] of Object.entries(recording.data.metrics)) {
    if (!name.includes('{')) infos[name] = { type, contains };
  }
  return infos;
}

/** Rows of a CSV file: a line break within quotes does not end one. */
function csvLines(text: string): string[] {
  const rows: string[] = [];
  let open = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const row = open === '' ? line : `${open}\n${line}`;
    open = row.split('"').length % 2 === 0 ? row : '';
    if (open === '') rows.push(row);
  }
  return rows;
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Without what a terminal gets besides: the log, and an order to erase the rest of every line. */
function summaryText(stdout: string): string {
  const rows = stdout.replaceAll(`${ESCAPE}[0K`, '').split('\n');
  return rows.filter((row) => !new RegExp(`^${ESCAPE}\\[3\\dm(INFO|ERRO|WARN)`).test(row)).join('\n');
}

const ESCAPE = '\u001b';

/** Nanoseconds since 1970 of a date as Go writes it. */
export function nanoseconds(text: string): bigint {
  const [, whole, fraction = '', zone] = /^([^.]*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text)!;
  return BigInt(Date.parse(`${whole}${zone}`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function rfc3339(atNs: bigint): string {
  const seconds = new Date(Number(atNs / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(atNs % 1_000_000_000n).padStart(9, '0')}Z`;
}
