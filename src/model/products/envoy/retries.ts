import type { Simulation } from '../../../kernel/loop.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { EnvoyRequest } from './request.js';
import type { Reset, RetryRules } from './retry-rules.js';
import type { EnvoyStats } from './stats.js';

/** What retrying is made of. */
export interface RetriesParts {
  readonly simulation: Simulation;
  readonly rules: RetryRules;
  readonly breakers: CircuitBreakers;
  readonly stats: EnvoyStats;
}

/** Which requests are tried again, and the account of them: `RetryStateImpl` of all requests. */
export class Retries {
  constructor(private readonly parts: RetriesParts) {}

  /** See {@link RetryRules.wouldRetryStatus}. */
  wouldRetryStatus(status: number): boolean {
    return this.parts.rules.wouldRetryStatus(status);
  }

  /** See {@link RetryRules.wouldRetryReset}. */
  wouldRetryReset(reset: Reset, progress: 'started' | 'unsent'): boolean {
    return this.parts.rules.wouldRetryReset(reset, progress);
  }

  /** The wait before the next try, ns; `undefined`: there is none. */
  next(request: EnvoyRequest, wouldRetry: boolean): number | undefined {
    const { simulation, rules, breakers, stats } = this.parts;
    if (request.holdsRetry && !wouldRetry) stats.upstreamRqRetrySuccess += 1;
    this.release(request);
    if (!wouldRetry || request.outer.abandoned || request.timedOut) return undefined;
    if (request.retriesLeft === 0) {
      stats.upstreamRqRetryLimitExceeded += 1;
      return undefined;
    }
    request.retriesLeft -= 1;
    if (!breakers.canRetry(simulation.nowNs)) {
      stats.upstreamRqRetryOverflow += 1;
      return undefined;
    }
    stats.upstreamRqRetry += 1;
    request.holdsRetry = true;
    breakers.retries += 1;
    request.retries += 1;
    return rules.backOffNs(request.outer, request.retries);
  }

  /** The request is not being retried any more. */
  release(request: EnvoyRequest): void {
    if (!request.holdsRetry) return;
    request.holdsRetry = false;
    this.parts.breakers.retries -= 1;
  }
}
