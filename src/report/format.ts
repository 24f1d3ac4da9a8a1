import type { RunResult } from '../metrics/result.js';
import type { PlugDescription } from '../options/plug.js';
import type { ChartPlug } from './chart.js';
import { charts } from './charts/index.js';

/** One file of a rendered result. */
export interface RenderedFile {
  /** `latency.svg`: without a folder. */
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** What a caller may choose. */
export interface RenderOptions {
  /** Names of the charts to draw; all that have something to show if absent. */
  readonly charts?: readonly string[];
}

/** A way to write a result down. The same result gives the same bytes. */
export interface FormatPlug extends PlugDescription {
  /** Ends the names of its files, without the dot. */
  readonly extension: string;
  readonly render: (result: RunResult, options?: RenderOptions) => Promise<RenderedFile[]>;
}

/** The chosen charts (all by default) in the order a page shows them. */
export function chosenCharts(options: RenderOptions = {}): readonly ChartPlug[] {
  const chosen = charts.filter((chart) => options.charts?.includes(chart.name) ?? true);
  return [...chosen].sort((a, b) => a.rank - b.rank);
}
