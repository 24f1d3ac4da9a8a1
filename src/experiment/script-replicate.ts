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

/**
 * Builds the world of one seed around a k6 script, ready to run.
 *
 * @throws InputError where its init code, setup() or teardown() throws.
 */
export function startScriptReplication(
  experiment: Experiment,
  script: ScriptSpec,
  { seed, replayCommand, detail, onScriptLog }: ScriptReplicationOptions,
): ReplicationRun {
  const recorder = new Recorder({
    submetrics: experiment.thresholds.map(({ selector }) => selector.name),
    customMetrics: metricTypesOf(script),
    scenarioTags: tagsOf(script),
    detail,
  });
  const test: ScriptTest = new ScriptTest({
    plan: script.plan,
    model: experiment.model,
    events: experiment.events,
    client: experiment.client,
    seed,
    realm: script.host.createRealm(),
    createSink: () => recorder,
    log: (entry) => onScriptLog?.(withExecutor(entry, script), test.initialising ? 0 : test.simulation.nowNs),
    onSecond: (nowNs) => {
      recorder.tick(nowNs);
      if (nowNs % THRESHOLDS_EVERY_NS !== 0 || !mustAbort(experiment, recorder, nowNs)) return;
      test.interrupt({ exitCode: K6_EXIT_CODES.thresholdsHaveFailed, message: 'thresholds were crossed' });
    },
    startedAtMs: STARTED_AT_MS,
  });
  const { simulation } = test;
  for (const { name, service } of test.instances) recorder.addInstance({ name, service: service.name });
  try {
    test.start();
  } catch (error) {
    throw error instanceof ScriptStopped ? scriptFailure(error.message, script) : error;
  }
  const runEvents = (count: number): boolean => {
    try {
      if (test.runEvents(count)) return true;
    } catch (error) {
      if (!(error instanceof InvariantError)) throw error;
      const { nowNs, eventCount } = simulation;
      throw atReplayPoint(error, { seed, nowNs, eventCount, command: replayCommand });
    }
    const { failure } = test;
    if (failure !== undefined && !USABLE.includes(failure.exitCode))
      throw scriptFailure(failure.message, script);
    return false;
  };
  return {
    seed,
    plannedSeconds: plannedSeconds(experiment),
    get events() {
      return simulation.eventCount;
    },
    get fingerprint() {
      return simulation.fingerprint.digest();
    },
    get nowSeconds() {
      return toSeconds(simulation.nowNs);
    },
    runUntil: (seconds) => {
      while (toSeconds(simulation.nowNs) < seconds) if (!runEvents(1)) return false;
      return true;
    },
    runEvents,
    finish: () => recorder.finish(simulation.nowNs),
  };
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
