import type { Simulation } from '../kernel/loop.js';
import type { AnyField, Checked } from '../options/fields.js';
import type { PlugDescription } from '../options/plug.js';
import type { DistributionSpec } from '../random/distribution.js';
import type { AnswerSpec, AnswerTemplate } from './answer.js';
import type { Demand } from './demand.js';
import type { Endpoint } from './exchange.js';
import type { Link } from './network.js';
import type { Step } from './route.js';

/** What a step may use while it is made. Names were checked by `input/`: an unknown one is our mistake, and throws. */
export interface StepContext {
  readonly simulation: Simulation;
  /** Index of a pool in `process.pools`, by its name in the model. */
  poolIndex(name: string): number;
  /** Index of a cache in `process.caches`, and the demand that draws its keys. */
  cache(name: string): { readonly index: number; readonly keys: Demand };
  /** The demand of this step for one purpose. */
  demand(spec: DistributionSpec, purpose: string): Demand;
  /** Where calls to another service go: one link per instance of it, taken in turn. */
  target(service: string): CallTarget;
  /** The interned request line of a call. */
  endpoint(method: string, path: string): Endpoint;
  /** What an answer of this route says, over what every answer of the service says. */
  answer(spec: AnswerSpec): AnswerTemplate;
  /** Compiles nested steps in place: the program stays flat. */
  compile(steps: readonly StepSpec[]): void;
  /** Adds a step to the program; returns its position. */
  emit(step: Step): number;
  /** Position of the next step to be emitted. */
  readonly nextPosition: number;
}

/** The service that a step calls. */
export interface CallTarget {
  /** The link for the next call. */
  nextLink(): Link;
}

/** A step as a checked file has it: the plug's name and its checked options. */
export interface StepSpec {
  readonly kind: string;
  readonly options: unknown;
}

/** The nested steps of a step, by key. */
export type Nested = Readonly<Record<string, readonly StepSpec[]>>;

/**
 * A kind of step. In a file it is a mapping whose first key is the plug's name: `{ cpu: 3ms }`, `{ query: db, time: 8ms }`;
 * `options` checks the whole mapping.
 */
export interface StepPlug<Options extends AnyField = AnyField> extends PlugDescription<Options> {
  /** Keys of the mapping that hold lists of further steps; checked as such, and handed to `compile` apart. */
  readonly nested?: readonly string[];
  /** Emits the step (and what is nested in it) into the program. */
  compile(options: Checked<Options>, context: StepContext, nested: Nested): void;
}
