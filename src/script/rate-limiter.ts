import { NS_PER_SECOND } from '../kernel/time.js';

/**
 * k6's option `rps`: one bucket for all virtual users, of one token, which every request takes before it begins
 * (golang.org/x/time/rate, NewLimiter(rps, 1); lib/netext/httpext/request.go: redirects take none). O(1).
 */
export class RateLimiter {
  private readonly everyNs: number;
  private freeNs = 0;

  /** @param rate requests per second, above 0. */
  constructor(rate: number) {
    this.everyNs = NS_PER_SECOND / rate;
  }

  /** Takes the next token. @returns how long its taker has to wait for it, whole ns. */
  take(nowNs: number): number {
    const atNs = Math.max(nowNs, this.freeNs);
    this.freeNs = atNs + this.everyNs;
    return Math.ceil(atNs - nowNs);
  }
}

/** The limiter of an option `rps`; none where it is absent, or not above 0. */
export function maybeRateLimiter(rate: number | undefined): RateLimiter | undefined {
  return rate === undefined || rate <= 0 ? undefined : new RateLimiter(rate);
}
