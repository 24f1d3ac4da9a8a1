import { NS_PER_SECOND } from '../../kernel/time.js';
import { record } from '../../options/fields.js';
import { exp } from '../../random/math.js';
import type { RandomStream } from '../../random/stream.js';
import type { KongAlgorithmPlug } from '../products/kong/algorithm.js';
import type { KongAddress, KongAlgorithm, KongPassage, KongTargets } from '../products/kong/targets.js';

/** `DECAY_TIME`, s. */
const DECAY_SECONDS = 10;

const options = record({});

/**
 * Kong's `latency` (from 3.2): the lowest average of response times for its weight, per worker. Said to be a choice of two,
 * it looks at all targets.
 *
 * Limits: among equals the original takes the first in the order of a Lua table; here each worker has an order that is drawn.
 * An answer that comes after its target was marked unhealthy is not counted; the original counts it, picks that target again,
 * and answers 500.
 */
export const kongLatency: KongAlgorithmPlug<typeof options> = {
  name: 'kong-latency',
  product: 'kong',
  word: 'latency',
  summary: 'the target whose answers have lately been fastest for its weight (a moving average over 10 s)',
  source: 'Kong 3.9, kong/runloop/balancer/latency.lua',
  options,
  example: 'algorithm: latency',
  create: (_checked, context) => new Latency(context.table, context.stream),
};

class Latency implements KongAlgorithm {
  private readonly addresses: readonly KongAddress[];
  /** All addresses, in the order in which equals are preferred. */
  private readonly order: readonly KongAddress[];
  /** Moving average, s, by address; NaN for those that are not available. */
  private readonly averages: Float64Array;
  private readonly touchedNs: Float64Array;
  private availableCount = 0;

  constructor(targets: KongTargets, stream: RandomStream) {
    this.addresses = targets.addresses;
    this.averages = new Float64Array(this.addresses.length).fill(Number.NaN);
    this.touchedNs = new Float64Array(this.addresses.length);
    const rank = this.addresses.map(() => stream.next());
    this.order = [...this.addresses].sort((a, b) => rank[a.index]! - rank[b.index]!);
    this.hostsChanged(targets.createdNs);
  }

  /** A full scan, O(n). Addresses that the request failed on are passed over, unless there is one only. */
  pick(passage: KongPassage, nowNs: number): KongAddress | undefined {
    const isAlone = this.availableCount === 1;
    let best: KongAddress | undefined;
    let bestScore = 0;
    for (const address of this.order) {
      if (Number.isNaN(this.averages[address.index]!)) continue;
      if (!isAlone && passage.failed?.includes(address) === true) continue;
      const score = this.averageAt(address, 0, nowNs) / address.weight;
      if (best !== undefined && !(score < bestScore)) continue;
      best = address;
      bestScore = score;
    }
    return best;
  }

  logged(passage: KongPassage, nowNs: number): void {
    const address = passage.address!;
    if (!address.available) return;
    const rtt = passage.retried ? 0 : (passage.rttSeconds ?? (nowNs - passage.pickedNs) / NS_PER_SECOND);
    this.averages[address.index] = this.averageAt(address, rtt, nowNs);
    this.touchedNs[address.index] = nowNs;
  }

  /** Unavailable addresses are forgotten, new ones begin with the mean of the others. */
  hostsChanged(nowNs: number): void {
    const available = this.addresses.filter((address) => address.available);
    for (const address of this.addresses) {
      if (!address.available) this.averages[address.index] = Number.NaN;
    }
    if (available.length === 0) return;
    this.availableCount = available.length;
    const known = available.map(({ index }) => this.averages[index]!);
    const mean = known.reduce((sum, average) => sum + orZero(average), 0) / available.length;
    for (const { index } of available) {
      if (!Number.isNaN(this.averages[index]!)) continue;
      this.averages[index] = mean;
      this.touchedNs[index] = nowNs;
    }
  }

  /** The average with one more value, decayed since the last one. */
  private averageAt(address: KongAddress, rtt: number, nowNs: number): number {
    const sinceSeconds = Math.max(0, nowNs - this.touchedNs[address.index]!) / NS_PER_SECOND;
    const weight = exp(-sinceSeconds / DECAY_SECONDS);
    return this.averages[address.index]! * weight + rtt * (1 - weight);
  }
}

function orZero(average: number): number {
  return Number.isNaN(average) ? 0 : average;
}
