import type { Unknown } from '../../input/unknowns.js';
import type { Observation } from './observation.js';
import { isSpeedPath } from './parameters.js';
import type { CalibrationRun } from './simulator.js';

/** Why a parameter is not identified, and what would identify it. */
export interface Advice {
  readonly reason: string;
  readonly measurement: string;
}

/** What is known of an unidentified parameter. */
export interface AdviceContext {
  readonly unknown: Unknown;
  /** Names of identified parameters that do the same to all observations. */
  readonly twins: readonly string[];
  readonly runs: readonly CalibrationRun[];
}

const LOW_LOAD = 'run 10 users for a minute';
const SCRAPE = 'scrape process_cpu_seconds_total and http_requests_total';

/** Says in words what the runs lack. */
export function adviceFor({ unknown, twins, runs }: AdviceContext): Advice {
  const route = routeOf(unknown);
  const observations = runs.flatMap((run) => run.observations);
  if (route !== undefined && !runs.some((run) => asksFor(run, route))) {
    return {
      reason: `no run asks for ${route}: it keeps its start value`,
      measurement: `${LOW_LOAD} on ${route}, and one run past the knee`,
    };
  }
  if (twins.length > 0) return twinAdvice(unknown, twins, observations);
  return {
    reason: 'nothing that was measured depends on it enough: it keeps its start value',
    measurement: missing(unknown, observations),
  };
}

function twinAdvice(
  unknown: Unknown,
  twins: readonly string[],
  observations: readonly Observation[],
): Advice {
  const [first, second] = twins;
  const names = second === undefined ? first! : `${first!} and ${second}`;
  const reason = `in these runs it does the same as ${names}: only both together are known`;
  if (isSpeed(unknown)) {
    const measurement =
      'write one of the demands on this host as known, measured by itself; the speed is then told from it';
    return { reason, measurement };
  }
  return { reason, measurement: missing(unknown, observations) };
}

/** The first kind of measurement that the runs do not have and that tells parameters of this kind apart. */
function missing(unknown: Unknown, observations: readonly Observation[]): string {
  const has = (metric: Observation['metric']) => observations.some((each) => each.metric === metric);
  const route = routeOf(unknown);
  const on = route === undefined ? '' : ` on ${route} alone`;
  if (/cpu|overhead|cold/i.test(unknown.name) && !has('cpu')) {
    return `${SCRAPE}: CPU per request tells what is computed from what is waited for`;
  }
  if (/cold/.test(unknown.name)) {
    return `${LOW_LOAD}, and one run near the knee, with CPU per request of both: caches are cold in the first only`;
  }
  if (!observations.some(({ isLowLoad, metric }) => isLowLoad && metric !== 'cpu')) {
    return `${LOW_LOAD}${on}: latency without a queue`;
  }
  if (/pool|threads|backlog|worker/.test(unknown.name)) {
    return 'one run past the knee, with more users than threads and connections';
  }
  return `${LOW_LOAD}${on}, and one run past the knee${on}; or write one of the two as known`;
}

function isSpeed({ name }: Unknown): boolean {
  return isSpeedPath(name);
}

/** `GET /wait` of an unknown among the steps of one route. */
function routeOf({ paths }: Unknown): string | undefined {
  const [only, second] = paths;
  const at = only!.indexOf('routes');
  return second === undefined && at >= 0 ? String(only![at + 1]) : undefined;
}

/** True where a run has requests that the route may serve: its own path, whatever stands for `{id}`. */
function asksFor({ takes }: CalibrationRun, route: string): boolean {
  const names = takes.flatMap(({ run }) => run.samples?.route?.names ?? []);
  if (names.length === 0) return true;
  const parts = route.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('[^/]+')}$`);
  return names.some((name) => pattern.test(name) || !name.includes('/'));
}
