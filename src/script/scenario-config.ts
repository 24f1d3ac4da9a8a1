import {
  type Mistakes,
  nullDuration,
  nullInt,
  nullString,
  plainValue,
  stringMap,
  stringOf,
} from './go-fields.js';
import { GoError, type JsonNode, mismatch } from './go-json.js';
import { type FieldReader, readStruct, type Struct } from './struct.js';

/** One stage; durations in ns. */
export interface StageConfig {
  readonly duration: number | undefined;
  readonly target: number | undefined;
}

/** One entry of `options.scenarios`: what was written, under k6's names; durations in ns. */
export interface ScenarioConfig {
  readonly executor: string;
  readonly startTime?: number | undefined;
  readonly gracefulStop?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly exec?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly options?: unknown;
  readonly vus?: number | undefined;
  readonly duration?: number | undefined;
  readonly iterations?: number | undefined;
  readonly maxDuration?: number | undefined;
  readonly startVUs?: number | undefined;
  readonly stages?: readonly StageConfig[] | undefined;
  readonly gracefulRampDown?: number | undefined;
  readonly rate?: number | undefined;
  readonly startRate?: number | undefined;
  readonly timeUnit?: number | undefined;
  readonly preAllocatedVUs?: number | undefined;
  readonly maxVUs?: number | undefined;
}

const int: FieldReader = (node) => nullInt(node);
const duration: FieldReader = (node, { text }) => nullDuration(node, text);
const words: FieldReader = (node, { base, mistakes }) => stringMap(node, base, mistakes);

const STAGE: Struct = { type: 'executor.Stage', fields: { duration, target: int }, unknownKeys: 'refuse' };

/** A list of structs; one of another type is remembered as a mistake. */
const stages: FieldReader = (node, { text, base, mistakes }) => {
  if (node.kind === 'null') return undefined;
  if (node.kind !== 'array') {
    mistakes.note(mismatch(node, '[]executor.Stage', base));
    return undefined;
  }
  return node.items.map((item) => {
    try {
      return readStruct(STAGE, item, text, base);
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      mistakes.note(error);
      return {};
    }
  });
};

const COMMON: Readonly<Record<string, FieldReader>> = {
  executor: (node, { base, mistakes }) => stringOf(node, base, mistakes),
  startTime: duration,
  gracefulStop: duration,
  env: words,
  exec: (node) => nullString(node),
  tags: words,
  options: (node) => plainValue(node),
};

/** The fields of each executor besides the common ones, in the order in which k6 prints them. */
const OWN: Readonly<Record<string, Readonly<Record<string, FieldReader>>>> = {
  'constant-vus': { vus: int, duration },
  'ramping-vus': { startVUs: int, stages, gracefulRampDown: duration },
  'shared-iterations': { vus: int, iterations: int, maxDuration: duration },
  'per-vu-iterations': { vus: int, iterations: int, maxDuration: duration },
  'constant-arrival-rate': {
    rate: int,
    timeUnit: duration,
    duration,
    preAllocatedVUs: int,
    maxVUs: int,
  },
  'ramping-arrival-rate': {
    startRate: int,
    timeUnit: duration,
    stages,
    preAllocatedVUs: int,
    maxVUs: int,
  },
  'externally-controlled': { vus: int, duration, maxVUs: int },
};

/** Names of an executor's own fields, in k6's order. */
export function ownFields(executor: string): readonly string[] {
  return Object.keys(OWN[executor] ?? {});
}

const BASE_PATHS = Object.fromEntries(Object.keys(COMMON).map((name) => [name, `BaseConfig.${name}`]));

/** What reads only the executor's name, before its own fields are known. */
const EXECUTOR: Struct = {
  type: 'struct { ExecutorType string "json:\\"executor\\"" }',
  fields: { executor: COMMON.executor! },
  unknownKeys: 'ignore',
};

/**
 * Reads `options.scenarios`; unlike the options, a scenario must not have keys that k6 does not know (lib/executors.go). Where
 * several are wrong, the first by name is told; a real k6 leaves that to chance.
 *
 * @throws GoError in k6's words.
 */
export function readScenarios(node: JsonNode, text: string): Record<string, ScenarioConfig> | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind !== 'object') {
    throw mismatch(node, 'map[string]lib.protoExecutorConfig', node.start);
  }
  const executors = node.entries.map(([, scenario]) => readStruct(EXECUTOR, scenario, text, scenario.start));
  const scenarios: Record<string, ScenarioConfig> = {};
  node.entries.forEach(([name, scenario], index) => {
    const executor = String(executors[index]!.executor ?? '');
    if (executor === '') throw new GoError(`scenario '${name}' doesn't have a specified executor type`);
    const own = Object.hasOwn(OWN, executor) ? OWN[executor] : undefined;
    if (own === undefined) throw new GoError(`unknown executor type '${executor}'`);
    const struct: Struct = {
      type: 'executor.Config',
      fields: { ...COMMON, ...own },
      paths: BASE_PATHS,
      unknownKeys: 'refuse',
    };
    scenarios[name] = readStruct(struct, scenario, text, scenario.start) as unknown as ScenarioConfig;
  });
  return scenarios;
}

/** The stages of the options themselves: read one by one, and with more patience (lib/models.go). */
export function readShorthandStages(
  node: JsonNode,
  text: string,
  base: number,
  mistakes: Mistakes,
): StageConfig[] | undefined {
  if (node.kind === 'null') return undefined;
  if (node.kind !== 'array') {
    mistakes.note(mismatch(node, '[]lib.Stage', base));
    return undefined;
  }
  const struct: Struct = { type: 'lib.StageFields', fields: STAGE.fields, unknownKeys: 'ignore' };
  return node.items.map((item) => readStruct(struct, item, text, item.start) as unknown as StageConfig);
}
