import type { Experiment, LoadedExperiment, Variant } from '../input/experiment.js';
import { Fingerprint } from '../kernel/fingerprint.js';
import type { DetailOptions } from '../metrics/detail.js';
import type { ReplicationRecord } from '../metrics/record.js';
import type { ReplicationResult, RunResult, VariantResult } from '../metrics/result.js';
import { replicationMetrics, summarize } from '../metrics/summary.js';
import { startReplication } from './replicate.js';
import type { ReplicationRun } from './replication.js';

/** How far a run is, for a progress bar. */
export interface RunProgress {
  readonly variant: string;
  /** From 0; of `variantCount`. */
  readonly variantIndex: number;
  readonly variantCount: number;
  /** From 0; of `replicationCount`. */
  readonly replicationIndex: number;
  readonly replicationCount: number;
  /** Simulated time within the replication. */
  readonly nowSeconds: number;
  /** Planned length of a replication, in simulated time. */
  readonly durationSeconds: number;
}

/** What a caller may want of a run besides its result. */
export interface RunOptions {
  readonly version: string;
  /** The command that runs the same again, for the report of a broken invariant. */
  readonly replayCommand: string;
  /** Called before each replication, and every few thousand events; whoever awaits something in it keeps the process responsive. */
  readonly pause?: (progress: RunProgress) => Promise<void> | void;
  /** Called when a variant is complete. */
  readonly onVariant?: (result: VariantResult) => Promise<void> | void;
  /** What each replication records more, for a comparison. */
  readonly detail?: DetailOptions;
  /** Called with everything that a replication recorded, before it is summarized. */
  readonly onRecord?: (record: ReplicationRecord, label: string) => void;
  /** Asked at every pause: true stops the run, and what is finished is returned. */
  readonly isStopped?: () => boolean;
  /** Results of an interrupted run of the same inputs, by label: not run again. */
  readonly finished?: ReadonlyMap<string, VariantResult>;
}

/** Events between two pauses: some 20 ms. */
const PAUSE_EVENTS = 50_000;

/** Runs every replication of every variant. The result holds only finished variants. */
export async function runExperiment(loaded: LoadedExperiment, options: RunOptions): Promise<RunResult> {
  const variants: VariantResult[] = [];
  for (const [variantIndex, variant] of loaded.variants.entries()) {
    const known = options.finished?.get(variant.label);
    const place = { variantIndex, variantCount: loaded.variants.length };
    const result = known ?? (await runVariant(variant, options, place));
    if (result === undefined) break;
    variants.push(result);
    await options.onVariant?.(result);
  }
  const { name, title, inputsHash, variants: planned } = loaded;
  const seed = planned[0]!.experiment.seed;
  return { experiment: name, title, version: options.version, seed, inputs: inputsHash, variants };
}

interface VariantPlace {
  readonly variantIndex: number;
  readonly variantCount: number;
}

/** The replications of one variant; `undefined` if it was stopped on the way. */
async function runVariant(
  variant: Variant,
  options: RunOptions,
  place: VariantPlace,
): Promise<VariantResult | undefined> {
  const { experiment, label } = variant;
  const records: ReplicationRecord[] = [];
  const runs: ReplicationResult[] = [];
  for (let index = 0; index < experiment.replications; index += 1) {
    const replication = startReplication(
      experiment,
      replicationSeed(experiment.seed, index),
      options.replayCommand,
      options.detail,
    );
    const progress = {
      variant: label,
      ...place,
      replicationIndex: index,
      replicationCount: experiment.replications,
    };
    const finished = await advance(replication, options, progress);
    if (!finished) return undefined;
    const record = replication.finish();
    records.push(record);
    options.onRecord?.(record, label);
    runs.push({
      seed: replication.seed,
      fingerprint: replication.fingerprint,
      events: replication.events,
      metrics: replicationMetrics(record),
    });
  }
  return {
    variant: variant.assignments,
    label,
    fingerprint: combine(runs),
    replications: experiment.replications,
    events: runs.reduce((sum, run) => sum + run.events, 0) / runs.length,
    ...summarize(records, { thresholds: experiment.thresholds }),
    runs,
  };
}

/** Runs one replication to its end with pauses; false if it was stopped. */
async function advance(
  replication: ReplicationRun,
  options: RunOptions,
  progress: Omit<RunProgress, 'nowSeconds' | 'durationSeconds'>,
): Promise<boolean> {
  do {
    const { nowSeconds, plannedSeconds: durationSeconds } = replication;
    await options.pause?.({ ...progress, nowSeconds, durationSeconds });
    if (options.isStopped?.()) return false;
  } while (replication.runEvents(PAUSE_EVENTS));
  return true;
}

/** The first replication has the experiment's own seed, so that a single run and the first of ten are the same. */
export function replicationSeed(seed: string, index: number): string {
  return index === 0 ? seed : `${seed}#${index + 1}`;
}

function combine(runs: readonly ReplicationResult[]): string {
  if (runs.length === 1) return runs[0]!.fingerprint;
  const fingerprint = new Fingerprint();
  for (const run of runs) {
    for (let index = 0; index < run.fingerprint.length; index += 8) {
      fingerprint.mix(Number.parseInt(run.fingerprint.slice(index, index + 8), 16));
    }
  }
  return fingerprint.digest();
}

/** Runs one replication of one experiment to its end, without pauses. */
export function runReplication(
  experiment: Experiment,
  seed: string,
): { record: ReplicationRecord; run: ReplicationRun } {
  const run = startReplication(experiment, seed, 'sim replay');
  run.runEvents(Number.POSITIVE_INFINITY);
  return { record: run.finish(), run };
}
