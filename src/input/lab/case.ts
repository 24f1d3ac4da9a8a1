import { mappingOf } from '../mapping.js';
import { getPath } from '../path.js';
import { appValues, envOf } from './app-env.js';
import { readDuring } from './during.js';
import { nginxSettings } from './nginx-conf.js';

/** The files of one recorded run of the lab that say how it was made. */
export interface LabFiles {
  /** Text of `case.json`. */
  readonly caseJson: string;
  readonly nginxConf: string;
  /** Text of `script.js`, and how an experiment names it. */
  readonly script: string;
  readonly scriptFile: string;
}

/** What a case says in an experiment's words, without title, model and measurements. */
export interface LabCase {
  readonly load: Readonly<Record<string, unknown>>;
  /** By path into the model. */
  readonly vary: Readonly<Record<string, readonly unknown[]>>;
  readonly events: readonly Readonly<Record<string, string>>[];
  /** `instance` labels of the instances in Prometheus. */
  readonly targets: readonly string[];
  /** What is not understood: with anything here, the case cannot be predicted. */
  readonly unknown: readonly string[];
}

/** k6 in the lab, as in all experiments of it: it shares a core with nginx and PostgreSQL. */
const CLIENT = {
  on: 'core-0',
  cpu: { before_send: '100us', after_receive: '80us' },
  timers: 'netpoll',
};

/** Port of api-1 less 1: instances are told by their ports. */
const PORT_BASE = 8000;
/** µs per period of 100 ms that are one core. */
const CORE_QUOTA = 100_000;
/** What a quota of -1 (none) is in the model: the instances' host has one core. */
const CORES_WITHOUT_QUOTA = 1;
/** CPU until a started uvicorn listens: the counters of fresh instances, less their warm-up requests. */
const START_CPU_SECONDS = 0.6;

/**
 * Reads a case of the lab (its `case.sh` made it) as the parts of an experiment on the lab's model.
 *
 * @param model the model's plain data: amounts of its routes are moved by what the application's environment says.
 * @param lateSeconds how long after the case's start the load began; 0 where nobody knows.
 */
export function readLabCase(files: LabFiles, model: unknown, lateSeconds = 0): LabCase {
  const unknown: string[] = [];
  const written = parseCase(files.caseJson, unknown);
  const instances = Number(written.instances);
  const quotas = quotasOf(String(written.quota_us_per_100ms ?? ''), instances);
  const nginx = nginxSettings(files.nginxConf);
  unknown.push(...nginx.unknown);
  if (nginx.ports.length !== instances || nginx.ports.some((port, index) => port !== PORT_BASE + index + 1)) {
    unknown.push(`nginx.conf: servers on ports ${nginx.ports.join(', ')} for ${instances} instances`);
  }
  const env = envOf(String(written.env ?? ''));
  const app = appValues(String(written.app_env ?? ''), model, (path) => isAskedFor(path, files.script, env));
  unknown.push(...app.unknown);
  const during = readDuring(String(written.during ?? ''), quotas, lateSeconds);
  unknown.push(...during.unknown);
  const vary: Record<string, unknown> = {
    'services.api.replicas': instances,
    'services.api.cpus': cpusOf(quotas),
    ...app.values,
  };
  for (const [key, value] of Object.entries(nginx.values)) vary[`balancer.${key}`] = value;
  vary['balancer.upstream.api'] = upstreamOf(nginx.servers, model);
  if (during.restarted.length > 0) {
    const slowest = Math.min(...during.restarted.map((instance) => coresOf(quotas[instance - 1]!)));
    vary['services.api.start_time'] = `${Math.round((START_CPU_SECONDS * 1000) / slowest)}ms`;
  }
  return {
    load: { client: CLIENT, script: files.scriptFile, env },
    vary: Object.fromEntries(Object.entries(vary).map(([path, value]) => [path, [value]])),
    events: during.events,
    targets: Array.from({ length: instances }, (_, index) => `127.0.0.1:${PORT_BASE + index + 1}`),
    unknown,
  };
}

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  'case',
  'instances',
  'quota_us_per_100ms',
  'nginx',
  'script',
  'env',
  'app_env',
  'during',
  'start',
  'end',
]);

function parseCase(text: string, unknown: string[]): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message differs between engines; the place says enough.
    unknown.push('case.json: not JSON');
  }
  const written = mappingOf(value);
  for (const key of Object.keys(written)) if (!KNOWN_KEYS.has(key)) unknown.push(`case.json: ${key}`);
  const { instances } = written;
  if (!Number.isInteger(instances) || Number(instances) < 1) {
    unknown.push(`case.json: instances ${JSON.stringify(instances)}`);
    return { ...written, instances: 1 };
  }
  return written;
}

/** One per instance; as in the lab, the last one holds for all that follow. */
function quotasOf(text: string, instances: number): number[] {
  const given = text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);
  return Array.from({ length: instances }, (_, index) => given[Math.min(index, given.length - 1)] ?? -1);
}

function coresOf(quota: number): number {
  return quota < 0 ? CORES_WITHOUT_QUOTA : quota / CORE_QUOTA;
}

function cpusOf(quotas: readonly number[]): number | number[] {
  const cores = quotas.map(coresOf);
  return cores.every((each) => each === cores[0]) ? cores[0]! : cores;
}

/** Parameters of the upstream's servers: weights together, others by name, on top of what the model has for all. */
function upstreamOf(
  servers: readonly Readonly<Record<string, unknown>>[],
  model: unknown,
): Readonly<Record<string, unknown>> {
  const base = mappingOf(getPath(model, ['balancer', 'upstream', 'api']));
  const weights = servers.map(({ weight = 1 }) => weight);
  const named = servers.flatMap(({ weight: _, ...rest }, index) =>
    Object.keys(rest).length === 0 ? [] : [[`api-${index + 1}`, rest] as const],
  );
  return {
    ...base,
    ...(weights.some((weight) => weight !== 1) && { weight: weights }),
    ...(named.length > 0 && { servers: Object.fromEntries(named) }),
  };
}

function isAskedFor(path: string, script: string, env: Readonly<Record<string, string>>): boolean {
  return Object.values(env).includes(path) || script.includes(`'${path}'`) || script.includes(`"${path}"`);
}
