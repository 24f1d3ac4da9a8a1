import type { MeasuredRun } from './measured.js';

/**
 * Several files of one run as one: each thing is told by the first file that has it (`before_stats.csv` the percentiles,
 * `before_stats_history.csv` the users over time), series and causes of failures by all. The start is that of the first file that tells one.
 *
 * @param runs at least one.
 */
export function joinFiles(runs: readonly MeasuredRun[]): MeasuredRun {
  const [first, ...others] = runs as readonly [MeasuredRun, ...MeasuredRun[]];
  if (others.length === 0) return first;
  const start = runs.find(({ startMs }) => startMs !== undefined)?.startMs;
  const samples = runs.find((run) => run.samples !== undefined)?.samples;
  const errors = runs.flatMap((run) => run.errors ?? []);
  return {
    source: first.source,
    format: first.format,
    label: first.label,
    ...(start !== undefined && { startMs: start }),
    durationSeconds: runs.find(({ durationSeconds }) => durationSeconds > 0)?.durationSeconds ?? 0,
    ...(samples && { samples }),
    // What stands further in front overwrites what stands behind it.
    metrics: Object.assign({}, ...runs.map(({ metrics }) => metrics).reverse()),
    vus: runs.find(({ vus }) => vus.length > 0)?.vus ?? [],
    series: runs.flatMap(({ series }) => series),
    ...(errors.length > 0 && { errors }),
    ignored: runs.flatMap(({ source, ignored }) =>
      ignored.map(({ what, count }) => ({ what: `${source}: ${what}`, count })),
    ),
  };
}
