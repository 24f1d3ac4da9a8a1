import type { Simulation } from '../kernel/loop.js';
import type { GeneratorSpec } from '../metrics/generator.js';
import type { MetricsSink } from '../metrics/sink.js';
import {
  type AnyField,
  type Checked,
  count,
  duration,
  list,
  mapOf,
  problem,
  record,
  text,
} from '../options/fields.js';
import { goDuration } from '../options/go-duration.js';
import type { PlugDescription } from '../options/plug.js';
import type { RandomSource } from '../random/stream.js';
import type { ClientManners } from './client-manners.js';
import type { IterationSpec } from './iteration.js';
import type { IterationContext } from './iteration-program.js';
import type { Behaviour } from './virtual-user.js';
import type { VirtualUserPool } from './virtual-user-pool.js';

/** From `atNs` on, `vus` virtual users are wanted. */
export interface VuStep {
  /** Since the executor's start. */
  readonly atNs: number;
  readonly vus: number;
}

/** From `atNs` on, a scenario may hold so many virtual users (k6's execution requirements). */
export interface ReservationStep {
  /** Since the executor's start. */
  readonly atNs: number;
  readonly plannedVus: number;
  readonly unplannedVusMax: number;
}

/** The start times of iterations, one after the other. */
export interface Arrivals {
  /** The next one, in ns since the executor's start, never decreasing; `NEVER` after the last. O(1). */
  next(): number;
}

/** What an executor intends, as data: charts draw it, tests compare it with k6's. */
export type Plan =
  /** Loops of virtual users: their wanted number over time, ascending in time, ending at 0. */
  | { readonly kind: 'vus'; readonly steps: readonly VuStep[] }
  /** Iterations that start by the clock. `arrivals` starts the sequence anew. */
  | { readonly kind: 'arrivals'; readonly durationNs: number; readonly arrivals: () => Arrivals }
  /** A number of iterations, as fast as the virtual users can. */
  | {
      readonly kind: 'iterations';
      readonly vus: number;
      readonly iterations: number;
      readonly maxDurationNs: number;
    };

/** What an executor is given to run in. */
export interface ExecutorContext {
  readonly scenario: string;
  /** When the executor starts. */
  readonly startNs: number;
  readonly simulation: Simulation;
  /** The scenario's own; streams are named after slots. */
  readonly source: RandomSource;
  readonly sink: MetricsSink;
  readonly pool: VirtualUserPool;
  readonly behaviour: Behaviour;
  /** To be called once, when nothing runs and nothing is to come. */
  finished(): void;
}

/**
 * A running executor. The load generator wakes it at `nextNs`, in two rounds: first all executors end what is to end at
 * this instant, then all start what is to start.
 */
export interface Executor {
  /** When its plan wants something next; `NEVER` if nothing is left. */
  readonly nextNs: number;
  /** Applies what ends virtual users now. */
  stopDue(): void;
  /** Applies what starts virtual users now; moves `nextNs` on. */
  startDue(): void;
}

/** What a load generator's report says besides what it measured. */
export interface GeneratorSurroundings {
  readonly iteration: IterationSpec;
  /** `Host` of its requests. */
  readonly host: string;
  /** What the `Server` header of answers says. */
  readonly serverSoftware: string;
}

/** What an executor makes of the list of steps beside it: any list, a single request, or none, for it brings its own requests. */
export type IterationUse = 'steps' | 'one request' | 'none';

/** The plug of an executor: k6's, or another load generator in that place. */
export interface WorkloadPlug<Options extends AnyField = AnyField> extends PlugDescription<Options> {
  /** The plan, as pure data. */
  plan(options: Checked<Options>): Plan;
  /** The virtual users to keep for it, ascending in time, the last step at 0. */
  requirements(options: Checked<Options>): readonly ReservationStep[];
  /** k6's one-line description, without the scenario's name: `3 looping VUs for 4s (gracefulStop: 30s)`. */
  describe(options: Checked<Options>): string;
  create(options: Checked<Options>, context: ExecutorContext): Executor;
  /** `steps` if absent. */
  readonly iteration?: IterationUse;
  /** How its HTTP client behaves, made anew for each run; k6's if absent. */
  manners?(options: Checked<Options>): ClientManners;
  /** Whose statistics it leaves beside k6's; none if absent. */
  generator?(options: Checked<Options>, surroundings: GeneratorSurroundings): GeneratorSpec;
  /** What its users do, where that is not a list of steps. */
  behaviour?(options: Checked<Options>, context: IterationContext): Behaviour;
}

/** When a scenario starts: of every executor. */
export const startOption = {
  startTime: duration().default(0).describe('when the scenario starts, from the start of the test'),
};

/** Options of every executor of k6 (lib/executor/base_config.go). */
export const commonOptions = {
  ...startOption,
  gracefulStop: duration()
    .default(30e9)
    .describe('how long iterations may go on after the end, before they are interrupted'),
  exec: text()
    .optional()
    .describe('name of the function that a script exports; without meaning for a list of steps'),
  env: mapOf(text()).optional().describe('environment variables of a script'),
  tags: mapOf(text()).optional().describe('tags for the samples of a script'),
};

/** The checked form of {@link commonOptions}. */
export interface CommonOptions {
  readonly startTime: number;
  readonly gracefulStop: number;
  readonly exec?: string | undefined;
}

/** Shortest regular duration of an executor (lib/executor/base_config.go, `minDuration`). */
export const EXECUTOR_DURATION_NS_MIN = 1e9;

/** Largest number of virtual users. k6 allows 100 million (`maxConcurrentVUs`); beyond this no machine could run them. */
export const VUS_MAX = 1_000_000;

/** Largest rate, in iterations per `timeUnit`. */
export const RATE_MAX = 1_000_000_000;

/** `stages: [{ duration: 1m, target: 100 }]`. */
export function stagesField(target: { readonly max: number; readonly meaning: string }) {
  const stage = record({
    duration: duration().describe('length of the stage; 0 is a jump'),
    target: count({ max: target.max }).describe(target.meaning),
  });
  return list(stage)
    .min(1, { error: (issue) => problem(issue.input, 'at least one stage') })
    .describe('stages, one after the other, each a straight line');
}

/** One straight line of a ramp, checked. */
export interface Stage {
  readonly duration: number;
  readonly target: number;
}

/** Sum of the stages' durations in ns. */
export function stagesDurationNs(stages: readonly Stage[]): number {
  let sumNs = 0;
  for (const stage of stages) sumNs += stage.duration;
  return sumNs;
}

/** Largest of the start and all targets. */
export function stagesMax(start: number, stages: readonly Stage[]): number {
  let max = start;
  for (const stage of stages) max = Math.max(max, stage.target);
  return max;
}

/** `(maxVUs: 3, startTime: 5s, gracefulStop: 30s)` with a space before it; empty without facts (base_config.go, getBaseInfo). */
export function baseInfo(options: CommonOptions, ...facts: readonly string[]): string {
  const all = [...facts];
  if (options.exec !== undefined) all.push(`exec: ${options.exec}`);
  if (options.startTime > 0) all.push(`startTime: ${goDuration(options.startTime)}`);
  if (options.gracefulStop > 0) all.push(`gracefulStop: ${goDuration(options.gracefulStop)}`);
  return all.length === 0 ? '' : ` (${all.join(', ')})`;
}
