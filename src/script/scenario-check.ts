import { NS_PER_SECOND } from '../kernel/time.js';
import { goDuration } from '../options/go-duration.js';
import type { ScenarioConfig, StageConfig } from './scenario-config.js';

/** Shortest duration of a scenario (lib/executor/constant_vus.go, minDuration). */
const DURATION_NS_MIN = NS_PER_SECOND;
/** Largest number of virtual users (lib/executor/ramping_vus.go, maxConcurrentVUs). */
const VUS_MAX = 100_000_000;

const NAME = /^[0-9a-zA-Z_-]+$/;

/** k6's defaults of what a scenario leaves out; durations in ns. */
export const SCENARIO_DEFAULTS = {
  startTime: 0,
  gracefulStop: 30 * NS_PER_SECOND,
  vus: 1,
  iterations: 1,
  maxDuration: 600 * NS_PER_SECOND,
  startVUs: 1,
  gracefulRampDown: 30 * NS_PER_SECOND,
  startRate: 0,
  timeUnit: NS_PER_SECOND,
} as const;

type Check = (scenario: ScenarioConfig) => string[];

/** Everything that is wrong with a scenario, in k6's words and order (lib/executor/*.go, Validate). */
export function scenarioMistakes(name: string, scenario: ScenarioConfig): string[] {
  return [...commonMistakes(name, scenario), ...(CHECKS[scenario.executor]?.(scenario) ?? [])];
}

function commonMistakes(name: string, { exec, startTime = 0, gracefulStop = 0 }: ScenarioConfig): string[] {
  const mistakes: string[] = [];
  if (name === '') mistakes.push("scenario name can't be empty");
  if (!NAME.test(name)) {
    mistakes.push('the scenario name should contain only numbers, latin letters, underscores, and dashes');
  }
  if (exec === '') mistakes.push('exec value cannot be empty');
  if (startTime < 0) mistakes.push("the startTime can't be negative");
  if (gracefulStop < 0) mistakes.push("the gracefulStop timeout can't be negative");
  return mistakes;
}

const CHECKS: Readonly<Record<string, Check>> = {
  'constant-vus': ({ vus = 1, duration }) => [...vusMistakes(vus), ...durationMistakes(duration)],
  'ramping-vus': ({ startVUs = 1, stages = [] }) => [
    ...(startVUs < 0 ? ["the number of start VUs can't be negative"] : []),
    ...(Math.max(startVUs, ...stages.map(({ target = 0 }) => target)) <= 0
      ? ["either startVUs or one of the stages' target values must be greater than 0"]
      : []),
    ...stagesMistakes(stages),
    ...(startVUs > VUS_MAX ? [`the startVUs exceed max limit of ${VUS_MAX}`] : []),
    ...stages.flatMap(({ target = 0 }, index) =>
      target > VUS_MAX ? [`target for stage ${index + 1} exceeds max limit of ${VUS_MAX}`] : [],
    ),
  ],
  'shared-iterations': ({ vus = 1, iterations = 1, maxDuration }) => [
    ...vusMistakes(vus),
    ...(iterations < vus
      ? [`the number of iterations (${iterations}) can't be less than the number of VUs (${vus})`]
      : []),
    ...maxDurationMistakes(maxDuration),
  ],
  'per-vu-iterations': ({ vus = 1, iterations = 1, maxDuration }) => [
    ...vusMistakes(vus),
    ...(iterations <= 0 ? ['the number of iterations must be more than 0'] : []),
    ...maxDurationMistakes(maxDuration),
  ],
  'constant-arrival-rate': ({ rate, timeUnit = NS_PER_SECOND, duration, preAllocatedVUs, maxVUs }) => [
    ...(rate === undefined ? ["the iteration rate isn't specified"] : []),
    ...(rate !== undefined && rate <= 0 ? ['the iteration rate must be more than 0'] : []),
    ...(timeUnit <= 0 ? ['the timeUnit must be more than 0'] : []),
    ...durationMistakes(duration),
    ...preAllocatedMistakes(preAllocatedVUs, maxVUs),
  ],
  'ramping-arrival-rate': ({
    startRate = 0,
    timeUnit = NS_PER_SECOND,
    stages = [],
    preAllocatedVUs,
    maxVUs,
  }) => [
    ...(startRate < 0 ? ["the startRate value can't be negative"] : []),
    ...(timeUnit <= 0 ? ['the timeUnit must be more than 0'] : []),
    ...stagesMistakes(stages),
    ...preAllocatedMistakes(preAllocatedVUs, maxVUs),
  ],
};

function vusMistakes(vus: number): string[] {
  return vus <= 0 ? ['the number of VUs must be more than 0'] : [];
}

function durationMistakes(durationNs: number | undefined): string[] {
  if (durationNs === undefined) return ['the duration is unspecified'];
  if (durationNs >= DURATION_NS_MIN) return [];
  return [`the duration must be at least ${goDuration(DURATION_NS_MIN)}, but is ${goDuration(durationNs)}`];
}

function maxDurationMistakes(durationNs: number = SCENARIO_DEFAULTS.maxDuration): string[] {
  if (durationNs >= DURATION_NS_MIN) return [];
  return [
    `the maxDuration must be at least ${goDuration(DURATION_NS_MIN)}, but is ${goDuration(durationNs)}`,
  ];
}

function preAllocatedMistakes(preAllocatedVUs: number | undefined, maxVUs: number | undefined): string[] {
  return [
    ...(preAllocatedVUs === undefined ? ["the number of preAllocatedVUs isn't specified"] : []),
    ...((preAllocatedVUs ?? 0) < 0 ? ["the number of preAllocatedVUs can't be negative"] : []),
    ...(maxVUs !== undefined && maxVUs < (preAllocatedVUs ?? 0)
      ? ["maxVUs can't be less than preAllocatedVUs"]
      : []),
  ];
}

function stagesMistakes(stages: readonly StageConfig[]): string[] {
  if (stages.length === 0) return ['at least one stage has to be specified'];
  return stages.flatMap(({ duration, target }, index) => {
    const stage = index + 1;
    return [
      ...(duration === undefined ? [`stage ${stage} doesn't have a duration`] : []),
      ...((duration ?? 0) < 0 ? [`the duration for stage ${stage} can't be negative`] : []),
      ...(target === undefined ? [`stage ${stage} doesn't have a target`] : []),
      ...((target ?? 0) < 0 ? [`the target for stage ${stage} can't be negative`] : []),
    ];
  });
}
