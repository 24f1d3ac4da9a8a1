import { NS_PER_SECOND } from '../kernel/time.js';
import { K6_METRICS, type MetricInfo } from '../metrics/k6-metrics.js';
import { K6ThresholdError } from '../metrics/k6-threshold.js';
import { K6_EXIT_CODES, K6Error, type K6ExitCode } from './exit-codes.js';
import { GoError } from './go-json.js';
import { readEnvironment } from './options-env.js';
import { type OptionsLayer, SORTED_SYSTEM_TAGS } from './options-layer.js';
import { scenarioMistakes } from './scenario-check.js';
import type { ScenarioConfig } from './scenario-config.js';
import { checkThresholds, type ParsedThresholds } from './thresholds.js';
import { checkTrendStats, DEFAULT_TREND_STATS } from './trend-stats.js';

/** A line of k6's log. */
export interface LogLine {
  readonly level: 'warning' | 'error' | 'info' | 'debug';
  readonly message: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What k6 puts together to the options of a run, from the weakest source to the strongest. */
export interface OptionSources {
  readonly config?: OptionsLayer | undefined;
  readonly script?: OptionsLayer | undefined;
  /** All variables; those of k6 are picked. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly flags?: OptionsLayer | undefined;
  /** What `vus` is where nobody says: 1 in `k6 run`, but 0 in `k6 inspect`, which has no flags. */
  readonly defaultVus?: 0 | 1;
  /** Metrics that the script defines. */
  readonly metrics?: Readonly<Record<string, MetricInfo>>;
  /** Names of the functions that the script exports. */
  readonly functions: readonly string[];
  /** `--no-thresholds`: they are not even looked at. */
  readonly noThresholds?: boolean;
  /** Takes what k6 warns of, also before it refuses the options. */
  readonly warn: (line: LogLine) => void;
}

/** The options of a run. */
export interface Consolidated {
  /** With the scenarios that shorthands stand for, and defaults where k6 has them. */
  readonly options: OptionsLayer & { readonly scenarios: Readonly<Record<string, ScenarioConfig>> };
  /** Empty with `--no-thresholds`. */
  readonly thresholds: ParsedThresholds;
  /** How long setup() and teardown() may take, ns. */
  readonly timeoutsNs: { readonly setup: number; readonly teardown: number };
}

/** Any of these in a stronger source wipes all of them in weaker ones (lib/options.go, Apply). */
const EXECUTION = ['duration', 'iterations', 'stages', 'scenarios'] as const;

/** k6's default of `setupTimeout` and `teardownTimeout`. */
const HOOK_TIMEOUT_NS = 60 * NS_PER_SECOND;

/**
 * k6's consolidation (internal/cmd/config.go, getConsolidatedConfig): configuration file, script, environment, flags; then shorthands
 * become scenarios, and all is checked.
 *
 * @throws K6Error with k6's words and exit code.
 */
export function consolidate(sources: OptionSources): Consolidated {
  const warn = (message: string) => sources.warn({ level: 'warning', message });
  const environment = attempt(() => readEnvironment(sources.environment ?? {}), K6_EXIT_CODES.invalidConfig);
  let options = apply({}, sources.config ?? {});
  for (const [name, layer] of [
    ['script', sources.script ?? {}],
    ['env', environment],
    ['cli', sources.flags ?? {}],
  ] as const) {
    if (options.scenarios !== undefined && EXECUTION.some((key) => layer[key] !== undefined)) {
      warn(`"${name}" level configuration overrode scenarios configuration entirely`);
    }
    options = apply(options, layer);
  }
  options = withDefaults(options);
  attempt(() => checkTrendStats(options.summaryTrendStats!), K6_EXIT_CODES.other);
  const thresholds = sources.noThresholds === true ? {} : thresholdsOf(options, sources);
  const derived = derive(options);
  if (derived === undefined) for (const message of singleIterationWarnings(options)) warn(message);
  const scenarios = derived ?? { default: { executor: 'per-vu-iterations' } };
  const isShorthand = derived !== undefined && derived !== options.scenarios;
  checkAll(options, isShorthand ? withVus(scenarios, sources.defaultVus ?? 1) : scenarios, sources.functions);
  const { setupTimeout: setup = HOOK_TIMEOUT_NS, teardownTimeout: teardown = HOOK_TIMEOUT_NS } = options;
  return { options: { ...options, scenarios }, thresholds, timeoutsNs: { setup, teardown } };
}

/** Runs a reader whose mistakes, in Go's words, end k6 with that code. */
function attempt<Value>(read: () => Value, exitCode: K6ExitCode): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof GoError || error instanceof K6ThresholdError)
      throw new K6Error(error.message, exitCode);
    throw error;
  }
}

/** Lays a stronger source over a weaker one. */
export function apply(weaker: OptionsLayer, stronger: OptionsLayer): OptionsLayer {
  const result: Record<string, unknown> = { ...weaker };
  if (EXECUTION.some((key) => stronger[key] !== undefined)) for (const key of EXECUTION) delete result[key];
  for (const [key, value] of Object.entries(stronger)) if (value !== undefined) result[key] = value;
  if (stronger.stages !== undefined) {
    result.stages = stronger.stages.filter(({ duration }) => duration !== undefined);
  }
  if (stronger.tags !== undefined && Object.keys(stronger.tags).length === 0) result.tags = weaker.tags;
  if (stronger.dns !== undefined) result.dns = { ...weaker.dns, ...defined(stronger.dns) };
  return result;
}

function defined<Value extends object>(value: Value): Partial<Value> {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as Partial<Value>;
}

function withDefaults(options: OptionsLayer): OptionsLayer {
  return {
    ...options,
    systemTags: options.systemTags ?? SORTED_SYSTEM_TAGS,
    summaryTrendStats: options.summaryTrendStats ?? DEFAULT_TREND_STATS,
  };
}

function thresholdsOf(options: OptionsLayer, sources: OptionSources): ParsedThresholds {
  return attempt(
    () => checkThresholds(options.thresholds ?? {}, { ...K6_METRICS, ...sources.metrics }),
    K6_EXIT_CODES.invalidConfig,
  );
}

/**
 * Turns `iterations`, `duration` or `stages` into a scenario (lib/executor/execution_config_shortcuts.go); `undefined` where there is
 * nothing to run by.
 */
function derive(options: OptionsLayer): Readonly<Record<string, ScenarioConfig>> | undefined {
  const { vus, iterations, duration, stages, scenarios } = options;
  const hasStages = stages !== undefined && stages.length > 0;
  if (iterations !== undefined) {
    refuseBoth('iterations', hasStages, scenarios);
    const limit = duration === undefined ? {} : { maxDuration: duration };
    return { default: { executor: 'shared-iterations', vus, iterations, ...limit } };
  }
  if (duration !== undefined) {
    refuseBoth('duration', hasStages, scenarios);
    if (duration <= 0) {
      throw conflict(
        '`duration` option should be more than 0, for infinite duration use the externally-controlled executor',
      );
    }
    return { default: { executor: 'constant-vus', vus, duration } };
  }
  if (hasStages) {
    refuseBoth('stages', false, scenarios);
    return { default: { executor: 'ramping-vus', startVUs: vus, stages } };
  }
  return scenarios !== undefined && Object.keys(scenarios).length > 0 ? scenarios : undefined;
}

function refuseBoth(name: string, hasStages: boolean, scenarios: OptionsLayer['scenarios']): void {
  const other = hasStages ? 'stages' : scenarios === undefined ? undefined : 'scenarios';
  if (other === undefined) return;
  throw conflict(`using \`${name}\` and \`${other}\` options simultaneously is not allowed`);
}

function conflict(message: string): K6Error {
  return new K6Error(message, K6_EXIT_CODES.invalidConfig);
}

function singleIterationWarnings({ vus, stages, scenarios }: OptionsLayer): string[] {
  const messages: string[] = [];
  if (vus !== undefined && vus !== 1) {
    const others = 'it only works in conjunction with `iterations`, `duration`, or `stages`';
    messages.push(`\`vus=${vus}\` option will be ignored, ${others}`);
  }
  for (const [name, value] of Object.entries({ stages, scenarios })) {
    const then = 'running the script with 1 iteration in 1 VU';
    if (value !== undefined) messages.push(`\`${name}\` was explicitly set to an empty value, ${then}`);
  }
  return messages;
}

/** A shorthand takes its users from the options, where `k6 inspect` has none by default. */
function withVus(
  scenarios: Readonly<Record<string, ScenarioConfig>>,
  vus: number,
): Readonly<Record<string, ScenarioConfig>> {
  const filled = Object.entries(scenarios).map(
    ([name, scenario]) => [name, { vus, startVUs: vus, ...defined(scenario) } as ScenarioConfig] as const,
  );
  return Object.fromEntries(filled);
}

function checkAll(
  options: OptionsLayer,
  scenarios: Readonly<Record<string, ScenarioConfig>>,
  functions: readonly string[],
): void {
  const names = Object.keys(scenarios).sort();
  const problems = names.flatMap((name) => {
    const mistakes = scenarioMistakes(name, scenarios[name]!);
    return mistakes.length === 0 ? [] : [`scenario ${name} has configuration errors: ${mistakes.join(', ')}`];
  });
  const { setupTimeout } = options;
  if (setupTimeout !== undefined && setupTimeout <= 0) problems.push('setupTimeout must be positive');
  for (const name of names) {
    const exec = scenarios[name]!.exec || 'default';
    if (!functions.includes(exec)) problems.push(`executor ${name}: function '${exec}' not found in exports`);
  }
  if (problems.length === 0) return;
  const title = 'There were problems with the specified script configuration:';
  throw new K6Error([title, ...problems].join('\n\t- '), K6_EXIT_CODES.invalidConfig);
}
