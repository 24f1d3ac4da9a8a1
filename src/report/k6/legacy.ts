import type { K6Check, K6Group, K6Metric, K6Summary } from '../../metrics/k6-summary.js';
import { braces, columnsOf, rowData, sortedNames, type ValueOptions } from './layout.js';
import { inCodes, type Paint, PLAIN, textWidth } from './paint.js';

/** The options of `textSummary` of the module k6-summary. */
export interface LegacyOptions {
  /** Before every line; a blank by default. */
  readonly indent?: string | undefined;
  /** True by default. */
  readonly enableColors?: boolean | undefined;
  readonly summaryTimeUnit?: string | undefined;
  readonly summaryTrendStats?: readonly string[] | undefined;
  /** `marks` in the module k6-summary: `✓ 3  ✗ 1`. */
  readonly rates?: 'out of' | 'marks' | undefined;
}

/** Colours are written in another order here, and dots are faint without a colour. */
const ANSI_LEGACY: Paint = {
  colour: (text, colour) => inCodes(String(text), { red: 31, green: 32, cyan: 36, white: 37 }[colour]),
  faint: (text, colour) => (colour === 'white' ? inCodes(text, 2) : inCodes(text, 36, 2)),
  bold: (text) => text,
};

const DOTS_MIN = 3;

/**
 * The text of `--summary-mode legacy` (k6 v1.8.1, internal/js/summary-legacy.js), which is also what `textSummary` of the module
 * k6-summary makes of `handleSummary`'s data: the groups with their checks, then all metrics.
 */
export function legacySummary(data: K6Summary, options: LegacyOptions = {}): string {
  const paint = (options.enableColors ?? true) ? ANSI_LEGACY : PLAIN;
  const margin = options.indent ?? ' ';
  const values: ValueOptions = {
    trendStats: options.summaryTrendStats ?? data.options.summaryTrendStats,
    timeUnit: options.summaryTimeUnit ?? data.options.summaryTimeUnit,
    rates: options.rates,
  };
  return [
    ...groupLines(`${margin}    `, data.root_group, paint),
    ...metricLines(`${margin}  `, data.metrics, values, paint),
  ].join('\n');
}

function groupLines(margin: string, group: K6Group, paint: Paint): string[] {
  const isRoot = group.name === '';
  const inner = isRoot ? margin : `${margin}  `;
  const lines = isRoot ? [] : [`${margin}█ ${group.name}\n`];
  lines.push(...group.checks.map((check) => checkText(inner, check, paint)));
  if (group.checks.length > 0) lines.push('');
  return [...lines, ...group.groups.flatMap((child) => groupLines(inner, child, paint))];
}

function checkText(margin: string, { name, passes, fails }: K6Check, paint: Paint): string {
  if (fails === 0) return paint.colour(`${margin}✓ ${name}`, 'green');
  const percent = Math.floor((100 * passes) / (passes + fails));
  const counts = `${margin} ↳  ${percent}% — ✓ ${passes} / ✗ ${fails}`;
  return paint.colour(`${margin}✗ ${name}\n${counts}`, 'red');
}

function metricLines(
  margin: string,
  metrics: Readonly<Record<string, K6Metric>>,
  values: ValueOptions,
  paint: Paint,
): string[] {
  const columns = columnsOf(metrics, values);
  const names = sortedNames(Object.keys(metrics));
  const widthOf = (name: string) => textWidth(braces(name) ?? name) + indentOf(name).length;
  const widest = Math.max(...names.map(widthOf));
  return names.map((name) => {
    const dots = '.'.repeat(widest - widthOf(name) + DOTS_MIN);
    const title = `${braces(name) ?? name}${paint.faint(`${dots}:`, 'white')}`;
    const data = rowData(name, columns, values, paint);
    return `${margin}${indentOf(name)}${markOf(metrics[name]!, paint)} ${title} ${data}`;
  });
}

function indentOf(name: string): string {
  return name.includes('{') ? '  ' : '';
}

function markOf({ thresholds }: K6Metric, paint: Paint): string {
  if (thresholds === undefined) return ' ';
  const ok = Object.values(thresholds).every((threshold) => threshold.ok);
  return ok ? paint.colour('✓', 'green') : paint.colour('✗', 'red');
}
