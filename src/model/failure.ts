import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import type { AnyField, Checked } from '../options/fields.js';
import type { PlugDescription } from '../options/plug.js';
import type { BalancerReplica } from './balancer-replica.js';
import type { Database } from './database.js';
import type { Instance } from './instance.js';

/** The balancer as the timeline acts on it. */
export interface Rotation {
  /** True while the instance is a host, taken out or not. */
  has(instance: Instance): boolean;
  /** The instance becomes a host, the last one in configuration order. */
  join(instance: Instance): void;
  /** The instance is no host any more. Requests under way on it are finished. */
  leave(instance: Instance): void;
  /** As {@link leave}, for a while: the host keeps its place where the product has words for it. */
  takeOut(instance: Instance): void;
  /** Undoes {@link takeOut}. */
  bringBack(instance: Instance): void;
  /** New server parameters for the host, in the product's words, checked. */
  change(instance: Instance, parameters: unknown): void;
  /** Requests that were sent to the instance and are not over. */
  requestsOn(instance: Instance): number;
}

/** What a failure may act on, by name. `input/` has checked the names. */
export interface FailureContext {
  readonly simulation: Simulation;
  /** The instance of that name (`api-2`), or every instance of the service of that name, those that were created later too. */
  instances(name: string): readonly Instance[];
  /** More instances of a service, numbered on: built, but not there until {@link Instance.appear}. To be called before the run. */
  createInstances(service: string, count: number): readonly Instance[];
  /** The balancer; `undefined` where there is none. */
  readonly rotation: Rotation | undefined;
  /** The balancer of that name (`balancer-2`), or all of them (`balancer`). */
  balancers(name: string): readonly BalancerReplica[];
  /** The database of that name, if there is one. */
  database(name: string): Database | undefined;
}

/** The processes of that name: instances, or balancers. */
export function processesOf(context: FailureContext, name: string): readonly (Instance | BalancerReplica)[] {
  return [...context.instances(name), ...context.balancers(name)];
}

/** A change of the world with a beginning and, where it has one, an end. */
export interface Failure {
  begin(): void;
  /** Undoes `begin`; called only for a failure with `to`. */
  end(): void;
}

/**
 * A kind of event on the timeline. In a file it is a mapping whose key is the plug's name: `{ at: 20s, kill: api-2 }`,
 * `{ from: 10s, to: 20s, slow: postgres, factor: 5 }`; `options` checks the mapping without `at`, `from` and `to`.
 */
export interface FailurePlug<Options extends AnyField = AnyField> extends PlugDescription<Options> {
  /** True: lasts from `from` to `to`; false: happens `at` one instant. */
  readonly lasts: boolean;
  /**
   * What it acts on, for the check of references; `process`: an instance, a service or a balancer; `balanced`: an instance or
   * a service behind the balancer.
   */
  readonly target: 'instance' | 'process' | 'place' | 'balanced' | 'balanced-service';
  /** Path to the name of its target in the mapping; absent: the value under the plug's name. */
  readonly targetPath?: readonly string[];
  /** True: the other keys of the mapping are server parameters of the balancer's product, and are checked by its schema. */
  readonly takesServerParameters?: true;
  /** Instances that it creates, by service. */
  creates?(options: Checked<Options>): { readonly service: string; readonly count: number };
  create(options: Checked<Options>, context: FailureContext): Failure;
}

const BEGIN = 0;

/** Puts failures on the clock. */
export class Timeline implements Handler {
  constructor(private readonly simulation: Simulation) {}

  /** Begins `failure` at `atNs`, and ends it at `untilNs` where given. */
  add(failure: Failure, atNs: number, untilNs: number | undefined): void {
    this.simulation.schedule(atNs, this, BEGIN, failure);
    if (untilNs !== undefined) this.simulation.schedule(untilNs, this, BEGIN + 1, failure);
  }

  handle(kind: number, payload: unknown): void {
    const failure = payload as Failure;
    if (kind === BEGIN) failure.begin();
    else failure.end();
  }
}
