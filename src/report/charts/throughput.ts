import type { VariantResult } from '../../metrics/result.js';
import type { ChartPlug } from '../chart.js';
import { panelTitle } from './label.js';
import {
  BLUE,
  framed,
  lengthSeconds,
  overUsers,
  panelGrid,
  panelSubtitle,
  rounded,
  shownVariants,
  timeEncoding,
  usersLayer,
  VERMILLION,
} from './style.js';

const OUTCOMES = ['successful', 'failed'] as const;

/** Requests per second along the ramp, failed ones apart. */
export const throughput: ChartPlug = {
  name: 'throughput',
  rank: 30,
  title: 'Throughput and errors over time',
  summary:
    'requests that ended per second, stacked by outcome, with the users behind: where does throughput stop growing?',
  spec: (result) => {
    const variants = shownVariants(result);
    const most = Math.max(0, ...variants.flatMap((variant) => variant.series.httpReqs));
    if (most === 0) return undefined;
    const { columns, width } = panelGrid(variants.length);
    const x = timeEncoding(lengthSeconds(variants));
    const y = {
      field: 'rate',
      type: 'quantitative',
      stack: 'zero',
      scale: { domain: [0, most * 1.05], nice: true },
      axis: { title: 'requests per second', tickCount: 6, grid: true },
    };
    const panels = variants.map((variant, index) => {
      const areas = {
        data: { values: outcomes(variant) },
        mark: { type: 'area', opacity: 0.75, clip: true },
        encoding: {
          x,
          y: index % columns === 0 ? y : { ...y, axis: { ...y.axis, title: null } },
          color: COLOUR,
        },
      };
      return {
        title: panelTitle(variant.label, width),
        width,
        height: 200,
        ...overUsers(usersLayer(variants, index, x), [areas]),
      };
    });
    return framed('Throughput and errors over time', panelSubtitle(result), {
      concat: panels,
      columns,
      resolve: { scale: { color: 'shared' } },
    });
  },
};

function outcomes({ series }: VariantResult) {
  return series.httpReqs.flatMap((rate, index) => {
    const second = (index + 1) * series.intervalSeconds;
    const failed = series.httpReqsFailed[index] ?? 0;
    return [
      { second, outcome: 'successful', rate: rounded(rate - failed) },
      { second, outcome: 'failed', rate: rounded(failed) },
    ];
  });
}

const COLOUR = {
  field: 'outcome',
  type: 'nominal',
  sort: OUTCOMES,
  scale: { domain: OUTCOMES, range: [BLUE, VERMILLION] },
};
