import type { K6Metric } from '../../metrics/k6-summary.js';
import type { MetricValues } from '../../metrics/result.js';
import { compareNames } from './collation.js';
import { humanizeValue } from './humanize.js';
import { type Paint, padding, textWidth } from './paint.js';

/** How values are shown. */
export interface ValueOptions {
  readonly trendStats: readonly string[];
  /** `s`, `ms`, `us`; empty for the unit that fits. */
  readonly timeUnit: string;
  /** How the counts of a rate are told; `out of` if absent. */
  readonly rates?: 'out of' | 'marks' | undefined;
}

/** Metrics by name, as they are put below each other. */
export type Metrics = Readonly<Record<string, K6Metric>>;

/** The texts of a metric's columns. */
export interface Cells {
  /** Of a trend, one per statistic. */
  readonly stats: readonly string[] | undefined;
  /** Of the others. */
  readonly value: string;
  /** `5.7/s`, `66 out of 72`, or a gauge's `min=` and `max=`. */
  readonly extras: readonly string[];
}

/** Cells of several metrics, and how wide each column is. */
export interface Columns {
  readonly cells: ReadonlyMap<string, Cells>;
  readonly statWidths: readonly number[];
  readonly valueWidth: number;
  readonly extraWidths: readonly number[];
}

/** Puts metrics below each other: trends have columns of their own. */
export function columnsOf(metrics: Metrics, options: ValueOptions): Columns {
  const cells = new Map<string, Cells>();
  const statWidths: number[] = options.trendStats.map(() => 0);
  const extraWidths: number[] = [];
  let valueWidth = 0;
  for (const [name, metric] of Object.entries(metrics)) {
    const cell = cellsOf(metric, options);
    cells.set(name, cell);
    if (cell.stats === undefined) valueWidth = Math.max(valueWidth, textWidth(cell.value));
    widen(statWidths, cell.stats ?? []);
    widen(extraWidths, cell.extras);
  }
  return { cells, statWidths, valueWidth, extraWidths };
}

function widen(widths: number[], texts: readonly string[]): void {
  texts.forEach((text, index) => {
    widths[index] = Math.max(widths[index] ?? 0, textWidth(text));
  });
}

function cellsOf(metric: K6Metric, options: ValueOptions): Cells {
  const { values } = metric;
  const show = (name: string) => humanizeValue(values[name]!, metric, options.timeUnit);
  switch (metric.type) {
    case 'trend': {
      const stats = options.trendStats.map((name) => trendStat(metric, values, name, options));
      return { stats, value: '', extras: [] };
    }
    case 'counter':
      return { stats: undefined, value: show('count'), extras: [`${show('rate')}/s`] };
    case 'gauge':
      return { stats: undefined, value: show('value'), extras: [`min=${show('min')}`, `max=${show('max')}`] };
    case 'rate': {
      const { passes = 0, fails = 0 } = values;
      const extras =
        options.rates === 'marks' ? [`✓ ${passes}`, `✗ ${fails}`] : [`${passes} out of ${passes + fails}`];
      return { stats: undefined, value: show('rate'), extras };
    }
  }
}

/** One statistic of a trend; `count` is a plain number whatever the trend contains. */
export function trendStat(
  metric: K6Metric,
  values: MetricValues,
  name: string,
  options: ValueOptions,
): string {
  const value = values[name]!;
  return name === 'count' ? String(value) : humanizeValue(value, metric, options.timeUnit);
}

/** The part of a row behind the dots. */
export function rowData(name: string, columns: Columns, options: ValueOptions, paint: Paint): string {
  const { stats, value, extras } = columns.cells.get(name)!;
  if (stats !== undefined) {
    return stats
      .map((text, index) => {
        const blanks = padding(text, columns.statWidths[index]!);
        return `${options.trendStats[index]}=${paint.colour(text, 'cyan')}${blanks}`;
      })
      .join(' ');
  }
  const [only] = extras;
  const first = `${paint.colour(value, 'cyan')}${padding(value, columns.valueWidth)}`;
  if (extras.length === 1) return `${first} ${paint.faint(only!, 'cyan')}`;
  const parts = extras.map(
    (text, index) => `${paint.faint(text, 'cyan')}${padding(text, columns.extraWidths[index]!)}`,
  );
  return `${first} ${parts.join(' ')}`;
}

/** Sorted by the metric, then by the text of the sub-metric, so that sub-metrics follow theirs. */
export function sortedNames(names: readonly string[]): string[] {
  return [...names].sort((left, right) => {
    const [leftBase, rightBase] = [baseOf(left), baseOf(right)];
    const order = compareNames(leftBase, rightBase);
    if (order !== 0) return order;
    return compareNames(left.slice(leftBase.length), right.slice(rightBase.length));
  });
}

/** The metric of a sub-metric's name. */
export function baseOf(name: string): string {
  return name.split('{', 1)[0]!;
}

/** `{ tag:value }` of a sub-metric; `undefined` for a metric. */
export function braces(name: string): string | undefined {
  const open = name.indexOf('{');
  return open < 0 ? undefined : `{ ${name.slice(open + 1, -1)} }`;
}
