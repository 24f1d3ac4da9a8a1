import type { Call } from './call.js';

/** How the HTTP client of another load generator differs from k6's. */
export interface ClientManners {
  /** Value of its `User-Agent` header. */
  readonly userAgent: string;
  /** What else its request heads say, beside `Host` and the step's own headers; counted in bytes. */
  readonly headLines: readonly string[];
  /** A new connection for each request, or one that is kept. */
  readonly connections: 'kept' | 'closed';
  /** Whether a request is sent again, unseen, where a kept connection died under it. */
  readonly staleConnections: 'replay' | 'fail';
  /** Timeout of every request, in ns, in place of what its step says; `NEVER` for none. */
  readonly timeoutNs?: number | undefined;
  /** Calls a request failed that its status does not; asked once for each, in the order in which they end. */
  isFailure?(call: Call): boolean;
}
