import type { TryResult } from '../../balancer.js';
import type { ServerState } from './server-state.js';

/** Parameters of one server, in configuration. */
export interface PlainServer {
  readonly name: string;
  readonly weight: number;
  readonly down: boolean;
}

/** How one try ended, as far as an algorithm may look at it. */
export interface PlainEnding {
  readonly result: TryResult;
  /** Since the pick. */
  readonly elapsedNs: number;
  /** HTTP status of the answer, 0 where there was none. */
  readonly status: number;
  /** `Retry-After` of the answer, ns; 0 where there was none. */
  readonly retryAfterNs: number;
}

/** An algorithm's estimate of a host's load. */
export interface LoadEstimate {
  /** @param inFlight the dispatcher's requests there. */
  load(inFlight: number, nowNs: number): number;
  /** A try is over. */
  ended(ending: PlainEnding, nowNs: number): void;
}

/** A host as one dispatcher knows it; it keeps what it is over all changes of the configuration. */
export class PlainHost {
  /** Position in configuration order, -1 once it is removed. */
  index = -1;
  /** Position among the hosts that are not down, -1 for others. */
  position = -1;
  weight = 1;
  down = false;
  /** Requests that this dispatcher has sent to it and that have not come back. */
  inFlight = 0;
  /** False while the dispatcher cannot connect to it and knows. */
  open = true;
  /** What the algorithm keeps of it. */
  estimate: LoadEstimate | undefined = undefined;

  constructor(
    readonly name: string,
    readonly server: ServerState,
  ) {}
}
