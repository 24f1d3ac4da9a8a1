import {
  ACCURACY_METRICS,
  type AccuracyMetric,
  type AccuracyRow,
  coverage,
  isInside,
} from '../metrics/accuracy.js';
import type { ComparedDistribution, OwnCpuTake } from '../metrics/comparison.js';
import type { TextCell, TextTable } from './table.js';
import { formatMs, formatPercent, threeDigits } from './text.js';

/**
 * Take by take: measured, predicted with its 95 % prediction interval, and the signed error, `in` or `out` being whether the
 * measured value lies inside; then the same given the take's own CPU per request, where it was predicted; last how much of all
 * buckets lies inside.
 */
export function takesTable(
  rows: readonly AccuracyRow[],
  ownCpu: readonly OwnCpuTake[] | undefined,
): TextTable {
  const runs = [...new Set(rows.map(({ run }) => run))];
  const own = (ownCpu ?? []).flatMap((take) => take.rows);
  const head = ['take', ...ACCURACY_METRICS, 'buckets inside'];
  const lines = runs.flatMap((run) => {
    const second = own.filter((row) => row.run === run);
    const first = tableLine(
      run,
      rows.filter((row) => row.run === run),
    );
    return second.length === 0 ? [first] : [first, tableLine('  own CPU', second)];
  });
  return { head, rows: lines };
}

function tableLine(title: string, rows: readonly AccuracyRow[]): TextCell[] {
  const inBuckets = coverage(rows.filter(({ bucket }) => bucket !== null));
  return [
    plain(title),
    ...ACCURACY_METRICS.map((metric) =>
      cellOf(rows.find((row) => row.bucket === null && row.metric === metric)),
    ),
    plain(inBuckets === null ? '-' : formatPercent(inBuckets)),
  ];
}

function cellOf(row: AccuracyRow | undefined): TextCell {
  if (row === undefined) return plain('-');
  const value = (amount: number) => formatAccuracy(row.metric, amount);
  const inside = isInside(row);
  const lines = [
    `${value(row.measured)} → ${value(row.predicted)}`,
    `[${value(row.interval[0])}, ${value(row.interval[1])}] ${inside ? 'in' : 'out'}`,
    formatRowError(row),
  ];
  return { lines, mood: inside ? 'good' : 'bad' };
}

/** Why the second prediction differs: CPU per request as measured and in the model, and the speed that it takes. */
export function ownCpuTable(takes: readonly OwnCpuTake[]): TextTable {
  const rows = takes.map(({ run, cpuMs, speed }) => [
    plain(run),
    plain(`${formatMs(cpuMs.measured)} → ${formatMs(cpuMs.predicted)}`),
    plain(`${signed((cpuMs.predicted / cpuMs.measured - 1) * 100, 1)} %`),
    plain(speed === null ? 'no plausible one' : threeDigits(speed)),
  ]);
  return { head: ['take', 'CPU per request', 'error', 'speed that meets it'], rows };
}

/** How far the distributions of latencies lie apart, and where there are several takes, how far those do. */
export function distributionTable(distributions: readonly ComparedDistribution[]): TextTable {
  const beside = (measured: number, predicted: number) => `${formatMs(measured)} → ${formatMs(predicted)}`;
  const rows = distributions.map((each) => [
    plain(each.name),
    plain(`${threeDigits(each.requests.measured)} → ${threeDigits(each.requests.predicted)}`),
    plain(beside(each.med.measured, each.med.predicted)),
    plain(beside(each.p95.measured, each.p95.predicted)),
    plain(withTakes(each.ks, each.takesKs)),
    plain(withTakes(each.qq, each.takesQq)),
  ]);
  return { head: ['latencies of', 'requests', 'med', 'p(95)', 'KS distance', 'Q-Q distance'], rows };
}

function withTakes(distance: number, takes: number | undefined): string {
  return takes === undefined ? distance.toFixed(3) : `${distance.toFixed(3)} (takes ${takes.toFixed(3)})`;
}

/** In the unit of the metric. */
export function formatAccuracy(metric: AccuracyMetric, value: number): string {
  if (metric === 'rate') return threeDigits(value);
  return metric === 'failed' ? formatPercent(value) : formatMs(value);
}

/** `+3.1 %`; of the failed requests in percentage points. */
export function formatRowError({ metric, predicted, measured, error }: AccuracyRow): string {
  if (metric === 'failed') return `${signed((predicted - measured) * 100, 2)} pp`;
  return error === null ? '-' : `${signed(error * 100, 1)} %`;
}

/** With its sign; what rounds to zero has none. */
export function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  return `${value > 0 ? '+' : '-'}${text}`;
}

function plain(text: string): TextCell {
  return { lines: [text], mood: 'plain' };
}
