import type { AnyField } from '../../../options/fields.js';
import type { RandomStream } from '../../../random/stream.js';
import type { AlgorithmPlug, Subject } from '../../balancer.js';
import type { EnvoyHost } from './host.js';
import type { PrioritySet } from './priority-set.js';

/** Which hosts a retry avoids: `retry_host_predicate` and `host_selection_retry_max_attempts`. */
export interface HostSelection {
  /** True: `previous_hosts`. */
  readonly avoidsTried: boolean;
  /** Picks that may be thrown away in favour of another. */
  readonly attemptsMax: number;
}

/** One request on its way through one or more hosts: what the router's `LoadBalancerContext` tells. */
export class EnvoyPassage {
  /** Hosts it was sent to. */
  readonly tried: EnvoyHost[] = [];
  current: EnvoyHost | undefined = undefined;

  constructor(
    readonly subject: Subject,
    private readonly selection: HostSelection,
  ) {}

  /**
   * True if `host` is thrown away in favour of another pick, because the request has been there.
   * @param attempt picks so far, 1 after the first.
   */
  rejects(host: EnvoyHost | undefined, attempt: number): boolean {
    const { avoidsTried, attemptsMax } = this.selection;
    return avoidsTried && host !== undefined && attempt <= attemptsMax && this.tried.includes(host);
  }
}

/** The load balancer of one worker thread. */
export interface ThreadBalancer {
  /** The host for a request; `undefined` if there is none. Changes no count of requests. */
  chooseHost(passage: EnvoyPassage, nowNs: number): EnvoyHost | undefined;
}

/** An algorithm over one cluster: what its threads share, and how each gets its own. */
export interface EnvoyMethod {
  createThread(stream: RandomStream, nowNs: number): ThreadBalancer;
}

/** A load balancing policy as a plug. */
export interface EnvoyMethodPlug<Options extends AnyField = AnyField>
  extends AlgorithmPlug<Options, PrioritySet, EnvoyMethod> {
  readonly product: 'envoy';
}
