import type { PlannedScenario } from './execution-plan.js';
import { type LoadedScript, loadScript } from './load-script.js';
import { type Consolidated, consolidate, type LogLine } from './options.js';
import type { OptionsLayer } from './options-layer.js';
import type { ScriptLog } from './run-options.js';
import { planScenarios } from './scenarios.js';
import type { ScriptHost } from './script-host.js';

/** When every simulated test is said to begin, in ms since 1970: results must not depend on the day of the run. */
export const STARTED_AT_MS = Date.UTC(2026, 0, 1);

/** A script with its options put together, and its scenarios planned. */
export interface ScriptPlan {
  readonly loaded: LoadedScript;
  readonly consolidated: Consolidated;
  /** By start time, then by name. */
  readonly scenarios: readonly PlannedScenario[];
  /** k6's `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
}

/** What {@link planScript} needs. */
export interface PlanOptions {
  readonly host: ScriptHost;
  /** The script's file, as it was given. */
  readonly name: string;
  /** The folder that it may read from; its own if absent. */
  readonly root?: string | undefined;
  /** k6's `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where options come from besides the script; see `OptionSources`. */
  readonly config?: OptionsLayer | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly flags?: OptionsLayer | undefined;
  readonly noThresholds?: boolean;
  /** Takes what the init code says. */
  readonly log: (entry: ScriptLog) => void;
  /** Takes what k6 warns of. */
  readonly warn: (line: LogLine) => void;
}

/** Loads a script, and puts its options together. @throws K6Error in k6's words. */
export function planScript(given: PlanOptions): ScriptPlan {
  const { host, name, root, env, log, warn } = given;
  const loaded = loadScript({
    host,
    name,
    root,
    env,
    log,
    startedAtMs: STARTED_AT_MS,
    seedOf: (stream) => stream,
  });
  if (loaded.unknown !== undefined) {
    warn({
      level: 'warning',
      message: 'There were unknown fields in the options exported in the script',
      fields: { error: loaded.unknown },
    });
  }
  const consolidated = consolidate({
    config: given.config,
    script: loaded.options,
    environment: given.environment,
    flags: given.flags,
    metrics: loaded.metrics,
    functions: loaded.functions,
    noThresholds: given.noThresholds ?? false,
    warn,
  });
  const scenarios = planScenarios(consolidated.options.scenarios);
  return { loaded, consolidated, scenarios, env };
}
