import type { K6ThresholdDefinition } from '../metrics/k6-threshold.js';
import { DEFAULT_SYSTEM_TAGS, SYSTEM_TAGS } from '../metrics/system-tags.js';
import { isRange } from './blocked.js';
import {
  Mistakes,
  nullBool,
  nullDuration,
  nullInt,
  nullString,
  plainValue,
  stringList,
  stringMap,
  stringOf,
} from './go-fields.js';
import { excerpt, GoError, GoTypeError, type JsonNode, mismatch, writeGoJson } from './go-json.js';
import {
  readScenarios,
  readShorthandStages,
  type ScenarioConfig,
  type StageConfig,
} from './scenario-config.js';
import { type FieldContext, type FieldReader, readStruct, type Struct } from './struct.js';

/** How names are resolved; only told back, for nothing is resolved here. */
export interface DnsConfig {
  readonly ttl?: string | undefined;
  readonly select?: string | undefined;
  readonly policy?: string | undefined;
}

/**
 * k6's options as one source has them (lib/options.go): absent or `undefined` where it does not say. Durations in ns. What this
 * simulator has no use for is kept as it was written.
 */
export interface OptionsLayer {
  readonly paused?: boolean | undefined;
  readonly vus?: number | undefined;
  readonly duration?: number | undefined;
  readonly iterations?: number | undefined;
  readonly stages?: readonly StageConfig[] | undefined;
  readonly scenarios?: Readonly<Record<string, ScenarioConfig>> | undefined;
  readonly executionSegment?: unknown;
  readonly executionSegmentSequence?: unknown;
  readonly noSetup?: boolean | undefined;
  readonly setupTimeout?: number | undefined;
  readonly noTeardown?: boolean | undefined;
  readonly teardownTimeout?: number | undefined;
  readonly rps?: number | undefined;
  readonly dns?: DnsConfig | undefined;
  readonly maxRedirects?: number | undefined;
  readonly userAgent?: string | undefined;
  readonly batch?: number | undefined;
  readonly batchPerHost?: number | undefined;
  readonly httpDebug?: string | undefined;
  readonly insecureSkipTLSVerify?: boolean | undefined;
  readonly tlsCipherSuites?: unknown;
  readonly tlsVersion?: unknown;
  readonly tlsAuth?: unknown;
  readonly throw?: boolean | undefined;
  readonly thresholds?: Readonly<Record<string, readonly K6ThresholdDefinition[]>> | undefined;
  readonly blacklistIPs?: unknown;
  readonly blockHostnames?: unknown;
  readonly hosts?: unknown;
  readonly noConnectionReuse?: boolean | undefined;
  readonly noVUConnectionReuse?: boolean | undefined;
  readonly minIterationDuration?: number | undefined;
  readonly cloud?: unknown;
  readonly ext?: unknown;
  readonly summaryTrendStats?: readonly string[] | undefined;
  readonly summaryTimeUnit?: string | undefined;
  readonly systemTags?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly metricSamplesBufferSize?: number | undefined;
  readonly noCookiesReset?: boolean | undefined;
  readonly discardResponseBodies?: boolean | undefined;
}

const int: FieldReader = (node) => nullInt(node);
const bool: FieldReader = (node) => nullBool(node);
const string: FieldReader = (node) => nullString(node);
const duration: FieldReader = (node, { text }) => nullDuration(node, text);
const any: FieldReader = (node) => plainValue(node) ?? undefined;

const THRESHOLD: Struct = {
  type: 'metrics.rawThresholdConfig',
  fields: {
    threshold: (node, { base, mistakes }) => stringOf(node, base, mistakes),
    abortOnFail: (node, { base, mistakes }) => {
      if (node.kind !== 'bool' && node.kind !== 'null') mistakes.note(mismatch(node, 'bool', base));
      return node.value === true;
    },
    delayAbortEval: duration,
  },
  unknownKeys: 'ignore',
};

const thresholds: FieldReader = (node, { text, base, mistakes }) => {
  if (node.kind === 'null') return undefined;
  if (node.kind !== 'object') {
    mistakes.note(mismatch(node, 'map[string]metrics.Thresholds', base));
    return undefined;
  }
  return Object.fromEntries(node.entries.map(([metric, list]) => [metric, thresholdList(list, text)]));
};

function thresholdList(node: JsonNode, text: string): K6ThresholdDefinition[] {
  if (node.kind === 'null') return [];
  if (node.kind !== 'array') throw mismatch(node, '[]metrics.thresholdConfig', node.start);
  return node.items.map((item) => {
    const isText = item.kind === 'string';
    const raw = isText ? { threshold: item.value } : readStruct(THRESHOLD, item, text, item.start);
    const delayNs = raw.delayAbortEval as number | undefined;
    return {
      threshold: String(raw.threshold ?? ''),
      abortOnFail: raw.abortOnFail === true,
      delayAbortEval: delayNs === undefined ? null : delayNs / 1e6,
    };
  });
}

function oneOf(name: string, values: readonly string[]): FieldReader {
  return (node) => {
    if (node.kind === 'null') return undefined;
    if (node.kind !== 'string') throw mismatch(node, 'string', node.start);
    if (values.includes(node.value as string)) return node.value;
    throw new GoError(`${node.value} does not belong to ${name} values`);
  };
}

const DNS: Struct = {
  type: 'struct { TTL null.String "json:\\"ttl\\""; Select types.NullDNSSelect "json:\\"select\\""; Policy types.NullDNSPolicy "json:\\"policy\\"" }',
  fields: {
    ttl: string,
    select: oneOf('DNSSelect', ['first', 'roundRobin', 'random']),
    policy: oneOf('DNSPolicy', ['preferIPv4', 'preferIPv6', 'onlyIPv4', 'onlyIPv6', 'any']),
  },
  unknownKeys: 'ignore',
};

/** Its own reader: what is no list ends the reading; unknown tags are left out. */
function systemTags(node: JsonNode): string[] | undefined {
  const mistakes = new Mistakes();
  const tags = stringList(node, node.start, mistakes);
  mistakes.raise();
  return tags === undefined ? undefined : knownTags(tags);
}

/** Ranges of addresses. @throws GoError where one is none */
export function ranges(texts: readonly string[] | undefined): readonly string[] | undefined {
  const wrong = texts?.find((text) => !isRange(text));
  if (wrong === undefined) return texts;
  throw new GoError(`failed to parse CIDR '${wrong}': invalid CIDR address: ${wrong}`);
}

/** Those that k6 knows, sorted and without doubles. */
export function knownTags(tags: readonly string[]): string[] {
  return SYSTEM_TAGS.filter((tag) => tags.includes(tag)).sort();
}

/** k6's default of `systemTags`, sorted. */
export const SORTED_SYSTEM_TAGS: readonly string[] = [...DEFAULT_SYSTEM_TAGS].sort();

/** All options by their names, in the order in which k6 prints them. */
export const OPTION_FIELDS: Readonly<Record<keyof OptionsLayer, FieldReader>> = {
  paused: bool,
  vus: int,
  duration,
  iterations: int,
  stages: (node, { text, base, mistakes }) => readShorthandStages(node, text, base, mistakes),
  scenarios: (node, { text }) => readScenarios(node, text),
  executionSegment: any,
  executionSegmentSequence: any,
  noSetup: bool,
  setupTimeout: duration,
  noTeardown: bool,
  teardownTimeout: duration,
  rps: int,
  dns: (node, { text }: FieldContext) => readStruct(DNS, node, text, node.start),
  maxRedirects: int,
  userAgent: string,
  batch: int,
  batchPerHost: int,
  httpDebug: string,
  insecureSkipTLSVerify: bool,
  tlsCipherSuites: any,
  tlsVersion: any,
  tlsAuth: any,
  throw: bool,
  thresholds,
  blacklistIPs: (node, { base, mistakes }) => ranges(stringList(node, base, mistakes)),
  blockHostnames: (node, { base, mistakes }) => stringList(node, base, mistakes),
  hosts: any,
  noConnectionReuse: bool,
  noVUConnectionReuse: bool,
  minIterationDuration: duration,
  cloud: any,
  ext: any,
  summaryTrendStats: (node, { base, mistakes }) => stringList(node, base, mistakes),
  summaryTimeUnit: string,
  systemTags: (node) => systemTags(node),
  tags: (node, { base, mistakes }) => stringMap(node, base, mistakes),
  metricSamplesBufferSize: int,
  noCookiesReset: bool,
  discardResponseBodies: bool,
};

const STRICT: Struct = { type: 'lib.Options', fields: OPTION_FIELDS, unknownKeys: 'refuse' };
const LENIENT: Struct = { ...STRICT, unknownKeys: 'ignore' };

/** What a source's options came to. */
export interface ReadLayer {
  readonly layer: OptionsLayer;
  /** What k6 warns of: `json: unknown field "foo"`. */
  readonly unknown: string | undefined;
}

/**
 * Reads the options that a script exports.
 *
 * @param value plain data, as JSON.parse makes it.
 * @throws GoError in k6's words; exit code 104.
 */
export function readScriptOptions(value: unknown): ReadLayer {
  const { text, root } = writeGoJson(value);
  try {
    return { layer: readStruct(STRICT, root, text, 0), unknown: undefined };
  } catch (strict) {
    if (!(strict instanceof GoError)) throw strict;
    try {
      return { layer: readStruct(LENIENT, root, text, 0), unknown: strict.message };
    } catch (error) {
      if (!(error instanceof GoTypeError)) throw error;
      const info = JSON.stringify(excerpt(text, error.mismatch.offset));
      throw new GoError(`parsing options from script got error while parsing ${info}: ${error.message}`);
    }
  }
}

/**
 * Reads k6's configuration file; keys that k6 does not know are no mistake there.
 *
 * @throws GoError in k6's words.
 */
export function readConfigFile(value: unknown): OptionsLayer {
  const { text, root } = writeGoJson(value);
  return readStruct(LENIENT, root, text, 0);
}
