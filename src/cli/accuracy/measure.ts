import { baselineRun } from '../../experiment/baseline-run.js';
import { type BaselineRun, predictBaselines } from '../../experiment/baselines.js';
import { modelDiscrepancy } from '../../experiment/prediction-interval.js';
import { accuracyRows } from '../../experiment/rows.js';
import type { AccuracyRow } from '../../metrics/accuracy.js';
import type { AccuracyRun } from '../../metrics/accuracy-run.js';
import type { OwnCpuTake } from '../../metrics/comparison.js';
import { comparisonSpec } from '../../report/charts/comparison.js';
import type { RenderedFile } from '../../report/format.js';
import { renderSvg } from '../../report/render.js';
import { compareFully, type FullComparison } from '../comparing.js';
import type { CommandContext } from '../context.js';
import { findLabRuns, type Refused } from './lab-runs.js';

/** What is predicted, and how. */
export interface MeasureOptions {
  readonly runs: readonly string[];
  readonly model: string;
  readonly ownCpu: boolean;
  readonly plots: boolean;
}

/** All runs, predicted. */
export interface Measured {
  readonly runs: readonly AccuracyRun[];
  readonly refused: readonly Refused[];
  readonly charts: readonly RenderedFile[];
  /** CPU per request of each take, and the speed that meets it. */
  readonly takes: readonly Omit<OwnCpuTake, 'rows'>[];
  /** How far the model itself is from reality, by metric: from the runs that it was fitted to, or from all where it was to none. */
  readonly discrepancy: Readonly<Record<string, number>>;
}

/** Requests whose demands are the lab's own, counted by the thread's clock, or waits: but for a millisecond of framework. */
const SPEED_INDEPENDENT: ReadonlySet<string> = new Set(['/cpu', '/shop', '/wait']);

/** Predicts every run of the lab in the folders from one model, from the calibration alone and given its own CPU per request. */
export async function measureAccuracy(
  context: CommandContext,
  { runs: folders, model, ownCpu, plots }: MeasureOptions,
): Promise<Measured> {
  const { runs, refused } = await findLabRuns(folders, model);
  const compared: { run: string; full: FullComparison; baseline: BaselineRun | undefined }[] = [];
  for (const { run, predictable } of runs) {
    const { comparisons } = await compareFully(predictable, context, {
      progress: 'shown',
      scriptLog: 'hidden',
      ownCpu,
    });
    const [full] = comparisons;
    if (full === undefined) continue;
    const { variant, records } = full.predicted;
    compared.push({ run, full, baseline: baselineRun(variant.experiment, full.takes, records.central) });
  }
  const known = compared.flatMap(({ baseline }) => baseline ?? []);
  const rows = compared.flatMap(({ full }) => bareRows(full));
  const fitted = rows.filter(({ calibrated }) => calibrated);
  const charts: RenderedFile[] = [];
  for (const { run, full } of plots ? compared : []) {
    charts.push({ name: `${run}.svg`, content: `${await renderSvg(comparisonSpec(full.comparison))}\n` });
  }
  return {
    runs: compared.map(({ run, full, baseline }) => ({
      run,
      rows: full.rows,
      ownCpuRows: (full.ownCpu ?? []).flatMap(({ rows }) => rows),
      isSpeedIndependent: baseline?.routes.split(' ').every(isSpeedIndependent) ?? false,
      baselines: baseline === undefined ? {} : predictBaselines(known, baseline),
    })),
    refused,
    charts,
    discrepancy: modelDiscrepancy(fitted.length > 0 ? fitted : rows),
    takes: compared.flatMap(({ full }) => (full.ownCpu ?? []).map(({ rows: _, ...take }) => take)),
  };
}

/** Rows whose intervals know of no discrepancy. */
function bareRows({ comparison, takes, predicted, rows }: FullComparison): AccuracyRow[] {
  const runs = takes.map(({ run }) => run);
  const { discrepancy: _, ...records } = predicted.records;
  const fitted = new Set(rows.filter(({ calibrated }) => calibrated).map(({ run }) => run));
  const { bucketSeconds } = comparison;
  return accuracyRows(runs, records, { bucketSeconds, isCalibrated: ({ label }) => fitted.has(label) });
}

/** A script names a request by its whole address, a list of steps by its path. */
function isSpeedIndependent(route: string): boolean {
  return SPEED_INDEPENDENT.has(route.replace(/^[a-z]+:\/\/[^/]+/, ''));
}
