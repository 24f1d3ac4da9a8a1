import type { Experiment, ScriptSpec } from '../input/experiment.js';
import { metricTypesOf, scriptFailure } from '../input/script-load.js';
import { atReplayPoint, InvariantError } from '../kernel/invariant.js';
import { toSeconds } from '../kernel/time.js';
import type { DetailOptions } from '../metrics/detail.js';
import { Recorder } from '../metrics/recorder.js';
import { K6_EXIT_CODES } from '../script/exit-codes.js';
import type { ScriptLog } from '../script/run-options.js';
import { STARTED_AT_MS } from '../script/script-plan.js';
import { ScriptStopped } from '../script/script-run.js';
import { mustAbort, plannedSeconds, type ReplicationRun, THRESHOLDS_EVERY_NS } from './replication.js';
import { ScriptTest } from './script-test.js';

/** Ends that leave a result: the test was cut short, as its script or its thresholds asked for. */
const USABLE: readonly number[] = [
  K6_EXIT_CODES.thresholdsHaveFailed,
  K6_EXIT_CODES.scriptAborted,
  K6_EXIT_CODES.markedAsFailed,
];

/** Hears what a script says by its console and its exceptions, and when, in simulated ns. */
export type ScriptListener = (entry: ScriptLog, nowNs: number) => void;

/** What a replication is asked for beside its result. */
export interface ReplicationExtras {
  /** What is recorded more, for a comparison. */
  readonly detail?: DetailOptions;
  /** Hears what a script says. */
  readonly onScriptLog?: ScriptListener;
}

/** How one replication is made. */
interface ScriptReplicationOptions extends ReplicationExtras {
  readonly seed: string;
  readonly replayCommand: string;
}

/** k6's log names the executor of the scenario that an exception ended. */
function withExecutor(entry: ScriptLog, { plan }: ScriptSpec): ScriptLog {
  const executor = plan.consolidated.options.scenarios[entry.scenario]?.executor;
  return entry.executor !== undefined || executor === undefined ? entry : { ...entry, executor };
}

function tagsOf({ plan }: ScriptSpec): Record<string, Readonly<Record<string, string>>> {
  const entries = Object.entries(plan.consolidated.options.scenarios).map(
    ([name, { tags }]) => [name, { ...plan.consolidated.options.tags, ...tags }] as const,
  );
  return Object.fromEntries(entries);
}
