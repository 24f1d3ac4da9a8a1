import type { K6Metric, K6Summary } from '../../metrics/k6-summary.js';
import type { MetricValues } from '../../metrics/result.js';
import { baseOf, type Columns, columnsOf, sortedNames, trendStat, type ValueOptions } from './layout.js';
import type { Paint } from './paint.js';

/**
 * The lines below `THRESHOLDS`: every metric that has some, and how each stands. A sub-metric is shown below its metric where that
 * has thresholds too.
 *
 * @param percentiles those that only thresholds ask for, by metric.
 */
export function thresholdLines(
  data: K6Summary,
  percentiles: Readonly<Record<string, MetricValues>>,
  options: ValueOptions,
  paint: Paint,
): string[] {
  const metrics = Object.fromEntries(
    Object.entries(data.metrics).filter(([, metric]) => metric.thresholds !== undefined),
  );
  const columns = columnsOf(metrics, options);
  return sortedNames(Object.keys(metrics)).flatMap((name) => {
    const metric = metrics[name]!;
    const base = baseOf(name);
    const isBelow = name !== base && metrics[base] !== undefined;
    const margin = isBelow ? '      ' : '    ';
    const values = { ...percentiles[name], ...metric.values };
    const results = Object.entries(metric.thresholds!).map(([source, { ok }]) => {
      const mark = ok ? paint.colour('✓', 'green') : paint.colour('✗', 'red');
      const value = thresholdValue(name, metric, { source, values, columns, options }, paint);
      return `${margin}${mark} ${paint.colour(`'${source.trim()}'`, 'white')} ${value}`;
    });
    return [`${margin}${isBelow ? name.slice(base.length) : name}`, ...results, ''];
  });
}

interface Compared {
  readonly source: string;
  readonly values: MetricValues;
  readonly columns: Columns;
  readonly options: ValueOptions;
}

/** `p(95)=20.9ms`: what stands before the operator, and the value that k6 has for it (none for a statistic it does not show). */
function thresholdValue(name: string, metric: K6Metric, compared: Compared, paint: Paint): string {
  const { source, values, columns, options } = compared;
  const word = source.split(/[=><]/)[0]!.trim();
  const { value, extras } = columns.cells.get(name)!;
  let text: string | undefined = value;
  if (metric.type === 'trend') {
    text = values[word] === undefined ? undefined : trendStat(metric, values, word, options);
  } else if (metric.type === 'counter' && word !== 'count') text = extras[0];
  return `${paint.colour(word, 'white')}=${paint.colour(text, 'cyan')}`;
}
