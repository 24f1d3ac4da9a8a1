import type { ComparedStage, ComparedValue, Comparison, Grade } from '../metrics/comparison.js';
import { markdownTable, type TextCell, type TextTable } from './table.js';
import { formatMs, formatPercent, threeDigits } from './text.js';

/**
 * Prediction beside measurement: a row per number of the whole run (the last stage), or of the stage of that label. With several takes
 * the measured column has their mean, and their smallest and largest.
 *
 * @throws RangeError where there is no such stage.
 */
export function comparisonTable(comparison: Comparison, stageLabel?: string): TextTable {
  const stage =
    stageLabel === undefined
      ? comparison.stages.at(-1)
      : comparison.stages.find((candidate) => candidate.label === stageLabel);
  if (stage === undefined) throw new RangeError(`the comparison has no stage "${stageLabel ?? 'total'}"`);
  const head = ['value', 'measured', 'predicted', 'error', 'grade'];
  const rows = stage.values.map((value) => [
    plain(value.name),
    plain(withRange(value.measured, value.measuredRange, value.unit)),
    plain(withRange(value.predicted, value.predictedInterval, value.unit)),
    plain(formatError(value)),
    gradeCell(value),
  ]);
  return { head, rows };
}

/** A row per stage: what happens as the load changes; the whole run is the last row. */
export function stageTable(comparison: Comparison): TextTable {
  const head = ['stage', ...HEADLINE.map(([, title]) => title)];
  const rows = comparison.stages.map((stage) => [plain(stage.label), ...headlineCells(stage)]);
  return { head, rows };
}

/** A row per bucket of the run: throughput, p50, p95 and error rate, measured and predicted. */
export function bucketTable(comparison: Comparison): TextTable {
  const { throughput, p50, p95, errorRate, bucketSeconds } = comparison;
  const pairs = [
    ['req/s', throughput, 'req/s'],
    ['p50', p50, 'ms'],
    ['p95', p95, 'ms'],
    ['errors', errorRate, 'ratio'],
  ] as const;
  const rows = throughput.measured.map((_, bucket) => [
    plain(`${bucket * bucketSeconds}-${(bucket + 1) * bucketSeconds} s`),
    plain(threeDigits(comparison.vus[bucket] ?? 0)),
    ...pairs.map(([, series, unit]) =>
      plain(arrow(series.measured[bucket] ?? null, series.predicted[bucket] ?? null, unit)),
    ),
  ]);
  return { head: ['time', 'users', ...pairs.map(([title]) => title)], rows };
}

/** Many comparisons in one table, a row each: of the whole run, `measured → predicted (error) grade`. */
export function scoreboardTable(comparisons: readonly Comparison[]): TextTable {
  const head = ['experiment', 'takes', ...HEADLINE.map(([, title]) => title), 'grade'];
  const rows = comparisons.map((comparison) => {
    const total = comparison.stages.at(-1);
    const cells = total === undefined ? HEADLINE.map(() => plain('-')) : headlineCells(total);
    return [
      plain(comparison.title),
      plain(comparison.takes === undefined ? '-' : String(comparison.takes)),
      ...cells,
      { lines: [comparison.grade ?? '-'], mood: moodOf(comparison.grade) },
    ];
  });
  return { head, rows };
}

/** The scoreboard in Markdown, with what its cells mean; ends without a newline. */
export function scoreboardMarkdown(comparisons: readonly Comparison[]): string {
  return `${markdownTable(scoreboardTable(comparisons))}\n\n${LEGEND}`;
}

const LEGEND =
  'Measured (mean of the takes) → predicted, signed error, grade: A within 5 % (error rate: 0.5 percentage points), B 10 % (1), C 25 % ' +
  '(2.5), D 50 % (5), E beyond; ≈ marks what lies within the spread of the takes. The last column is the worst of the row.';

/** Name in the comparison, title of the column. */
const HEADLINE = [
  ['throughput', 'req/s'],
  ['avg', 'avg'],
  ['p50', 'p50'],
  ['p95', 'p95'],
  ['error rate', 'errors'],
] as const;

function headlineCells(stage: ComparedStage): TextCell[] {
  return HEADLINE.map(([name]) => {
    const value = stage.values.find((candidate) => candidate.name === name);
    if (value === undefined) return plain('-');
    const grade = value.grade === undefined ? '' : ` ${gradeText(value)}`;
    const error = formatError(value);
    const text = `${arrow(value.measured, value.predicted, value.unit)}${error === '-' ? '' : ` (${error})`}${grade}`;
    return { lines: [text], mood: moodOf(value.grade) };
  });
}

function arrow(measured: number | null, predicted: number | null, unit: string): string {
  return `${formatValue(measured, unit)} → ${formatValue(predicted, unit)}`;
}

function withRange(value: number | null, range: readonly [number, number] | undefined, unit: string): string {
  const text = formatValue(value, unit);
  if (range === undefined || value === null || range[0] === range[1]) return text;
  return `${text} (${formatValue(range[0], unit)} to ${formatValue(range[1], unit)})`;
}

function formatValue(value: number | null, unit: string): string {
  if (value === null) return '-';
  if (unit === 'ms') return formatMs(value);
  return unit === 'ratio' ? formatPercent(value) : threeDigits(value);
}

/** `+3.1 %`; of a ratio in percentage points, `-0.40 pp`. */
function formatError(value: ComparedValue): string {
  if (value.unit === 'ratio') {
    if (value.predicted === null || value.measured === null) return '-';
    return `${signed((value.predicted - value.measured) * 100, 2)} pp`;
  }
  return value.relativeError === null ? '-' : `${signed(value.relativeError * 100, 1)} %`;
}

/** With its sign; what rounds to zero has none. */
function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  return `${value > 0 ? '+' : '-'}${text}`;
}

function gradeCell(value: ComparedValue): TextCell {
  return { lines: [value.grade === undefined ? '-' : gradeText(value)], mood: moodOf(value.grade) };
}

function gradeText(value: ComparedValue): string {
  return value.withinTakes === true ? `${value.grade} ≈` : `${value.grade}`;
}

function moodOf(grade: Grade | undefined): TextCell['mood'] {
  if (grade === 'A' || grade === 'B') return 'good';
  return grade === 'D' || grade === 'E' ? 'bad' : 'plain';
}

function plain(text: string): TextCell {
  return { lines: [text], mood: 'plain' };
}
