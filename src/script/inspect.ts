import { goDuration } from '../options/go-duration.js';
import { planOf } from './execution-plan.js';
import { quote } from './go-json.js';
import type { Consolidated } from './options.js';
import { OPTION_FIELDS, type OptionsLayer } from './options-layer.js';
import { ownFields, type ScenarioConfig, type StageConfig } from './scenario-config.js';
import { planScenarios } from './scenarios.js';

const DURATIONS: readonly string[] = [
  'duration',
  'setupTimeout',
  'teardownTimeout',
  'minIterationDuration',
  'startTime',
  'gracefulStop',
  'maxDuration',
  'gracefulRampDown',
  'timeUnit',
];

/**
 * `k6 inspect` of a script's own options: JSON, indented by two blanks, null for what is not given (k6 v1.8.1, internal/cmd/inspect.go).
 * The text has no newline at the end.
 */
export function inspectScript(options: OptionsLayer): string {
  return goText(Object.fromEntries(inspected(options)), '');
}

/** `k6 inspect --execution-requirements`: the consolidated options, how long they can take and how many virtual users they need. */
export function inspectConsolidated({ options }: Consolidated): string {
  const { vusMax, endNs } = planOf(planScenarios(options.scenarios));
  const requirements: Member[] = [
    ['totalDuration', goDuration(endNs)],
    ['maxVUs', vusMax],
  ];
  return goText(Object.fromEntries([...inspected(options), ...requirements]), '');
}

type Member = readonly [string, unknown];

function inspected(options: OptionsLayer): Member[] {
  return (Object.keys(OPTION_FIELDS) as (keyof OptionsLayer)[]).flatMap((name): Member[] => {
    const value = options[name];
    if (name === 'cloud' && value === undefined) return [];
    return [[name, shown(name, value)]];
  });
}

function shown(name: string, value: unknown): unknown {
  if (name === 'dns') {
    const { ttl, select, policy } = (value ?? {}) as Record<string, unknown>;
    return { ttl, select, policy };
  }
  if (value === undefined) return null;
  if (DURATIONS.includes(name)) return goDuration(value as number);
  if (name === 'stages') return (value as readonly StageConfig[]).map(shownStage);
  if (name === 'thresholds') return shownThresholds(value as NonNullable<OptionsLayer['thresholds']>);
  if (name === 'scenarios') {
    const scenarios = Object.entries(value as Record<string, ScenarioConfig>);
    return Object.fromEntries(scenarios.map(([key, scenario]) => [key, shownScenario(scenario)]));
  }
  if (name === 'systemTags') return (value as readonly string[]).length === 0 ? null : value;
  if (name === 'tlsVersion' && typeof value === 'string') return { min: value, max: value };
  return value;
}

function shownStage({ duration, target }: StageConfig) {
  return { duration: duration === undefined ? null : goDuration(duration), target };
}

function shownThresholds(thresholds: NonNullable<OptionsLayer['thresholds']>) {
  const lists = Object.entries(thresholds).map(([metric, list]) => {
    const shownList = list.map(({ threshold, abortOnFail, delayAbortEval }) => {
      if (!abortOnFail) return threshold;
      const delay = delayAbortEval === null ? null : goDuration(delayAbortEval * 1e6);
      return { threshold, abortOnFail, delayAbortEval: delay };
    });
    return [metric, shownList] as const;
  });
  return Object.fromEntries(lists);
}

const SCENARIO_FIELDS = ['startTime', 'gracefulStop', 'env', 'exec', 'tags'] as const;

function shownScenario(scenario: ScenarioConfig): Record<string, unknown> {
  const fields = [...SCENARIO_FIELDS, ...ownFields(scenario.executor)] as (keyof ScenarioConfig)[];
  const members = fields.map((name) => [name, shown(name, scenario[name])] as const);
  const { options } = scenario;
  const shownOptions = options === undefined ? [] : [['options', options] as const];
  return Object.fromEntries([
    ['executor', scenario.executor],
    ...members.slice(0, SCENARIO_FIELDS.length),
    ...shownOptions,
    ...members.slice(SCENARIO_FIELDS.length),
  ]);
}

/** Go's json.MarshalIndent; a mapping in the order of its members. */
function goText(value: unknown, margin: string): string {
  const inner = `${margin}  `;
  if (Array.isArray(value))
    return block(
      '[]',
      value.map((item) => `${inner}${goText(item, inner)}`),
      margin,
    );
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    return block(
      '{}',
      members.map(([key, member]) => `${inner}${quote(key)}: ${goText(member, inner)}`),
      margin,
    );
  }
  return typeof value === 'string' ? quote(value) : String(value ?? null);
}

function block(brackets: string, lines: readonly string[], margin: string): string {
  if (lines.length === 0) return brackets;
  return `${brackets[0]}\n${lines.join(',\n')}\n${margin}${brackets[1]}`;
}
