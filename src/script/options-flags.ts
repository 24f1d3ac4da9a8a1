import { isRange } from './blocked.js';
import { K6_EXIT_CODES, K6Error } from './exit-codes.js';
import type { Arguments, FlagValue } from './flags.js';
import { GoError } from './go-json.js';
import { parseBool, parseDns, parseStage, parseTag } from './option-texts.js';
import { knownTags, type OptionsLayer } from './options-layer.js';
import { checkTrendStats } from './trend-stats.js';

/** Flags that set the option of the same meaning as they are. */
const SAME: Readonly<Record<string, keyof OptionsLayer>> = {
  vus: 'vus',
  duration: 'duration',
  iterations: 'iterations',
  paused: 'paused',
  'execution-segment': 'executionSegment',
  'execution-segment-sequence': 'executionSegmentSequence',
  'no-setup': 'noSetup',
  'no-teardown': 'noTeardown',
  'max-redirects': 'maxRedirects',
  batch: 'batch',
  'batch-per-host': 'batchPerHost',
  rps: 'rps',
  'user-agent': 'userAgent',
  'http-debug': 'httpDebug',
  'insecure-skip-tls-verify': 'insecureSkipTLSVerify',
  'no-connection-reuse': 'noConnectionReuse',
  'no-vu-connection-reuse': 'noVUConnectionReuse',
  'min-iteration-duration': 'minIterationDuration',
  throw: 'throw',
  'discard-response-bodies': 'discardResponseBodies',
  'blacklist-ip': 'blacklistIPs',
  'block-hostnames': 'blockHostnames',
};

/**
 * The options that flags set (internal/cmd/options.go, getOptions).
 *
 * @throws GoError in k6's words; exit code 255.
 */
export function readFlags({ flags }: Arguments): OptionsLayer {
  const layer: Record<string, unknown> = {};
  for (const [flag, option] of Object.entries(SAME))
    if (flags[flag] !== undefined) layer[option] = flags[flag];
  for (const range of (flags['blacklist-ip'] ?? []) as readonly string[]) {
    if (!isRange(range))
      throw new GoError(`error parsing blacklist-ip '${range}': invalid CIDR address: ${range}`);
  }
  if (flags.stage !== undefined) layer.stages = stagesOf(flags.stage as readonly string[]);
  if (flags['system-tags'] !== undefined) layer.systemTags = knownTags(flags['system-tags'] as string[]);
  if (flags['summary-trend-stats'] !== undefined) {
    layer.summaryTrendStats = checkTrendStats(flags['summary-trend-stats'] as readonly string[]);
  }
  const unit = flags['summary-time-unit'];
  if (unit !== undefined && unit !== '') layer.summaryTimeUnit = timeUnitOf(unit as string);
  // An empty text alone is no tag at all: so pflag reads it.
  const tags = ((flags.tag ?? []) as readonly string[]).filter((tag, _, all) => tag !== '' || all.length > 1);
  if (tags.length > 0) layer.tags = Object.fromEntries(tags.map(parseTag));
  if (flags.dns !== undefined && flags.dns !== '') layer.dns = parseDns(flags.dns as string);
  return layer;
}

function stagesOf(texts: readonly string[]) {
  return texts.map((text, index) => {
    try {
      const stage = parseStage(text);
      if (stage.duration === undefined)
        throw new K6Error(`stage ${index} doesn't have a specified duration`, 255);
      return stage;
    } catch (error) {
      if (error instanceof GoError) throw new GoError(`error for stage ${index}: ${error.message}`);
      throw error;
    }
  });
}

function timeUnitOf(unit: string): string {
  if (['s', 'ms', 'us'].includes(unit)) return unit;
  throw new GoError(`invalid summary time unit '${unit}', use 's', 'ms' or 'us'`);
}

/** How the summary is told; `disabled` tells none, and calls no `handleSummary`. */
export const SUMMARY_MODES = ['compact', 'full', 'legacy', 'disabled'] as const;
/** One of {@link SUMMARY_MODES}. */
export type SummaryModeName = (typeof SUMMARY_MODES)[number];

/** What flags and variables say besides options (internal/cmd/runtime_options.go). */
export interface RuntimeOptions {
  /** The script's `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
  readonly noThresholds: boolean;
  readonly summaryMode: SummaryModeName;
  /** File name; empty for none. */
  readonly summaryExport: string;
  /** `json=points.json`, ... */
  readonly outputs: readonly string[];
  readonly quiet: boolean;
  readonly noColor: boolean;
  readonly logFormat: string;
  readonly logOutput: string;
}

/**
 * Reads the rest of the command line.
 *
 * @param environment of the process: what the script's `__ENV` starts from, unless `--include-system-env-vars=false`.
 * @throws K6Error in k6's words; exit code 255.
 */
export function readRuntimeOptions(
  { flags }: Arguments,
  environment: Readonly<Record<string, string>>,
): RuntimeOptions {
  const noSummary = truth(flags['no-summary'], environment, 'K6_NO_SUMMARY') ?? false;
  const mode = text(flags['summary-mode'] ?? environment.K6_SUMMARY_MODE) || 'compact';
  const known = SUMMARY_MODES.find((name) => name === mode);
  if (known === undefined) throw refused('invalid summary mode');
  const inherits = truth(flags['include-system-env-vars'], environment, 'K6_INCLUDE_SYSTEM_ENV_VARS') ?? true;
  const outputs = (flags.out ?? environment.K6_OUT?.split(',') ?? []) as readonly string[];
  return {
    env: { ...(inherits ? environment : {}), ...ownVariables((flags.env ?? []) as readonly string[]) },
    noThresholds: truth(flags['no-thresholds'], environment, 'K6_NO_THRESHOLDS') ?? false,
    summaryMode: noSummary ? 'disabled' : known,
    summaryExport: text(flags['summary-export'] ?? environment.K6_SUMMARY_EXPORT),
    outputs,
    quiet: flags.quiet === true,
    noColor:
      flags['no-color'] === true ||
      environment.NO_COLOR !== undefined ||
      environment.K6_NO_COLOR !== undefined,
    logFormat: text(flags['log-format'] ?? environment.K6_LOG_FORMAT),
    logOutput: text(flags['log-output'] ?? environment.K6_LOG_OUTPUT) || 'stderr',
  };
}

function ownVariables(pairs: readonly string[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) throw refused(`invalid environment variable name '${name}'`);
    variables[name] = value;
  }
  return variables;
}

/** The flag wins; but the variable must be a truth value all the same. */
function truth(
  flag: FlagValue | undefined,
  environment: Readonly<Record<string, string>>,
  variable: string,
): boolean | undefined {
  const given = environment[variable];
  if (given === undefined) return flag as boolean | undefined;
  try {
    const value = parseBool(given);
    return (flag as boolean | undefined) ?? value;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw refused(`env var '${variable}' is not a valid boolean value: ${error.message}`);
  }
}

function text(value: FlagValue | undefined): string {
  return value === undefined ? '' : String(value);
}

function refused(message: string): K6Error {
  return new K6Error(message, K6_EXIT_CODES.other);
}
