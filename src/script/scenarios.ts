import { executors } from '../model/load-generator.js';
import { check } from '../options/fields.js';
import type { PlannedScenario } from './execution-plan.js';
import { K6_EXIT_CODES, K6Error } from './exit-codes.js';
import { ownFields, type ScenarioConfig, type StageConfig } from './scenario-config.js';

/** What is not asked of an executor's options, or is no option of the model. */
const COMMON = ['startTime', 'gracefulStop', 'exec', 'env', 'tags'] as const;
const DURATIONS = ['startTime', 'gracefulStop', 'duration', 'maxDuration', 'gracefulRampDown', 'timeUnit'];

/**
 * Hands checked scenarios to the executors' plugs, which know the limits of the simulator.
 *
 * @returns by start time, then by name, as k6 sorts them everywhere.
 * @throws K6Error where k6 can do what the simulator cannot: exit code 104.
 */
export function planScenarios(scenarios: Readonly<Record<string, ScenarioConfig>>): PlannedScenario[] {
  const planned = Object.entries(scenarios).map(([name, scenario]) => planScenario(name, scenario));
  return planned.sort(
    (left, right) => left.startTimeNs - right.startTimeNs || (left.name < right.name ? -1 : 1),
  );
}

function planScenario(name: string, scenario: ScenarioConfig): PlannedScenario {
  if (!executors.has(scenario.executor)) {
    throw refused(
      name,
      `the executor ${scenario.executor} cannot be simulated: nobody controls it from outside`,
    );
  }
  const plug = executors.get(scenario.executor);
  const result = check(plug.options, plugOptions(scenario));
  if (result.ok) return { name, plug, options: result.value, startTimeNs: scenario.startTime ?? 0 };
  const problems = result.issues.map(({ path, message }) => `${path.join('.')}: ${expectedOf(message)}`);
  throw refused(name, problems.join(', '));
}

/** As a file would write them: durations with their unit. */
function plugOptions(scenario: ScenarioConfig): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const name of [...COMMON, ...ownFields(scenario.executor)] as (keyof ScenarioConfig)[]) {
    const value = scenario[name];
    if (value === undefined) continue;
    options[name] = DURATIONS.includes(name) ? `${value}ns` : value;
  }
  if (scenario.stages !== undefined) options.stages = scenario.stages.map(plugStage);
  return options;
}

function plugStage({ duration, target }: StageConfig) {
  return { duration: `${duration}ns`, target };
}

/** The message form of the fields: see options/mistake.ts. */
function expectedOf(message: string): string {
  const { got, expected } = JSON.parse(message) as { got: string; expected: string };
  return `expected ${expected}, got ${got}`;
}

function refused(name: string, problem: string): K6Error {
  return new K6Error(`scenario ${name} cannot be simulated: ${problem}`, K6_EXIT_CODES.invalidConfig);
}
