import { Histogram } from '../../metrics/histogram.js';
import type { VariantResult } from '../../metrics/result.js';
import type { ChartPlug, ChartSpec } from '../chart.js';
import { textWidth } from '../text-width.js';
import { framed, INK, MS_LABEL, MUTED, msEncoding, rounded } from './style.js';

/** Colours and lines stay distinguishable up to here. */
const VARIANTS_MAX = 8;

/** The probabilities at which the curve is drawn: even steps, and the tail finely. */
const PROBABILITIES: readonly number[] = [
  ...Array.from({ length: 197 }, (_, index) => index / 200),
  ...Array.from({ length: 15 }, (_, index) => 0.985 + index / 1000),
  0.9995,
];

/** The cumulative distribution of all response times, one curve per variant. */
export const distribution: ChartPlug = {
  name: 'distribution',
  rank: 40,
  title: 'Distribution of response times',
  summary: 'which fraction of the requests took at most so long, one curve per variant',
  spec: (result) => {
    const variants = result.variants.slice(0, VARIANTS_MAX).filter((variant) => variant.durations.count > 0);
    if (variants.length === 0) return undefined;
    const values = variants.flatMap(curve);
    const x = msEncoding(
      values.map((row) => row.ms),
      'ms',
    );
    const isLog = (x.scale as { type?: string }).type === 'log';
    const axis = { ...(x.axis as object), labelExpr: MS_LABEL };
    return framed('Distribution of response times', result.title, {
      width: 760,
      height: 300,
      layer: [
        {
          data: { values },
          mark: { type: 'line', clip: true },
          encoding: {
            x: { ...x, axis: { ...axis, title: isLog ? 'response time (log scale)' : 'response time' } },
            y: {
              field: 'fraction',
              type: 'quantitative',
              scale: { domain: [0, 1] },
              axis: { title: 'requests that took at most so long', format: '.0%', tickCount: 6 },
            },
            color: { field: 'variant', type: 'nominal', sort: null, legend: legendOf(variants) },
            order: { field: 'fraction' },
          },
        },
        { data: { values: [{ fraction: 0.95 }] }, mark: RULE, encoding: { y: FRACTION } },
        {
          data: { values: [{ fraction: 0.95 }] },
          mark: { type: 'text', text: 'p95', align: 'left', x: 4, dy: 9, color: MUTED, fontSize: 10 },
          encoding: { y: FRACTION },
        },
      ],
    });
  },
};

const FRACTION = { field: 'fraction', type: 'quantitative' };
const RULE = { type: 'rule', color: INK, strokeDash: [4, 4], opacity: 0.6 };

/** Labels side by side as long as two fit, whole in any case. */
function legendOf(variants: readonly VariantResult[]): ChartSpec {
  const widest = Math.max(...variants.map(({ label }) => textWidth(label, 11, 'normal')));
  return { labelLimit: 0, ...(widest > 320 ? { columns: 1 } : {}) };
}

function curve(variant: VariantResult) {
  const histogram = Histogram.fromSparse(variant.durations);
  return PROBABILITIES.map((fraction) => ({
    variant: variant.label,
    fraction,
    ms: rounded(histogram.quantile(fraction)),
  }));
}
