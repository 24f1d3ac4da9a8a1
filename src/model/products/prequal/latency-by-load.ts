import type { LatencyLog } from '../plain/server-state.js';

/** Latencies that are remembered of each number in flight; the paper does not tell its own. */
const REMEMBERED = 16;

interface Recent {
  readonly ring: Float64Array;
  size: number;
  next: number;
}

/**
 * What a server of Prequal's knows of its latency: the last ones of every number of requests that were in flight when a
 * request arrived. Its estimate is the median of those at the present number, or at the nearest that has any.
 */
export class LatencyByLoad implements LatencyLog {
  private readonly recent: (Recent | undefined)[] = [];

  add(inFlight: number, latencyNs: number): void {
    let known = this.recent[inFlight];
    if (known === undefined) {
      while (this.recent.length < inFlight) this.recent.push(undefined);
      known = { ring: new Float64Array(REMEMBERED), size: 0, next: 0 };
      this.recent[inFlight] = known;
    }
    known.ring[known.next] = latencyNs;
    known.next = (known.next + 1) % REMEMBERED;
    if (known.size < REMEMBERED) known.size += 1;
  }

  /** The latency that one more request may expect, ns; the fewer in flight of two as near; 0 where nothing is known. */
  estimate(inFlight: number): number {
    const { recent } = this;
    const farthest = Math.max(inFlight, recent.length - 1 - inFlight);
    for (let distance = 0; distance <= farthest; distance += 1) {
      const known = recent[inFlight - distance] ?? recent[inFlight + distance];
      if (known !== undefined) return medianOf(known);
    }
    return 0;
  }
}

function medianOf({ ring, size }: Recent): number {
  const sorted = ring.slice(0, size).sort();
  const middle = size >> 1;
  return size % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
