import { summarizeErrors } from '../metrics/accuracy-run.js';
import type { ComparedPrometheus, ComparedSeries } from '../metrics/comparison.js';
import type { TextCell, TextTable } from './table.js';
import { formatMs, threeDigits } from './text.js';

/**
 * What Prometheus' graphs show of each take, on both sides: means over its instants, and the median absolute error of one instant. Its
 * quantiles are those of its buckets: far from the load generator's where these are wide.
 */
export function prometheusTable(
  views: readonly { readonly run: string; readonly view: ComparedPrometheus }[],
): TextTable {
  const rows = views.map(({ run, view }) => [
    plain(run),
    plain(`${view.rangeSeconds} s`),
    plain(view.lagSeconds.map((seconds) => `${seconds.toFixed(1)} s`).join(', ')),
    cellOf(view.rate, threeDigits),
    cellOf(view.med, formatMs),
    cellOf(view.p95, formatMs),
  ]);
  return { head: ['as Prometheus shows it', 'rate() over', 'age of a value', 'req/s', 'p50', 'p95'], rows };
}

function cellOf({ measured, predicted }: ComparedSeries, format: (value: number) => string): TextCell {
  const both = measured.flatMap((value, index) => {
    const other = predicted[index];
    return value === null || other == null ? [] : [{ value, other }];
  });
  if (both.length === 0) return plain('-');
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const { median } = summarizeErrors(
    both.map(({ value, other }) => (value === 0 ? null : other / value - 1)),
  );
  const text = `${format(mean(both.map(({ value }) => value)))} → ${format(mean(both.map(({ other }) => other)))}`;
  return plain(median === null ? text : `${text} (±${(median * 100).toFixed(1)} %)`);
}

function plain(text: string): TextCell {
  return { lines: [text], mood: 'plain' };
}
