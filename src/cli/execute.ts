import { type RunOptions, type RunProgress, runExperiment } from '../experiment/run.js';
import type { LoadedExperiment } from '../input/experiment.js';
import type { RunResult, VariantResult } from '../metrics/result.js';
import type { CommandContext } from './context.js';
import { ScriptConsole } from './script-log.js';

/** How a run is watched. */
export interface ExecuteOptions {
  /** Results of an interrupted run, by label. */
  readonly finished?: ReadonlyMap<string, VariantResult>;
  readonly progress: 'shown' | 'hidden';
  /** What scripts say. Default: shown, of a run without progress only warnings and errors. */
  readonly scriptLog?: 'shown' | 'hidden';
  /** The command that runs the same again. */
  readonly replayCommand: string;
  /** What each replication records more, and who is told of it. */
  readonly detail?: RunOptions['detail'];
  readonly onRecord?: RunOptions['onRecord'];
}

/** A run as far as it came. */
export interface Executed {
  readonly result: RunResult;
  /** True where Ctrl-C ended it: the result holds only the variants that were finished. */
  readonly isInterrupted: boolean;
}

/** How long the simulation may go on before it looks at the keyboard, ms. */
const RESPONSE_MS = 50;

/**
 * Runs an experiment under a progress bar. The first Ctrl-C stops it at the next pause and keeps what is finished; the second
 * one ends the program as it ends any other.
 */
export async function execute(
  loaded: LoadedExperiment,
  context: CommandContext,
  options: ExecuteOptions,
): Promise<Executed> {
  const { version, console, surroundings } = context;
  const script =
    options.scriptLog === 'hidden'
      ? undefined
      : new ScriptConsole(context, loaded, { quiet: options.progress === 'hidden' });
  script?.warnOfScripts();
  let isInterrupted = false;
  const unregister = surroundings.onInterrupt(() => {
    isInterrupted = true;
    // With no handler left, the system's own reaction comes back.
    unregister();
    console.error('stopping; finished variants are kept (Ctrl-C again: stop at once)');
  });
  let lastPauseMs = performance.now();
  const pause = async (progress: RunProgress): Promise<void> => {
    if (performance.now() - lastPauseMs < RESPONSE_MS) return;
    if (options.progress === 'shown') console.progress(fractionOf(progress), textOf(loaded, progress));
    await new Promise((resume) => setImmediate(resume));
    lastPauseMs = performance.now();
  };
  try {
    const result = await runExperiment(loaded, {
      version,
      replayCommand: options.replayCommand,
      pause,
      onScriptLog: (entry, place) => script?.add(entry, place),
      isStopped: () => isInterrupted,
      ...(options.detail && { detail: options.detail }),
      ...(options.onRecord && { onRecord: options.onRecord }),
      ...(options.finished === undefined ? {} : { finished: options.finished }),
    });
    return { result, isInterrupted: isInterrupted && result.variants.length < loaded.variants.length };
  } finally {
    unregister();
    console.clearProgress();
    script?.end();
  }
}

function fractionOf(progress: RunProgress): number {
  const { nowSeconds, durationSeconds, replicationIndex, replicationCount } = progress;
  const within = durationSeconds > 0 ? Math.min(1, nowSeconds / durationSeconds) : 0;
  return (progress.variantIndex + (replicationIndex + within) / replicationCount) / progress.variantCount;
}

function textOf(loaded: LoadedExperiment, progress: RunProgress): string {
  const replication = `replication ${progress.replicationIndex + 1}/${progress.replicationCount}`;
  if (progress.variantCount === 1) return `${loaded.name}: ${replication}`;
  return `${loaded.name}: ${progress.variant} (${progress.variantIndex + 1}/${progress.variantCount}), ${replication}`;
}
