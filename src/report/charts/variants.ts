import type { RunResult } from '../../metrics/result.js';
import type { ChartPlug, ChartSpec } from '../chart.js';
import { formatMs, formatPercent, threeDigits } from '../text.js';
import { labelLines } from './label.js';
import { BLUE, framed, INK, MS_LABEL, ORANGE, rounded, VERMILLION } from './style.js';

/** One quantity of all variants. */
interface Quantity {
  readonly title: string;
  readonly metric: string;
  readonly statistic: string;
  readonly colour: string;
  readonly label: (value: number) => string;
  readonly axis: ChartSpec;
}

const QUANTITIES: readonly Quantity[] = [
  {
    title: 'throughput (requests per second)',
    metric: 'http_reqs',
    statistic: 'rate',
    colour: BLUE,
    label: threeDigits,
    axis: { tickCount: 4 },
  },
  {
    title: 'p95 of the response time',
    metric: 'http_req_duration',
    statistic: 'p(95)',
    colour: ORANGE,
    label: formatMs,
    axis: { tickCount: 4, labelExpr: MS_LABEL },
  },
  {
    title: 'failed requests',
    metric: 'http_req_failed',
    statistic: 'rate',
    colour: VERMILLION,
    label: formatPercent,
    axis: { tickCount: 4, format: '~%' },
  },
];

/** The variants side by side, with their confidence intervals. */
export const variants: ChartPlug = {
  name: 'variants',
  rank: 10,
  title: 'Variants compared',
  summary:
    'throughput, p95 and error rate of every variant, with 95 % confidence intervals over the replications',
  spec: (result) => {
    if (result.variants.length < 2) return undefined;
    const panels = QUANTITIES.map((quantity, index) => panel(result, quantity, index === 0));
    const subtitle = `${result.title} Whiskers: 95 % confidence intervals.`;
    return framed('Variants compared', subtitle, { hconcat: panels, spacing: 24 });
  },
};

/** How variants are named at their axis. */
const LABEL = { width: 260, fontSize: 11, weight: 'normal' } as const;
const LINE_HEIGHT = 13;
const ROW_HEIGHT_MIN = 34;

/** Labels in as many lines as they need; Vega breaks a label where its expression is a list. */
function labelAxis(result: RunResult): ChartSpec {
  const lines = Object.fromEntries(result.variants.map(({ label }) => [label, labelLines(label, LABEL)]));
  const style = {
    labelFontSize: LABEL.fontSize,
    labelLineHeight: LINE_HEIGHT,
    labelLimit: 0,
    labelColor: INK,
  };
  const isLong = Object.values(lines).some(({ length }) => length > 1);
  const wrapped = isLong ? { labelExpr: `(${JSON.stringify(lines)})[datum.value]` } : {};
  return { title: null, ticks: false, ...style, ...wrapped };
}

function rowHeight(result: RunResult): number {
  const most = Math.max(...result.variants.map(({ label }) => labelLines(label, LABEL).length));
  return Math.max(ROW_HEIGHT_MIN, most * LINE_HEIGHT + 8);
}

function panel(result: RunResult, quantity: Quantity, isFirst: boolean): ChartSpec {
  const values = result.variants.map((variant) => {
    const value = variant.metrics[quantity.metric]?.[quantity.statistic] ?? 0;
    const [low, high] = variant.intervals[quantity.metric]?.[quantity.statistic] ?? [value, value];
    const label = quantity.label(value);
    return { variant: variant.label, value: rounded(value), low: rounded(low), high: rounded(high), label };
  });
  const most = Math.max(...values.map((row) => row.high));
  // A third of the width is kept free for the labels behind the longest bar.
  const scale = { domain: [0, most > 0 ? most * 1.4 : 1], nice: false };
  const y = {
    field: 'variant',
    type: 'nominal',
    sort: null,
    axis: isFirst ? labelAxis(result) : null,
  };
  const x = { field: 'value', type: 'quantitative', scale, axis: { title: null, ...quantity.axis } };
  return {
    title: quantity.title,
    width: 230,
    height: { step: rowHeight(result) },
    data: { values },
    encoding: { y },
    layer: [
      { mark: { type: 'bar', color: quantity.colour, height: { band: 0.62 } }, encoding: { x } },
      {
        mark: { type: 'rule', color: INK, strokeWidth: 1.5 },
        encoding: { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 6, color: INK, fontSize: 10.5 },
        encoding: { x: { field: 'high', type: 'quantitative' }, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}
