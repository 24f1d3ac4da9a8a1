import CliTable from 'cli-table3';
import picocolors from 'picocolors';
import type { MetricValues, RunResult, VariantResult } from '../metrics/result.js';
import { formatBytes, formatMsWithInterval, formatPercent, formatRateWithInterval } from './text.js';

/** A table as text: what the console, Markdown and the page draw, each in its way. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly TextCell[])[];
}

/** Shown in colour where there is any. */
export type Mood = 'plain' | 'good' | 'bad';

/** One cell; several lines where there are several thresholds. */
export interface TextCell {
  readonly lines: readonly string[];
  readonly mood: Mood;
  /** One per line where they differ; the cell's own mood otherwise. */
  readonly lineMoods?: readonly Mood[];
}

/** The mood of one line of a cell. */
export function moodOfLine(cell: TextCell, index: number): Mood {
  return cell.lineMoods?.[index] ?? cell.mood;
}

/** How the console may be written to. */
export interface ConsoleStyle {
  /** `ansi` on a terminal; `none` where output is piped or NO_COLOR is set. */
  readonly colours: 'ansi' | 'none';
  /** `boxed` on a terminal; `plain` (columns and blanks only) where output is piped. */
  readonly borders: 'boxed' | 'plain';
}

/** Failed requests above this fraction are marked: k6's examples and the usual objective ask for less than 1 %. */
const ERROR_RATE_MARKED = 0.01;

/** One row per variant: throughput, percentiles with the half width of their 95 % interval, error rate, thresholds. */
export function variantTable(result: RunResult): TextTable {
  const hasThresholds = result.variants.some((variant) => Object.keys(variant.thresholds).length > 0);
  const head = ['variant', 'req/s', 'p50', 'p95', 'p99', 'errors', ...(hasThresholds ? ['thresholds'] : [])];
  const rows = result.variants.map((variant) => {
    const row = [plain(variant.label), ...measures(variant)];
    return hasThresholds ? [...row, thresholdCell(variant)] : row;
  });
  return { head, rows };
}

/** One row per instance of every variant: requests, share, errors, latency, CPU seconds per second, highest memory. */
export function instanceTable(result: RunResult): TextTable {
  const head = [
    'variant',
    'instance',
    'requests',
    'share',
    'errors',
    'avg',
    'p95',
    'cpu',
    'throttled',
    'memory',
  ];
  const rows = result.variants.flatMap((variant) =>
    variant.instances.map((instance) =>
      [
        variant.label,
        instance.name,
        String(Math.round(instance.requests)),
        formatPercent(instance.share),
        String(Math.round(instance.errors)),
        formatMsWithInterval(instance.avg, undefined),
        formatMsWithInterval(instance['p(95)'], undefined),
        `${instance.cpu.toFixed(2)} s/s`,
        formatPercent(instance.throttled),
        instance.memoryBytesMax > 0 ? formatBytes(instance.memoryBytesMax) : '-',
      ].map(plain),
    ),
  );
  return { head, rows };
}

/** The table for a terminal or a pipe; ends without a newline. */
export function consoleTable(table: TextTable, style: ConsoleStyle): string {
  const colours = picocolors.createColors(style.colours === 'ansi');
  const paint = { plain: (text: string) => text, good: colours.green, bad: colours.red };
  const drawn = new CliTable({
    head: table.head.map((title) => colours.bold(title)),
    colAligns: table.head.map((title) => (LEFT_ALIGNED.has(title) ? 'left' : 'right')),
    style: { head: [], border: [], compact: true, ...(style.borders === 'plain' ? PLAIN_PADDING : {}) },
    ...(style.borders === 'plain' ? { chars: NO_BORDERS } : {}),
  });
  for (const row of table.rows) {
    drawn.push(
      row.map((cell) => cell.lines.map((line, index) => paint[moodOfLine(cell, index)](line)).join('\n')),
    );
  }
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The table in GitHub's Markdown; ends without a newline. */
export function markdownTable(table: TextTable): string {
  const escaped = (text: string) => text.replaceAll('|', '\\|');
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = table.head.map((title) => (LEFT_ALIGNED.has(title) ? '---' : '---:'));
  const rows = table.rows.map((row) => line(row.map((cell) => cell.lines.map(escaped).join('<br>'))));
  return [line(table.head), line(rule), ...rows].join('\n');
}

const LEFT_ALIGNED: ReadonlySet<string> = new Set([
  'variant',
  'instance',
  'thresholds',
  'value',
  'stage',
  'experiment',
  'time',
  'host',
  'request',
  'tries',
]);
const PLAIN_PADDING = { 'padding-left': 0, 'padding-right': 2 };
const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

function measures(variant: VariantResult): TextCell[] {
  const duration = variant.metrics.http_req_duration ?? NOTHING;
  const bounds = variant.intervals.http_req_duration ?? {};
  const failed = variant.metrics.http_req_failed?.rate ?? 0;
  const rate = variant.metrics.http_reqs?.rate ?? 0;
  const percentile = (name: string) => plain(formatMsWithInterval(duration[name] ?? 0, bounds[name]));
  return [
    plain(formatRateWithInterval(rate, variant.intervals.http_reqs?.rate)),
    percentile('med'),
    percentile('p(95)'),
    percentile('p(99)'),
    { lines: [formatPercent(failed)], mood: failed > ERROR_RATE_MARKED ? 'bad' : 'plain' },
  ];
}

const NOTHING: MetricValues = {};

function thresholdCell(variant: VariantResult): TextCell {
  const lines: string[] = [];
  const lineMoods: Mood[] = [];
  for (const [metric, expressions] of Object.entries(variant.thresholds)) {
    for (const [expression, { ok }] of Object.entries(expressions)) {
      lines.push(`${ok ? '✓' : '✗'} ${metric} ${expression}`);
      lineMoods.push(ok ? 'good' : 'bad');
    }
  }
  return { lines, mood: lineMoods.includes('bad') ? 'bad' : 'good', lineMoods };
}

function plain(text: string): TextCell {
  return { lines: [text], mood: 'plain' };
}
