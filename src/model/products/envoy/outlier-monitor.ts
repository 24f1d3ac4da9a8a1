/** Whose fault it is: the server's answer, or what happened on this side (connection, timeout). */
export const Origin = { external: 0, local: 1 } as const;
export type Origin = (typeof Origin)[keyof typeof Origin];

/** Requests of one kind in the present and the last interval: `SuccessRateAccumulator`. */
class SuccessRateBuckets {
  private total = 0;
  private successes = 0;
  private lastTotal = 0;
  private lastSuccesses = 0;

  add(outcome: 'success' | 'failure'): void {
    this.total += 1;
    if (outcome === 'success') this.successes += 1;
  }

  /** An interval ends. */
  turn(): void {
    this.lastTotal = this.total;
    this.lastSuccesses = this.successes;
    this.total = 0;
    this.successes = 0;
  }

  /** Requests of the last interval. */
  get volume(): number {
    return this.lastTotal;
  }

  /** Percent of them that succeeded. */
  get rate(): number {
    return (this.lastSuccesses * 100) / this.lastTotal;
  }
}

/** What outlier detection keeps of one host: `DetectorHostMonitorImpl`. */
export class OutlierMonitor {
  consecutive5xx = 0;
  consecutiveGatewayFailure = 0;
  consecutiveLocalOriginFailure = 0;
  ejectedAtNs = 0;
  unejectedAtNs: number | undefined = undefined;
  jitterNs = 0;
  /** How many times `base_ejection_time` the next ejection lasts, less one. */
  backoff = 0;
  /** By origin. */
  readonly rates = [new SuccessRateBuckets(), new SuccessRateBuckets()] as const;

  resetCounters(): void {
    this.consecutive5xx = 0;
    this.consecutiveGatewayFailure = 0;
    this.consecutiveLocalOriginFailure = 0;
  }
}
