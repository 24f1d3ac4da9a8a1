import { NO_HOST, type Subject, TryResult } from '../../balancer.js';
import type { UpstreamView } from '../nginx/upstream-view.js';
import { type KongAddress, type KongAlgorithm, KongPassage, type KongTargets } from './targets.js';

/** What an upstream is made of. */
export interface KongUpstreamSpec {
  readonly targets: KongTargets;
  readonly algorithm: KongAlgorithm;
  /** How often a request may be sent: `retries` and once more. */
  readonly tries: number;
  /** `healthchecks.threshold`, percent. */
  readonly threshold: number;
}

/** An upstream as one worker has it: the targets, which of them are available, and the algorithm (`balancers.lua`). */
export class KongUpstream implements UpstreamView {
  private readonly addresses: readonly KongAddress[];
  private readonly algorithm: KongAlgorithm;
  private isHealthy = false;

  constructor(private readonly spec: KongUpstreamSpec) {
    this.addresses = spec.targets.addresses;
    this.algorithm = spec.algorithm;
    this.updateHealth();
  }

  begin(subject: Subject): KongPassage {
    return new KongPassage(subject, this.spec.tries);
  }

  pick(passage: KongPassage, nowNs: number): number {
    const address = this.isHealthy ? this.algorithm.pick(passage, nowNs) : undefined;
    if (address === undefined) return NO_HOST;
    passage.address = address;
    passage.pickedNs = nowNs;
    address.inFlight += 1;
    return address.index;
  }

  /** Also counts `passage.tries` down. */
  finish(passage: KongPassage, result: TryResult, _nowNs: number): void {
    const address = passage.address!;
    address.inFlight -= 1;
    this.algorithm.release?.(address);
    if (passage.tries > 0) passage.tries -= 1;
    if (result === TryResult.success) return;
    passage.failed ??= [];
    passage.failed.push(address);
  }

  /** The request is over (Kong's log phase). */
  logged(passage: KongPassage, nowNs: number): void {
    if (this.isHealthy && passage.address !== undefined) this.algorithm.logged?.(passage, nowNs);
  }

  inFlight(host: number): number {
    return this.addresses[host]!.inFlight;
  }

  available(host: number): boolean {
    const address = this.addresses[host]!;
    return this.isHealthy && address.available && address.weight > 0;
  }

  /** Weight of a target. */
  weightOf(host: number): number {
    return this.addresses[host]!.weight;
  }

  /** What the health checks have found out: `setAddressStatus`. */
  setAvailable(host: number, available: boolean, nowNs: number): void {
    const address = this.addresses[host]!;
    if (address.available === available) return;
    address.available = available;
    this.updateHealth();
    this.algorithm.hostsChanged(nowNs);
  }

  /** More than `threshold` percent of all weight must be available; with 0, any. */
  private updateHealth(): void {
    let total = 0;
    let unavailable = 0;
    for (const address of this.addresses) {
      total += address.weight;
      if (!address.available) unavailable += address.weight;
    }
    this.isHealthy = total > 0 && ((total - unavailable) / total) * 100 > this.spec.threshold;
  }
}
