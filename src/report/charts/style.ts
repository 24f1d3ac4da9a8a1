import type { RunResult, VariantResult } from '../../metrics/result.js';
import type { ChartSpec } from '../chart.js';

/** The palette of Okabe and Ito (2008), told apart with every common colour blindness; black last. */
export const PALETTE = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#d55e00',
  '#cc79a7',
  '#56b4e9',
  '#a89f00',
  '#6b7280',
] as const;

/** Colours of the palette by name, for charts where one series has one meaning. */
export const BLUE = PALETTE[0];
export const ORANGE = PALETTE[1];
export const VERMILLION = PALETTE[3];

/** Text, axes and the users' ramp; the page replaces `INK` and `MUTED` by its own colours of light and dark. */
export const INK = '#1f2933';
export const MUTED = '#616e7c';
export const GRID = '#9aa5b1';

/** More variants than this do not fit in small multiples: the first ones are shown, and the subtitle says so. */
const PANELS_MAX = 6;
const COLUMNS_MAX = 3;

/** Fonts by preference; the first one is shipped, so that a PNG is the same on every machine. */
export const FONT = 'DejaVu Sans, Verdana, sans-serif';

const CONFIG = {
  font: FONT,
  padding: 16,
  view: { stroke: null },
  title: { anchor: 'start', color: INK, fontSize: 12, fontWeight: 'bold', offset: 8 },
  axis: {
    domainColor: GRID,
    gridColor: GRID,
    gridOpacity: 0.35,
    labelColor: MUTED,
    labelFontSize: 10,
    tickColor: GRID,
    titleColor: MUTED,
    titleFontSize: 11,
    titleFontWeight: 'normal',
  },
  legend: {
    labelColor: INK,
    labelFontSize: 11,
    orient: 'top',
    title: null,
    symbolStrokeWidth: 3,
    columnPadding: 18,
    labelLimit: 320,
  },
  range: { category: PALETTE },
  line: { strokeWidth: 1.8, strokeJoin: 'round' },
} as const;

/** The frame of every chart: title, subtitle, fonts and colours around a composition. */
export function framed(title: string, subtitle: string, composition: ChartSpec): ChartSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    title: {
      text: title,
      subtitle,
      anchor: 'start',
      fontSize: 16,
      color: INK,
      subtitleColor: MUTED,
      subtitleFontSize: 12,
      subtitlePadding: 6,
      offset: 16,
    },
    ...composition,
    config: CONFIG,
  };
}

/** Variants that are drawn as small multiples. */
export function shownVariants(result: RunResult): readonly VariantResult[] {
  return result.variants.slice(0, PANELS_MAX);
}

/** The subtitle of a chart with one panel per variant: the experiment's title, and what is left out. */
export function panelSubtitle(result: RunResult): string {
  const rest = result.variants.length - PANELS_MAX;
  return rest > 0
    ? `${result.title} (First ${PANELS_MAX} of ${result.variants.length} variants.)`
    : result.title;
}

/** Columns, and the width of one panel in pixels, for so many panels side by side. */
export function panelGrid(count: number): { columns: number; width: number } {
  const columns = Math.min(count, COLUMNS_MAX);
  return { columns, width: columns === 1 ? 760 : columns === 2 ? 400 : 290 };
}

/** An axis along the run: labels as minutes and seconds, at round times. */
export function timeEncoding(durationSeconds: number): ChartSpec {
  const step = TIME_STEPS.find((candidate) => durationSeconds / candidate <= 7) ?? 86_400;
  const values: number[] = [];
  for (let at = 0; at <= durationSeconds; at += step) values.push(at);
  const clock = "floor(datum.value / 60) + ':' + format(datum.value % 60, '02d')";
  return {
    field: 'second',
    type: 'quantitative',
    scale: { domain: [0, durationSeconds], nice: false },
    axis: { title: 'time (min:s)', values, labelExpr: clock, grid: false, labelFlush: false },
  };
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];

/** Labels of an axis in ms: `5 ms`, `2 s`. */
export const MS_LABEL =
  "datum.value >= 1000 ? format(datum.value / 1000, '~g') + ' s' : format(datum.value, '~g') + ' ms'";

/** A scale and axis for durations in ms: logarithmic where the values span more than a factor of 30. */
export function msEncoding(values: readonly number[], field: string): ChartSpec {
  const positive = values.filter((value) => value > 0);
  const high = Math.max(1e-3, ...positive);
  const low = Math.min(high, ...positive);
  const spansDecades = high / low > 30;
  const scale = spansDecades
    ? { type: 'log', domain: [floorDecade(low), ceilDecade(high)], nice: false, clamp: true }
    : { domain: [0, high * 1.05], nice: true };
  const ticks = spansDecades ? { values: decadeTicks(low, high) } : { tickCount: 6 };
  return {
    field,
    type: 'quantitative',
    scale,
    axis: { title: null, labelExpr: MS_LABEL, grid: true, ...ticks },
  };
}

/** The lower round number of the steps 1, 2, 5 per decade. */
function floorDecade(value: number): number {
  return [...roundSteps(value)].reverse().find((step) => step <= value) ?? value;
}

function ceilDecade(value: number): number {
  return roundSteps(value).find((step) => step >= value) ?? value;
}

function roundSteps(value: number): number[] {
  const decade = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => Number((factor * decade).toPrecision(1)));
}

function decadeTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  const factors = high / low > 30_000 ? [1] : [1, 2, 5];
  const last = ceilDecade(high);
  for (let exponent = Math.floor(Math.log10(low)); 10 ** exponent <= last; exponent++) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** exponent).toPrecision(1));
      if (tick >= floorDecade(low) && tick <= last) ticks.push(tick);
    }
  }
  return ticks;
}

/** Four significant digits: what a picture can show; keeps specifications small and stable. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** The length of the longest shown run in whole intervals, in seconds. */
export function lengthSeconds(variants: readonly VariantResult[]): number {
  return Math.max(1, ...variants.map(({ series }) => series.vus.length * series.intervalSeconds));
}

/** The users' ramp as a pale area with its own axis on the right; `undefined` where no users are known. */
export function usersLayer(
  variants: readonly VariantResult[],
  index: number,
  x: ChartSpec,
): ChartSpec | undefined {
  const most = Math.max(0, ...variants.flatMap((variant) => variant.series.vus));
  if (most === 0) return undefined;
  const { vus, intervalSeconds } = (variants[index] as VariantResult).series;
  const { columns } = panelGrid(variants.length);
  const isLast = index % columns === columns - 1 || index === variants.length - 1;
  return usersArea({
    users: vus.map((count, at) => ({ second: (at + 1) * intervalSeconds, users: rounded(count) })),
    most,
    x,
    axisTitle: isLast ? 'users' : null,
  });
}

/** A pale area of users over time behind a panel. */
export function usersArea(options: {
  readonly users: readonly { second: number; users: number }[];
  readonly most: number;
  readonly x: ChartSpec;
  readonly axisTitle: string | null;
}): ChartSpec {
  return {
    data: { values: options.users },
    mark: { type: 'area', color: GRID, opacity: 0.22, line: false },
    encoding: {
      x: options.x,
      y: {
        field: 'users',
        type: 'quantitative',
        scale: { domain: [0, options.most], nice: true },
        axis: { title: options.axisTitle, orient: 'right', grid: false, tickCount: 4 },
      },
    },
  };
}

/** Layers with one left axis for what is measured and one right axis for the users behind. */
export function overUsers(users: ChartSpec | undefined, front: readonly ChartSpec[]): ChartSpec {
  if (users === undefined) return { layer: front };
  return { layer: [users, { layer: front }], resolve: { scale: { y: 'independent' } } };
}
