import type { BalancedHost } from '../balancer.js';

/** A host over all changes of the configuration. */
export class UpstreamHost {
  /** Requests that were sent to it and have not come back, of all workers. */
  inFlight = 0;
  /** Requests that were sent to it. */
  requestCount = 0;
  /** Tries that counted against it. */
  failureCount = 0;

  constructor(readonly host: BalancedHost) {}
}
