import type { VariantResult } from '../../metrics/result.js';
import type { ChartSpec } from '../chart.js';
import { panelTitle } from './label.js';
import { lengthSeconds, panelGrid, rounded, timeEncoding } from './style.js';

/** One line over time. */
export interface Line {
  readonly name: string;
  /** One per interval. */
  readonly values: readonly number[];
}

/** A row of panels, one per variant, all with the same axes. */
export interface PanelRow {
  readonly axisTitle: string;
  /** d3 format of the axis, such as `.0%`. */
  readonly format?: string;
  /** The lines of every variant; their names make the legend. */
  readonly lines: readonly (readonly Line[])[];
}

/** Space for the labels of an axis: equal in all rows, so that they line up. */
const AXIS_EXTENT = 40;

/** More lines than this cannot be told apart by colour; the rest is left out. */
export const LINES_MAX = 8;

/** Rows of small multiples: a row per quantity, a column per variant. Rows without a line are left out. */
export function rowsOfPanels(
  variants: readonly VariantResult[],
  rows: readonly PanelRow[],
): ChartSpec | undefined {
  const filled = rows.filter((row) => row.lines.some((lines) => lines.length > 0));
  if (filled.length === 0) return undefined;
  const { columns, width } = panelGrid(variants.length);
  const vconcat = filled.flatMap((row) => {
    const names = lineNames(row).slice(0, LINES_MAX);
    const most = Math.max(0, ...row.lines.flatMap((lines) => lines.flatMap((line) => line.values)));
    const panels = variants.map((variant, index) =>
      panel(variants, row, {
        index,
        names,
        most,
        title: panelTitle(variant.label, width),
        width,
        isFirst: index % columns === 0,
      }),
    );
    return { concat: panels, columns, resolve: { scale: { color: 'shared' } } };
  });
  return {
    vconcat,
    spacing: 28,
    resolve: { scale: { color: 'independent' }, legend: { color: 'independent' } },
  };
}

/** All names, those of the variant with the most lines first and in its order. */
function lineNames(row: PanelRow): string[] {
  const byCount = [...row.lines].sort((a, b) => b.length - a.length);
  return [...new Set(byCount.flatMap((lines) => lines.map((line) => line.name)))];
}

/** Width of a line, the first the widest: lines that lie upon each other (equal instances) all show. */
function lineWidth(index: number, count: number): number {
  return count === 1 ? 2 : rounded(3.6 - (2.3 * index) / (count - 1));
}

function panel(
  variants: readonly VariantResult[],
  row: PanelRow,
  options: {
    index: number;
    names: string[];
    most: number;
    title: string | string[];
    width: number;
    isFirst: boolean;
  },
): ChartSpec {
  const { names } = options;
  const { intervalSeconds } = (variants[options.index] as VariantResult).series;
  const values = (row.lines[options.index] ?? [])
    .filter((line) => names.includes(line.name))
    .flatMap(({ name, values: points }) => {
      const width = lineWidth(names.indexOf(name), names.length);
      return points.map((value, at) => ({
        second: (at + 1) * intervalSeconds,
        name,
        value: rounded(value),
        lineWidth: width,
      }));
    });
  return {
    title: options.title,
    width: options.width,
    height: 160,
    data: { values },
    mark: { type: 'line', clip: true },
    encoding: {
      x: timeEncoding(lengthSeconds(variants)),
      y: {
        field: 'value',
        type: 'quantitative',
        scale: { domain: [0, Math.max(options.most * 1.05, 1e-3)], nice: true },
        axis: {
          title: options.isFirst ? row.axisTitle : null,
          tickCount: 5,
          minExtent: AXIS_EXTENT,
          ...(row.format ? { format: row.format } : {}),
        },
      },
      color: { field: 'name', type: 'nominal', sort: names, scale: { domain: names } },
      // The values are widths in pixels: no scale, and so no legend that could swallow that of the colours.
      size: { field: 'lineWidth', type: 'ordinal', scale: null },
    },
  };
}
