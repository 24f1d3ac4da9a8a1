import { ConnectingRequests } from './connecting-requests.js';
import type { EnvoyOptions } from './options.js';

/**
 * Limits of a cluster over all its threads: `ResourceManagerImpl`. Each is asked before, and what it counts is counted by
 * those who use it.
 */
export class CircuitBreakers {
  /** Open connections, idle ones included. */
  connections = 0;
  /** Requests that wait for another request's connection. */
  queued = 0;
  /** Requests that were sent to a host, those among them that still wait for their connection included. */
  sent = 0;
  readonly connecting = new ConnectingRequests();
  /** Requests that are being retried, from the moment that was decided. */
  retries = 0;

  constructor(private readonly limits: EnvoyOptions['circuit_breakers']) {}

  get canConnect(): boolean {
    return this.connections < this.limits.max_connections;
  }

  canPend(nowNs: number): boolean {
    return this.pending(nowNs) < this.limits.max_pending_requests;
  }

  canRequest(nowNs: number): boolean {
    return this.sent < this.limits.max_requests || this.active(nowNs) < this.limits.max_requests;
  }

  canRetry(nowNs: number): boolean {
    const { max_retries: most, retry_budget: budget } = this.limits;
    if (budget === undefined) return this.retries < most;
    const requests = this.active(nowNs) + this.pending(nowNs);
    const share = Math.trunc((budget.budget_percent / 100) * requests);
    return this.retries < Math.max(share, budget.min_retry_concurrency);
  }

  /** Requests that wait for a connection. */
  pending(nowNs: number): number {
    return this.queued + this.connecting.count(nowNs);
  }

  /** Requests that have one. */
  active(nowNs: number): number {
    return this.sent - this.connecting.count(nowNs);
  }
}
