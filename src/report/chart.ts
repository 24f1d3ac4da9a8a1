import type { RunResult } from '../metrics/result.js';

/** A vega-lite specification (version 6) with its data inside: plain JSON. */
export type ChartSpec = Readonly<Record<string, unknown>>;

/** A picture of a result. */
export interface ChartPlug {
  /** The word a command line writes, and the file's name: `latency`. */
  readonly name: string;
  /** Where a page shows it: ascending. */
  readonly rank: number;
  readonly title: string;
  /** One sentence: the question it answers. */
  readonly summary: string;
  /** The picture as vega-lite; `undefined` where the result has nothing to show in it. */
  readonly spec: (result: RunResult) => ChartSpec | undefined;
}
