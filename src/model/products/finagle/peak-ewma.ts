import { exp } from '../../../random/math.js';
import type { LoadEstimate, PlainEnding } from '../plain/host.js';

/** `Long.MaxValue >> 16`: what a host costs that has requests in flight and no latency yet. */
const PENALTY = 2 ** 47 - 1;

/** Finagle's `Ema`: an exponentially weighted mean of values at uneven times; the first value is taken as it is. */
export class Ema {
  /** The mean at the last update, 0 before the first. */
  last = 0;
  private isEmpty = true;
  private updatedNs = 0;

  /** @param windowNs mean lifetime of a value. */
  constructor(private readonly windowNs: number) {}

  update(nowNs: number, value: number): void {
    if (this.isEmpty) {
      this.isEmpty = false;
      this.last = value;
    } else {
      const weight = exp(-(nowNs - this.updatedNs) / this.windowNs);
      this.last = value * (1 - weight) + this.last * weight;
    }
    this.updatedNs = nowNs;
  }

  /** Forgets everything. */
  reset(): void {
    this.isEmpty = true;
    this.last = 0;
  }
}

/** Finagle's `PeakEwma` metric: cost times requests in flight, the cost a mean of latencies that a higher one replaces. */
export class FinaglePeakEwma implements LoadEstimate {
  private readonly cost: Ema;
  private stampNs: number;

  constructor(decayNs: number, nowNs: number) {
    this.cost = new Ema(decayNs);
    this.stampNs = nowNs;
  }

  /** Looking at it counts as a latency of 0: the cost decays. */
  load(inFlight: number, nowNs: number): number {
    this.observe(0, nowNs);
    const cost = this.cost.last;
    return cost === 0 && inFlight !== 0 ? PENALTY + inFlight : cost * (inFlight + 1);
  }

  ended({ elapsedNs }: PlainEnding, nowNs: number): void {
    this.observe(elapsedNs, nowNs);
  }

  private observe(latencyNs: number, nowNs: number): void {
    if (nowNs > this.stampNs) this.stampNs = nowNs;
    if (latencyNs > this.cost.last) this.cost.reset();
    this.cost.update(this.stampNs, latencyNs);
  }
}
