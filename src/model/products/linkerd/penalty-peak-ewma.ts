import { exp } from '../../../random/math.js';
import type { LoadEstimate, PlainEnding } from '../plain/host.js';
import type { RttSettings } from './peak-ewma.js';

const TOO_MANY_REQUESTS = 429;
const SERVICE_UNAVAILABLE = 503;
const SERVER_ERRORS = 500;

/** What the penalty policy adds; ns. */
export interface PenaltySettings extends RttSettings {
  /** What a failed answer counts for. */
  readonly penaltyNs: number;
  /** Longest Retry-After that counts. */
  readonly retryAfterNsMax: number;
}

/**
 * Linkerd's `LoadBiaser` over its own `Ewma`: as tower's, but an answer 429 or 5xx counts for the penalty, or for a longer
 * `Retry-After` of a 429 or 503, and never for less than the present mean. A failed connection counts for its own time.
 * Looking at it changes nothing.
 */
export class PenaltyPeakEwma implements LoadEstimate {
  private rttNs: number;
  private updatedNs: number;

  constructor(private readonly settings: PenaltySettings) {
    this.rttNs = settings.defaultRttNs;
    this.updatedNs = settings.nowNs;
  }

  load(inFlight: number, nowNs: number): number {
    return this.rttAt(nowNs) * (inFlight + 1);
  }

  ended(ending: PlainEnding, nowNs: number): void {
    const penaltyNs = this.penaltyOf(ending);
    this.addPeak(penaltyNs === undefined ? ending.elapsedNs : Math.max(penaltyNs, this.rttAt(nowNs)), nowNs);
  }

  private penaltyOf({ status, retryAfterNs }: PlainEnding): number | undefined {
    const { penaltyNs, retryAfterNsMax } = this.settings;
    if (status === TOO_MANY_REQUESTS || status === SERVICE_UNAVAILABLE) {
      return Math.max(penaltyNs, Math.min(retryAfterNs, retryAfterNsMax));
    }
    return status >= SERVER_ERRORS ? penaltyNs : undefined;
  }

  private rttAt(nowNs: number): number {
    if (nowNs <= this.updatedNs) return this.rttNs;
    return this.rttNs * exp(-(nowNs - this.updatedNs) / this.settings.decayNs);
  }

  private addPeak(rttNs: number, nowNs: number): void {
    if (this.rttAt(nowNs) < rttNs) {
      this.rttNs = rttNs;
      this.updatedNs = nowNs;
    } else if (nowNs > this.updatedNs) {
      const recency = 1 - exp(-(nowNs - this.updatedNs) / this.settings.decayNs);
      this.rttNs = this.rttNs * (1 - recency) + rttNs * recency;
      this.updatedNs = nowNs;
    }
  }
}
