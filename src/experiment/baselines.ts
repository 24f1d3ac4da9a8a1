import { linearRegression } from 'simple-statistics';
import { erlangC, leastSquares, sojournQuantile } from './queue-formulas.js';

/** What simple methods are held against: formulas that need no simulation, from the same runs of one instance. */
export const BASELINES = ['utilisation law', 'M/M/c', 'straight line', 'universal scalability'] as const;

/** One of them. */
export type BaselineName = (typeof BASELINES)[number];

/** What a real run showed in a part of its time. */
export interface LoadPoint {
  readonly users: number;
  /** Requests per second. */
  readonly rate: number;
  readonly avgMs: number;
}

/** A run as a formula sees it. */
export interface BaselineRun {
  /** What is asked for: only runs of the same requests say something of each other. */
  readonly routes: string;
  /** Of each instance. */
  readonly cores: readonly number[];
  /** Requests per second of an open load; absent for users who wait for their answers. */
  readonly openRate: number | undefined;
  /** Pause per iteration, and its requests. */
  readonly thinkSeconds: number;
  readonly requestsPerIteration: number;
  readonly secondsPerPoint: number;
  /** Of all takes, in the order of time. */
  readonly points: readonly LoadPoint[];
  /** CPU per request; absent where nobody measured it. */
  readonly cpuSeconds: number | undefined;
}

/** What a formula predicts of a whole run. */
export interface BaselinePrediction {
  readonly rate: number;
  readonly avg: number;
  readonly med: number;
  readonly 'p(95)': number;
}

/** What one instance was learnt to be. */
interface Learnt {
  /** CPU per request. */
  readonly demandSeconds: number;
  /** Where it is idle. */
  readonly idleSeconds: number;
  /** Per core, of loads of the target's kind: users, or the requests per second of an open load; and what came out. */
  readonly points: readonly { readonly load: number; readonly rate: number; readonly avgMs: number }[];
}

/**
 * What each method predicts of `target`, learnt from those of `known` that have one instance and the same requests; a method that
 * cannot say anything is left out.
 */
export function predictBaselines(
  known: readonly BaselineRun[],
  target: BaselineRun,
): Partial<Record<BaselineName, BaselinePrediction>> {
  const same = known.filter(({ cores, routes }) => cores.length === 1 && routes === target.routes);
  const learnt = learn(same, target);
  if (learnt === undefined) return {};
  const moments = momentsOf(target);
  const found = BASELINES.map((name) => [name, METHODS[name](learnt, target, moments)] as const);
  return Object.fromEntries(found.filter(([, prediction]) => prediction !== undefined));
}

function learn(runs: readonly BaselineRun[], target: BaselineRun): Learnt | undefined {
  const measured = runs.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
  const points = runs.flatMap((run) =>
    run.points
      .filter(({ rate }) => rate > 0)
      .map(({ users, rate, avgMs }) => ({
        isOpen: run.openRate !== undefined,
        load: (run.openRate ?? users) / run.cores[0]!,
        rate: rate / run.cores[0]!,
        avgMs,
      })),
  );
  if (measured.length === 0 || points.length === 0) return undefined;
  return {
    demandSeconds: measured.reduce((sum, value) => sum + value, 0) / measured.length,
    idleSeconds: Math.min(...points.map(({ avgMs }) => avgMs)) / 1000,
    points: points.filter(({ isOpen }) => isOpen === (target.openRate !== undefined)),
  };
}

/** A part of the target's time: its load, and since when it runs. */
interface Moment {
  readonly users: number;
  readonly seconds: number;
  readonly length: number;
}

function momentsOf({ points, secondsPerPoint }: BaselineRun): Moment[] {
  return points.map(({ users }, index) => ({
    users,
    seconds: (index + 0.5) * secondsPerPoint,
    length: secondsPerPoint,
  }));
}

type Method = (
  learnt: Learnt,
  target: BaselineRun,
  moments: readonly Moment[],
) => BaselinePrediction | undefined;

/** Requests that take so long, and how many per second. */
interface Weighed {
  readonly seconds: number;
  readonly rate: number;
}

const METHODS: Readonly<Record<BaselineName, Method>> = {
  /** Utilisation law and asymptotic bounds (Denning and Buzen 1978): idle latency up to the capacity, then what the users make of it. */
  'utilisation law': (learnt, target, moments) => {
    const capacity = sum(target.cores) / learnt.demandSeconds;
    return summarized(
      moments.map((moment) => [bounded(learnt.idleSeconds, capacity, target, moment)]),
      target,
    );
  },
  /** As many exponential servers as instances, each as fast as its quota allows (Erlang C), by the arrival rate of the moment. */
  'M/M/c': (learnt, target, moments) => {
    const servers = target.cores.length;
    const serviceSeconds = learnt.demandSeconds / (sum(target.cores) / servers);
    const rest = Math.max(0, learnt.idleSeconds - serviceSeconds);
    return summarized(
      moments.map((moment) => queueing({ servers, serviceSeconds, rest }, learnt, target, moment)),
      target,
    );
  },
  /** The line through latency against load, extended to the load per core of the target. */
  'straight line': ({ points }, target, moments) => {
    if (new Set(points.map(({ load }) => load)).size < 2) return undefined;
    const cores = sum(target.cores);
    const line = (of: (point: Learnt['points'][number]) => number) => {
      const { m, b } = linearRegression(points.map((point) => [point.load, of(point)]));
      return (load: number) => Math.max(0, m * load + b);
    };
    const [latencyMs, rate] = [line(({ avgMs }) => avgMs), line((point) => point.rate)];
    return summarized(
      moments.map(({ users }) => {
        const load = (target.openRate ?? users) / cores;
        return [{ seconds: latencyMs(load) / 1000, rate: rate(load) * cores }];
      }),
      target,
    );
  },
  /**
   * Gunther's universal scalability law, X(n) = γ n / (1 + α (n - 1) + β n (n - 1)), as n/X fitted by least squares; latency by the
   * interactive response time law. Users only.
   */
  'universal scalability': ({ points }, target, moments) => {
    if (target.openRate !== undefined) return undefined;
    const cores = sum(target.cores);
    const fitted = scalability(points.filter(({ load }) => load > 0));
    if (fitted === undefined) return undefined;
    return summarized(
      moments.map(({ users }) => {
        const rate = fitted(users / cores) * cores;
        return [{ seconds: latencyOf(users, rate, target), rate }];
      }),
      target,
    );
  },
};

/** Interactive response time law, per request. */
function latencyOf(
  users: number,
  rate: number,
  { thinkSeconds, requestsPerIteration: requests }: BaselineRun,
): number {
  return rate === 0 ? 0 : Math.max(0, (users - (rate / requests) * thinkSeconds) / rate);
}

function bounded(
  idleSeconds: number,
  capacity: number,
  target: BaselineRun,
  { users, seconds }: Moment,
): Weighed {
  const { openRate, thinkSeconds, requestsPerIteration: requests } = target;
  if (openRate !== undefined) {
    if (openRate <= capacity) return { seconds: idleSeconds, rate: openRate };
    // The queue grows for as long as the run lasts.
    return { seconds: idleSeconds + (openRate / capacity - 1) * seconds, rate: capacity };
  }
  const free = (users * requests) / (thinkSeconds + requests * idleSeconds);
  if (free <= capacity) return { seconds: idleSeconds, rate: free };
  return { seconds: latencyOf(users, capacity, target), rate: capacity };
}

interface Servers {
  readonly servers: number;
  readonly serviceSeconds: number;
  /** Time of a request that is not service. */
  readonly rest: number;
}

/** Steps of a request's distribution. */
const STEPS = 50;
/** Load up to which the formula is used; a queue without end has no steady state. */
const LOAD_MAX = 0.995;

function queueing(
  { servers, serviceSeconds, rest }: Servers,
  learnt: Learnt,
  target: BaselineRun,
  moment: Moment,
): Weighed[] {
  const capacity = servers / serviceSeconds;
  const overload = () => [bounded(learnt.idleSeconds, capacity, target, moment)];
  const meanAt = (rate: number) =>
    serviceSeconds + erlangC(servers, rate * serviceSeconds) / (capacity - rate) + rest;
  const { openRate, thinkSeconds, requestsPerIteration: requests } = target;
  let rate = openRate ?? 0;
  if (openRate === undefined) {
    let [low, high] = [0, capacity * LOAD_MAX];
    for (let step = 0; step < 60; step += 1) {
      rate = (low + high) / 2;
      const offered = (moment.users * requests) / (thinkSeconds + requests * meanAt(rate));
      if (offered > rate) low = rate;
      else high = rate;
    }
  }
  if (rate >= capacity * (LOAD_MAX - 1e-6)) return overload();
  const waits = erlangC(servers, rate * serviceSeconds);
  return Array.from({ length: STEPS }, (_, index) => ({
    seconds: rest + sojournQuantile((index + 0.5) / STEPS, waits, serviceSeconds, capacity - rate),
    rate: rate / STEPS,
  }));
}

/** n/X = a + b (n - 1) + c n (n - 1) by least squares, b and c not negative; then X(n). */
function scalability(points: Learnt['points']): ((users: number) => number) | undefined {
  const rows = points.map(({ load: n, rate }) => ({ y: n / rate, x: [1, n - 1, n * (n - 1)] }));
  for (const columns of [[0, 1, 2], [0, 1], [0, 2], [0]]) {
    const solved = leastSquares(rows, columns);
    if (solved === undefined || solved.some((value) => value < 0)) continue;
    return (n) =>
      n /
      columns.reduce((total, column, index) => total + solved[index]! * [1, n - 1, n * (n - 1)][column]!, 0);
  }
  return undefined;
}

/** Statistics over the whole run of what a method says of its moments. */
function summarized(
  moments: readonly (readonly Weighed[])[],
  { secondsPerPoint }: BaselineRun,
): BaselinePrediction | undefined {
  const all = moments
    .flat()
    .filter(({ rate }) => rate > 0)
    .sort((a, b) => a.seconds - b.seconds);
  const total = all.reduce((weight, { rate }) => weight + rate, 0);
  if (total === 0 || secondsPerPoint === 0) return undefined;
  const quantile = (probability: number) => {
    let passed = 0;
    for (const { seconds, rate } of all) {
      passed += rate;
      if (passed >= probability * total) return seconds * 1000;
    }
    return all.at(-1)!.seconds * 1000;
  };
  return {
    rate: total / moments.length,
    avg: (all.reduce((weighed, { seconds, rate }) => weighed + seconds * rate, 0) / total) * 1000,
    med: quantile(0.5),
    'p(95)': quantile(0.95),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
