import type { ComparedSeries, Comparison } from '../../metrics/comparison.js';
import type { ChartSpec } from '../chart.js';
import { BLUE, framed, MS_LABEL, msEncoding, rounded, timeEncoding, usersArea, VERMILLION } from './style.js';

/** Space for the labels of an axis: equal in all panels, so that they line up. */
const AXIS_EXTENT = 48;

const SIDES = ['predicted', 'measured'] as const;

/** Prediction over measurement: throughput, p50, p95 and error rate over time, measured points upon the predicted line. */
export function comparisonSpec(comparison: Comparison): ChartSpec {
  const { p50, p95, throughput, errorRate } = comparison;
  const panels = [
    panel(comparison, 'throughput (requests per second)', throughput, linear(throughput, { tickCount: 5 })),
    panel(comparison, 'failed requests', errorRate, linear(errorRate, { tickCount: 5, format: '~%' })),
    panel(comparison, 'p50 of the response time', p50, ms(p50)),
    panel(comparison, 'p95 of the response time', p95, ms(p95)),
  ];
  const band = p95.predictedLow === undefined ? '' : '; band: 95 % prediction interval of one run';
  const subtitle = `${comparison.label} against ${comparison.source}; buckets of ${comparison.bucketSeconds} s${band}`;
  return framed(comparison.title, subtitle, {
    concat: panels,
    columns: 2,
    resolve: { scale: { color: 'shared' } },
  });
}

interface Row {
  readonly second: number;
  readonly side: (typeof SIDES)[number];
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function rowsOf(series: ComparedSeries, bucketSeconds: number): Row[] {
  const at = (index: number) => (index + 0.5) * bucketSeconds;
  const predicted = series.predicted.flatMap((value, index) => {
    if (value === null) return [];
    const low = series.predictedLow?.[index] ?? value;
    const high = series.predictedHigh?.[index] ?? value;
    return [row(at(index), 'predicted', [value, low, high])];
  });
  const measured = series.measured.flatMap((value, index) => {
    if (value === null) return [];
    const low = series.measuredMin?.[index] ?? value;
    const high = series.measuredMax?.[index] ?? value;
    return [row(at(index), 'measured', [value, low, high])];
  });
  return [...predicted, ...measured];
}

function row(second: number, side: Row['side'], [value, low, high]: [number, number, number]): Row {
  return { second, side, value: rounded(value), low: rounded(low), high: rounded(high) };
}

function valuesOf(series: ComparedSeries): number[] {
  return rowsOf(series, 1).flatMap(({ low, value, high }) => [low, value, high]);
}

function linear(series: ComparedSeries, axis: ChartSpec): ChartSpec {
  const most = Math.max(0, ...valuesOf(series));
  const scale = { domain: [0, most > 0 ? most * 1.1 : 1], nice: true };
  return { type: 'quantitative', scale, axis: { title: null, grid: true, minExtent: AXIS_EXTENT, ...axis } };
}

function ms(series: ComparedSeries): ChartSpec {
  const { field: _, ...encoding } = msEncoding(valuesOf(series), 'value');
  return { ...encoding, axis: { ...(encoding.axis as object), labelExpr: MS_LABEL, minExtent: AXIS_EXTENT } };
}

function panel(comparison: Comparison, title: string, series: ComparedSeries, y: ChartSpec): ChartSpec {
  const { bucketSeconds, vus } = comparison;
  const rows = rowsOf(series, bucketSeconds);
  const buckets = Math.max(series.predicted.length, series.measured.length, 1);
  const x = timeEncoding(buckets * bucketSeconds);
  const value = { ...y, field: 'value' };
  const low = { ...y, field: 'low' };
  const of = (side: string) => ({ values: rows.filter((candidate) => candidate.side === side) });
  const front: ChartSpec[] = [
    {
      data: of('predicted'),
      mark: { type: 'area', opacity: 0.2, clip: true },
      encoding: { x, y: low, y2: { field: 'high' }, color: COLOUR },
    },
    { data: of('predicted'), mark: { type: 'line', clip: true }, encoding: { x, y: value, color: COLOUR } },
    {
      data: of('measured'),
      mark: { type: 'rule', strokeWidth: 1.5 },
      encoding: { x, y: low, y2: { field: 'high' }, color: COLOUR },
    },
    {
      data: of('measured'),
      mark: { type: 'point', filled: true, size: 36, opacity: 1 },
      encoding: { x, y: value, color: COLOUR },
    },
  ];
  const most = Math.max(0, ...vus);
  const frame = { title, width: 400, height: 190 };
  if (most === 0) return { ...frame, layer: front };
  const users = vus.map((count, index) => ({ second: (index + 1) * bucketSeconds, users: rounded(count) }));
  const area = usersArea({ users: [{ second: 0, users: 0 }, ...users], most, x, axisTitle: 'users' });
  return { ...frame, layer: [area, { layer: front }], resolve: { scale: { y: 'independent' } } };
}

const COLOUR = {
  field: 'side',
  type: 'nominal',
  sort: SIDES,
  scale: { domain: SIDES, range: [BLUE, VERMILLION] },
  legend: { symbolOpacity: 1, symbolSize: 60 },
};
