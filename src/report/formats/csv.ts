import type { RunResult, SeriesResult, VariantResult } from '../../metrics/result.js';
import { record } from '../../options/fields.js';
import type { FormatPlug } from '../format.js';

/** Significant digits of a fraction. */
const DIGITS = 9;

const COLUMNS: readonly (readonly [
  name: string,
  values: (series: SeriesResult) => readonly (number | null)[],
])[] = [
  ['vus', (series) => series.vus],
  ['http_reqs', (series) => series.httpReqs],
  ['http_reqs_failed', (series) => series.httpReqsFailed],
  ['avg', (series) => series.avg],
  ['p(50)', (series) => series.p50],
  ['p(90)', (series) => series.p90],
  ['p(95)', (series) => series.p95],
  ['p(99)', (series) => series.p99],
];

/** The run over time as a table for spreadsheets and scripts. */
export const csv: FormatPlug = {
  name: 'csv',
  summary:
    'the series of every variant, one line per interval: users, rates per second, percentiles in ms, every gauge',
  source: 'RFC 4180, with line feeds',
  options: record({}),
  example: 'sim plot results/n-instances/result.json --format csv',
  extension: 'csv',
  render: async (result) => [{ name: 'series.csv', content: seriesCsv(result) }],
};

function seriesCsv(result: RunResult): string {
  const gauges = [...new Set(result.variants.flatMap(({ series }) => series.gauges.map(gaugeName)))];
  const head = ['variant', 'start_seconds', ...COLUMNS.map(([name]) => name), ...gauges];
  const lines = [head, ...result.variants.flatMap((variant) => rowsOf(variant, gauges))];
  return lines.map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

function rowsOf(variant: VariantResult, gauges: readonly string[]): string[][] {
  const { series } = variant;
  const byName = new Map(series.gauges.map((gauge) => [gaugeName(gauge), gauge.values]));
  const columns = [
    ...COLUMNS.map(([, values]) => values(series)),
    ...gauges.map((name) => byName.get(name) ?? []),
  ];
  return series.vus.map((_, index) => [
    variant.label,
    String(index * series.intervalSeconds),
    ...columns.map((values) => numberText(values[index])),
  ]);
}

function gaugeName(gauge: { place: string; name: string }): string {
  return `${gauge.place}:${gauge.name}`;
}

function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '';
  return Number.isInteger(value) ? String(value + 0) : String(Number(value.toPrecision(DIGITS)));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
