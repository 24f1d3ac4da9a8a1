import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import type { AnyField, Checked } from '../options/fields.js';
import type { PlugDescription } from '../options/plug.js';
import type { BalancerReplica } from './balancer-replica.js';
import type { Database } from './database.js';
import type { Instance } from './instance.js';

/** What a failure may act on, by name. `input/` has checked the names. */
export interface FailureContext {
  /** The instance of that name (`api-2`), or every instance of the service of that name. */
  instances(name: string): readonly Instance[];
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
  /** The key that names what it acts on, for the check of references. */
  readonly target: 'instance' | 'process' | 'place';
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
