import type { Calibration, CalibrationResidual, FittedValue } from '../metrics/calibration.js';
import type { TextCell, TextTable } from './table.js';
import { formatMs, formatPercent, threeDigits } from './text.js';

/** A row per value: what it is now, its 95 % interval, and what said so. */
export function fittedTable({ values }: Calibration): TextTable {
  const head = ['value', 'fitted', '95 % interval', 'from'];
  const rows = values.map((value) =>
    [
      value.path,
      amount(value, value.value),
      value.interval === undefined ? '-' : value.interval.map((bound) => amount(value, bound)).join(' to '),
      value.source,
    ].map(plain),
  );
  return { head, rows };
}

/** The metrics of a row, in the order of the columns. */
const METRICS = ['rate', 'avg', 'med', 'p(95)', 'failed', 'cpu'] as const;
const TITLES: Readonly<Record<(typeof METRICS)[number], string>> = {
  rate: 'req/s',
  avg: 'avg',
  med: 'p50',
  'p(95)': 'p95',
  failed: 'errors',
  cpu: 'CPU per request',
};

/** A row per run: `measured → fitted (error)`. */
export function residualTable({ runs, residuals }: Calibration): TextTable {
  const present = METRICS.filter((metric) => residuals.some((residual) => residual.metric === metric));
  const rows = runs.map(({ run, takes }) => [
    plain(run),
    plain(String(takes)),
    ...present.map((metric) => {
      const own = residuals.find((residual) => residual.run === run && residual.metric === metric);
      return plain(own === undefined ? '-' : arrow(own));
    }),
  ]);
  return { head: ['run', 'takes', ...present.map((metric) => TITLES[metric])], rows };
}

function arrow({ metric, measured, fitted, error }: CalibrationResidual): string {
  const sign = error > 0 ? '+' : '';
  if (metric === 'failed') {
    return `${formatPercent(measured)} → ${formatPercent(fitted)} (${sign}${(error * 100).toFixed(2)} pp)`;
  }
  const show = metric === 'rate' ? threeDigits : formatMs;
  return `${show(measured)} → ${show(fitted)} (${sign}${(error * 100).toFixed(1)} %)`;
}

function amount({ unit }: FittedValue, value: number): string {
  return unit === 'ns' ? formatMs(value / 1e6) : threeDigits(value);
}

function plain(text: string): TextCell {
  return { lines: [text], mood: 'plain' };
}
