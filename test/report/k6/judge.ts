import { expect } from 'vitest';
import { K6Aggregator } from '../../../src/metrics/k6-aggregator.js';
import type { K6Summary } from '../../../src/metrics/k6-summary.js';
import { type K6ThresholdDefinition, parseK6Threshold } from '../../../src/metrics/k6-threshold.js';
import { CsvPoints } from '../../../src/report/k6/csv-points.js';
import { summaryExport } from '../../../src/report/k6/export.js';
import { JsonPoints } from '../../../src/report/k6/json-points.js';
import { legacySummary } from '../../../src/report/k6/legacy.js';
import {
  LEGACY_DEPRECATED,
  type LogEntry,
  logLine,
  NOTHING_COMPLETED,
  thresholdsAborted,
  thresholdsCrossed,
} from '../../../src/report/k6/log.js';
import { textSummary } from '../../../src/report/k6/text.js';
import { exitCodeOf } from '../../../src/script/exit-codes.js';
import { metricsOf, nanoseconds, type Recording, samplesOf } from './recording.js';
import type { K6Case } from './scripts.js';

/** Everything we make of a run's samples, compared with what k6 made of them. */
export function judge(item: K6Case, recording: Recording): void {
  const { data } = recording;
  const aggregator = aggregate(item, recording);
  const summary = aggregator.summary({ ...data, setup_data: data.setup_data });
  expect(summary).toEqual(data);
  expect(JSON.parse(summaryExport(item.aborts === true ? data : summary))).toEqual(
    item.aborts === true ? ratesOf(recording.exported, data) : recording.exported,
  );
  const options = {
    mode: item.mode === 'full' ? 'full' : 'compact',
    enableColors: item.terminal === true,
  } as const;
  const text =
    item.mode === 'legacy'
      ? legacySummary(summary, { enableColors: options.enableColors })
      : textSummary(summary, aggregator.breakdown(summary), options);
  const masked = item.aborts === true ? maskRates : (same: string) => same;
  expect(masked(`\n${text}\n\n`)).toBe(masked(recording.text));
}

/** The aggregator after all samples, with its thresholds evaluated as at the end. */
function aggregate(item: K6Case, recording: Recording): K6Aggregator {
  const { data } = recording;
  const thresholds = Object.fromEntries(
    Object.entries(thresholdsOf(recording)).map(([name, list]) => [name, list.map(parseK6Threshold)]),
  );
  const aggregator = new K6Aggregator({
    metrics: metricsOf(recording),
    thresholds,
    mode: item.mode === 'full' ? 'full' : 'compact',
    expectedResponse: !item.script.includes('systemTags'),
  });
  for (const sample of samplesOf(recording)) aggregator.sample(sample);
  const { crossed } = aggregator.evaluate(data.state.testRunDurationMs * 1e6, 'count');
  expect(exitCodeOf({ thresholdsCrossed: crossed.length > 0 })).toBe(recording.exitCode);
  if (item.terminal !== true) expect(recording.log.filter(isOurs)).toEqual(logOf(item, recording, crossed));
  return aggregator;
}

/** Not what requests and exceptions log. */
function isOurs(line: string): boolean {
  return !/Request Failed|source=stacktrace|Insufficient VUs/.test(line);
}

/** The lines that belong to the summary, without their times. */
function logOf(item: K6Case, recording: Recording, crossed: readonly string[]): string[] {
  const entries: LogEntry[] = [];
  if (item.mode === 'legacy') entries.push(LEGACY_DEPRECATED);
  if (recording.data.metrics.iterations === undefined) entries.push(NOTHING_COMPLETED);
  if (item.aborts === true) entries.push(thresholdsAborted(crossed));
  else if (crossed.length > 0) entries.push(thresholdsCrossed(crossed));
  return entries.map((entry) =>
    logLine(entry, { unixMs: 0, seconds: 0 }).replace(/^time="[^"]*" (.*)\n$/, '$1'),
  );
}

/** From the summary's data, whose order of expressions k6 leaves to chance: sorted by where they stand in the script. */
function thresholdsOf(recording: Recording): Record<string, K6ThresholdDefinition[]> {
  const definitions: Record<string, K6ThresholdDefinition[]> = {};
  for (const [name, metric] of Object.entries(recording.data.metrics)) {
    const sources = Object.keys(metric.thresholds ?? {});
    if (sources.length === 0) continue;
    sources.sort(
      (left, right) =>
        recording.text.indexOf(`'${left.trim()}'`) - recording.text.indexOf(`'${right.trim()}'`),
    );
    definitions[name] = sources.map((threshold) => {
      const abortOnFail = threshold === 'rate<0.1';
      return { threshold, abortOnFail, delayAbortEval: abortOnFail ? 1000 : null };
    });
  }
  return definitions;
}

/** The points that k6 wrote, once more by our writers. */
export function judgePoints(item: K6Case, recording: Recording): void {
  const { csv, json } = writtenPoints(item, recording);
  const [header, ...rows] = csv;
  expect(header).toBe(`${recording.csvHeader}\n`);
  rows.forEach((row, index) => {
    const recorded = recording.csvRows[index]!;
    if (recorded !== '') expect(fieldsOf(row.slice(0, -1))).toEqual(fieldsOf(recorded));
  });
  expect(rows).toHaveLength(recording.csvRows.length);
  const definitions = json.filter((line) => line.startsWith('{"type":"Metric"'));
  expect(definitions.map((line) => sortedSubmetrics(JSON.parse(line)))).toEqual(
    recording.metrics.map(({ metric, data }) => ({ type: 'Metric', ...sortedSubmetrics({ metric, data }) })),
  );
  expect(json).toHaveLength(definitions.length + recording.points.length);
}

/** Rows of `--out csv`, and lines of `--out json`, of a recording's samples. */
export function writtenPoints(item: K6Case, recording: Recording): { csv: string[]; json: string[] } {
  const startNs = nanoseconds(recording.start);
  const clock = { startMs: Number(startNs / 1_000_000n) };
  const shiftNs = Number(startNs % 1_000_000n);
  const csv: string[] = [];
  const json: string[] = [];
  const systemTags = recording.csvHeader.split(',').slice(3, -2);
  const writers = [
    new CsvPoints({ clock, write: (text) => csv.push(text), systemTags }),
    new JsonPoints({
      clock,
      write: (text) => json.push(text),
      metrics: metricsOf(recording),
      thresholds: thresholdsOf(recording),
      expectedResponse: !item.script.includes('systemTags'),
    }),
  ];
  for (const sample of samplesOf(recording)) {
    for (const writer of writers) writer.sample({ ...sample, timeNs: sample.timeNs + shiftNs });
  }
  return { csv, json };
}

/** The fields of a row; k6 leaves the order of the tags in the last two to chance. */
function fieldsOf(row: string): readonly unknown[] {
  const fields = row.match(/(?<=^|,)("([^"]|"")*"|[^,]*)/g)!;
  return fields.map((field, index) =>
    index < fields.length - 2 ? field : field.replace(/^"|"$/g, '').split('&').sort(),
  );
}

/** ... and that of sub-metrics and thresholds of different metrics. */
function sortedSubmetrics(line: { metric: string; data: Record<string, unknown> }) {
  const { submetrics, thresholds, ...rest } = line.data;
  const sorted = (list: unknown) =>
    Array.isArray(list) ? list.map((entry) => JSON.stringify(entry)).sort() : list;
  return { ...line, data: { ...rest, submetrics: sorted(submetrics), thresholds: sorted(thresholds) } };
}

/** A run that was aborted goes on counting while it is summed up: rates are of a slightly other length in every output. */
function maskRates(text: string): string {
  return text.replace(/[\d.]+( k?B)?\/s/g, '*/s');
}

/** The exported summary with the rates of the data. */
function ratesOf(exported: unknown, data: K6Summary): unknown {
  const copy = structuredClone(exported) as { metrics: Record<string, Record<string, number>> };
  for (const [name, metric] of Object.entries(data.metrics)) {
    if (metric.type === 'counter') copy.metrics[name]!.rate = metric.values.rate!;
  }
  return copy;
}
