import type { RunResult, VariantResult } from '../../metrics/result.js';
import type { ChartPlug, ChartSpec } from '../chart.js';
import { panelTitle } from './label.js';
import {
  BLUE,
  framed,
  lengthSeconds,
  msEncoding,
  ORANGE,
  overUsers,
  panelGrid,
  panelSubtitle,
  rounded,
  shownVariants,
  timeEncoding,
  usersLayer,
  VERMILLION,
} from './style.js';

const LINES = ['p50', 'p95', 'p99'] as const;

/** Response times along the ramp. */
export const latency: ChartPlug = {
  name: 'latency',
  rank: 20,
  title: 'Response time over time',
  summary:
    'percentiles 50, 95 and 99 per interval, with the users behind: at which load does the latency leave the ground?',
  spec: (result) => {
    const variants = shownVariants(result);
    const values = variants.map(percentiles);
    if (values.every((rows) => rows.length === 0)) return undefined;
    return framed('Response time over time', panelSubtitle(result), composition(result, values));
  },
};

function percentiles({ series }: VariantResult) {
  return LINES.flatMap((line) =>
    series[line].flatMap((value, index) =>
      value === null ? [] : [{ second: (index + 1) * series.intervalSeconds, line, ms: rounded(value) }],
    ),
  );
}

function composition(result: RunResult, values: readonly (readonly { ms: number }[])[]): ChartSpec {
  const variants = shownVariants(result);
  const { columns, width } = panelGrid(variants.length);
  const x = timeEncoding(lengthSeconds(variants));
  const y = msEncoding(
    values.flatMap((rows) => rows.map((row) => row.ms)),
    'ms',
  );
  const panels = variants.map((variant, index) => {
    const lines = {
      data: { values: values[index] },
      mark: { type: 'line', clip: true },
      encoding: { x, y, color: COLOUR },
    };
    const layers = overUsers(usersLayer(variants, index, x), [lines]);
    return { title: panelTitle(variant.label, width), width, height: 220, ...layers };
  });
  return { concat: panels, columns, resolve: { scale: { color: 'shared' } } };
}

const COLOUR = {
  field: 'line',
  type: 'nominal',
  sort: LINES,
  scale: { domain: LINES, range: [BLUE, ORANGE, VERMILLION] },
};
