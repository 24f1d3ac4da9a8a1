import { exp } from '../../../random/math.js';
import type { LoadEstimate, PlainEnding } from '../plain/host.js';

/** What an estimate of a new endpoint starts from; ns. */
export interface RttSettings {
  readonly defaultRttNs: number;
  readonly decayNs: number;
  readonly nowNs: number;
}

/**
 * tower's `RttEstimate`: an exponentially weighted mean of latencies that a higher one replaces at once. Looking at it
 * counts as a latency of 0: the estimate decays.
 */
export class TowerPeakEwma implements LoadEstimate {
  private rttNs: number;
  private updatedNs: number;
  private readonly decayNs: number;

  constructor({ defaultRttNs, decayNs, nowNs }: RttSettings) {
    this.rttNs = defaultRttNs;
    this.updatedNs = nowNs;
    this.decayNs = decayNs;
  }

  load(inFlight: number, nowNs: number): number {
    this.update(0, nowNs);
    return this.rttNs * (inFlight + 1);
  }

  ended({ elapsedNs }: PlainEnding, nowNs: number): void {
    this.update(elapsedNs, nowNs);
  }

  private update(rttNs: number, nowNs: number): void {
    if (this.rttNs < rttNs) {
      this.rttNs = rttNs;
    } else {
      const decay = exp(-(nowNs - this.updatedNs) / this.decayNs);
      this.rttNs = this.rttNs * decay + rttNs * (1 - decay);
    }
    this.updatedNs = nowNs;
  }
}
