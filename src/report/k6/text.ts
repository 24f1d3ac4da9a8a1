import { testSeconds } from '../../metrics/k6-aggregator.js';
import type { K6Breakdown, K6CheckCount, K6Metric, K6Part, K6Summary } from '../../metrics/k6-summary.js';
import { type Block, blocksOf, type SummaryMode } from './blocks.js';
import { compareNames } from './collation.js';
import { braces, columnsOf, type Metrics, rowData, sortedNames, type ValueOptions } from './layout.js';
import { ANSI, type Paint, PLAIN, textWidth } from './paint.js';
import { thresholdLines } from './threshold-lines.js';

/** How the text is to look. */
export interface TextOptions {
  readonly mode: SummaryMode;
  /** True on a terminal, without `--no-color`. */
  readonly enableColors: boolean;
}

/** What all parts of the text are drawn with. */
interface Pen {
  readonly paint: Paint;
  readonly mode: SummaryMode;
  readonly values: ValueOptions;
  /**
   * True where the whole report has one metric only: k6 v1.8.1 then writes no dots at all (its width is not a number).
   */
  readonly withoutDots: boolean;
}

/** Least number of dots behind a name. */
const DOTS_MIN = 3;

/** Rows of a group of checks. */
const CHECK_ROWS = { total: 'checks_total', succeeded: 'checks_succeeded', failed: 'checks_failed' } as const;

/**
 * k6's end-of-test text (k6 v1.8.1, internal/js/summary.js), without the newline before and the two behind it: thresholds, total
 * results, and in full mode the groups and scenarios.
 *
 * Limits: k6 writes no text at all where not a single metric was observed (its script throws); here, only the headings.
 */
export function textSummary(data: K6Summary, breakdown: K6Breakdown, options: TextOptions): string {
  const { summaryTrendStats: trendStats, summaryTimeUnit: timeUnit } = data.options;
  const pen: Pen = {
    paint: options.enableColors ? ANSI : PLAIN,
    mode: options.mode,
    values: { trendStats, timeUnit },
    withoutDots: countNames(data, breakdown, options.mode) === 1,
  };
  const lines: string[] = [];
  const thresholds = thresholdLines(data, breakdown.percentiles, pen.values, pen.paint);
  if (thresholds.length > 0) lines.push(...section('THRESHOLDS', thresholds, pen));
  const { metrics } = data;
  const total: K6Part = { name: '', metrics, checks: breakdown.checks, groups: [] };
  const seconds = testSeconds(data.state);
  lines.push(...section('TOTAL RESULTS', partLines(total, 0, seconds, pen), pen));
  for (const group of breakdown.groups) {
    lines.push(...section(`GROUP: ${group.name}`, partLines(group, 0, seconds, pen), pen));
  }
  for (const scenario of sortedByName(breakdown.scenarios)) {
    lines.push(...section(`SCENARIO: ${scenario.name}`, partLines(scenario, 0, seconds, pen), pen));
  }
  return lines.map((line) => `\n${line}`).join('');
}

function section(title: string, content: readonly string[], pen: Pen): string[] {
  return [`  █ ${pen.paint.bold(title)} `, '', ...content, ''];
}

function sortedByName(parts: readonly K6Part[]): K6Part[] {
  return [...parts].sort((left, right) => compareNames(left.name, right.name));
}

/** How many names of metrics occur anywhere in the report. */
function countNames(data: K6Summary, breakdown: K6Breakdown, mode: SummaryMode): number {
  const names = new Set<string>();
  const add = (metrics: Metrics) => {
    for (const block of blocksOf(metrics, mode))
      for (const name of Object.keys(block.metrics)) names.add(name);
  };
  const addAll = (parts: readonly K6Part[]) => {
    for (const part of parts) {
      add(part.metrics);
      addAll(part.groups);
    }
  };
  add(data.metrics);
  addAll(breakdown.groups);
  addAll(breakdown.scenarios);
  return names.size;
}

/** Checks, metrics and nested groups of one part; `depth` is how many groups it is nested in. */
function partLines(part: K6Part, depth: number, seconds: number, pen: Pen): string[] {
  const checks = part.metrics.checks;
  return [
    ...(checks === undefined ? [] : checkLines(checks, part.checks, depth, seconds, pen)),
    ...blockLines(blocksOf(part.metrics, pen.mode), depth, pen),
    ...part.groups.flatMap((group) => [
      `${indent(depth + 2)}↳ ${pen.paint.bold(`GROUP: ${group.name}`)} `,
      '',
      ...partLines(group, depth + 1, seconds, pen),
    ]),
  ];
}

function indent(level: number): string {
  return '  '.repeat(level);
}

function checkLines(
  metric: K6Metric,
  checks: readonly K6CheckCount[],
  depth: number,
  seconds: number,
  pen: Pen,
): string[] {
  const metrics = checkMetrics(metric, seconds);
  const rows = rowLines(Object.keys(metrics), metrics, depth, { ...pen, withoutDots: false });
  return [...rows, '', ...checks.flatMap((check) => checkLine(check, depth, pen.paint)), ''];
}

function checkMetrics(metric: K6Metric, seconds: number): Metrics {
  const { passes = 0, fails = 0 } = metric.values;
  const total = passes + fails;
  return {
    [CHECK_ROWS.total]: {
      type: 'counter',
      contains: 'default',
      values: { count: total, rate: seconds === 0 ? 0 : total / seconds },
    },
    [CHECK_ROWS.succeeded]: metric,
    [CHECK_ROWS.failed]: {
      type: 'rate',
      contains: 'default',
      values: { rate: total === 0 ? 0 : fails / total, passes: fails, fails: passes },
    },
  };
}

/** The second line of a failed check is indented once more per group than its first. */
function checkLine({ name, passes, fails }: K6CheckCount, depth: number, paint: Paint): string[] {
  if (fails === 0) return [`${indent(depth + 2)}${paint.colour(`✓ ${name}`, 'green')}`];
  const percent = Math.floor((100 * passes) / (passes + fails));
  const counts = `↳  ${percent}% — ✓ ${passes} / ✗ ${fails}`;
  return [
    `${indent(depth + 2)}${paint.colour(`✗ ${name}`, 'red')}`,
    `${indent(2 * depth + 3)}${paint.colour(counts, 'red')}`,
  ];
}

/** All blocks of a part share their columns. */
function blockLines(blocks: readonly Block[], depth: number, pen: Pen): string[] {
  const all: Metrics = Object.assign({}, ...blocks.map(({ metrics }) => metrics));
  return blocks.flatMap(({ title, metrics }) => [
    `${indent(depth + 2)}${pen.paint.bold(title)}`,
    ...rowLines(sortedNames(Object.keys(metrics)), all, depth, pen),
    '',
  ]);
}

/** Rows of some of `metrics`, aligned with all of them. */
function rowLines(names: readonly string[], metrics: Metrics, depth: number, pen: Pen): string[] {
  const columns = columnsOf(metrics, pen.values);
  const widest = Math.max(...Object.keys(metrics).map((name) => textWidth(displayName(name))));
  return names.map((name) => {
    const shown = displayName(name);
    const dots = pen.withoutDots ? '' : '.'.repeat(widest - textWidth(shown) + DOTS_MIN);
    const data = rowData(name, columns, pen.values, pen.paint);
    return `${indent(depth + 2)}${shown}${pen.paint.faint(`${dots}:`, 'white')} ${data}`;
  });
}

function displayName(name: string): string {
  const inside = braces(name);
  return inside === undefined ? name : `  ${inside}`;
}
