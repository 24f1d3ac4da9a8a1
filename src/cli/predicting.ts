import { calibrationDraws } from '../experiment/draws.js';
import type { PredictedRecords } from '../experiment/rows.js';
import { replicationSeed } from '../experiment/run.js';
import type { Amounts } from '../input/amounts.js';
import type { LoadedExperiment, Variant } from '../input/experiment.js';
import type { Overrides } from '../input/load.js';
import type { DetailOptions } from '../metrics/detail.js';
import type { ReplicationRecord } from '../metrics/record.js';
import type { RunResult, VariantResult } from '../metrics/result.js';
import type { CommandContext } from './context.js';
import { execute } from './execute.js';

/** An experiment that can be loaded again with other values. */
export interface Predictable {
  readonly loaded: LoadedExperiment;
  readonly reload: (overrides: Overrides) => LoadedExperiment;
}

/** How a prediction is made. */
export interface PredictOptions {
  readonly progress: 'shown' | 'hidden';
  /** What scripts say. Default: shown. */
  readonly scriptLog?: 'shown' | 'hidden';
  readonly detail?: DetailOptions;
  /** Put into the model in place of its own, and not drawn. */
  readonly amounts?: Amounts;
}

/** One variant, predicted. */
export interface PredictedVariant {
  readonly variant: Variant;
  readonly result: VariantResult;
  readonly records: PredictedRecords;
}

/** What was predicted as far as it came. */
export interface Predicted {
  readonly result: RunResult;
  readonly variants: readonly PredictedVariant[];
  readonly isInterrupted: boolean;
}

/**
 * Runs the measured variants of an experiment: with the model's own values, and where it is calibrated as often again with values
 * drawn from what the calibration is unsure of, each draw with the seed of a replication (common random numbers).
 */
export async function predict(
  { loaded: whole, reload }: Predictable,
  context: CommandContext,
  { progress, scriptLog = 'shown', detail, amounts = {} }: PredictOptions,
): Promise<Predicted> {
  const loaded = measuredOnly(Object.keys(amounts).length > 0 ? reload({ amounts }) : whole);
  const options = {
    progress,
    scriptLog,
    replayCommand: `sim compare ${loaded.file}`,
    ...(detail && { detail }),
  };
  const central = new Map<string, ReplicationRecord[]>();
  const drawn = new Map<string, ReplicationRecord[]>();
  const into = (records: Map<string, ReplicationRecord[]>) => (record: ReplicationRecord, label: string) => {
    records.set(label, [...(records.get(label) ?? []), record]);
  };
  const { result, isInterrupted } = await execute(loaded, context, { ...options, onRecord: into(central) });
  let isStopped = isInterrupted;
  for (const { seed, draw } of isStopped ? [] : drawsOf(loaded)) {
    const again = measuredOnly(reload({ seed, replications: 1, amounts: { ...draw, ...amounts } }));
    const { isInterrupted: isCut } = await execute(again, context, { ...options, onRecord: into(drawn) });
    isStopped ||= isCut;
    if (isStopped) break;
  }
  const variants = result.variants.map((prediction) => ({
    variant: loaded.variants.find(({ label }) => label === prediction.label)!,
    result: prediction,
    records: {
      central: central.get(prediction.label) ?? [],
      drawn: drawn.get(prediction.label) ?? [],
      discrepancy: loaded.variants[0]?.experiment.model.calibration?.discrepancy,
    },
  }));
  return { result, variants, isInterrupted: isStopped };
}

/** Only the variants that were measured. */
function measuredOnly(loaded: LoadedExperiment): LoadedExperiment {
  return { ...loaded, variants: loaded.variants.filter(({ experiment }) => experiment.measured.length > 0) };
}

/** As many draws as replications, with their seeds; none where the model is not calibrated, or sure of everything. */
function drawsOf(loaded: LoadedExperiment): { readonly seed: string; readonly draw: Amounts }[] {
  const first = loaded.variants[0]?.experiment;
  const { calibration } = first?.model ?? {};
  if (first === undefined || calibration === undefined) return [];
  const { seed, replications } = first;
  return calibrationDraws(calibration, seed, replications)
    .map((draw, index) => ({ seed: replicationSeed(seed, index), draw }))
    .filter(({ draw }) => Object.keys(draw).length > 0);
}
