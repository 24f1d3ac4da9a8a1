import { NS_PER_MS } from '../../../kernel/time.js';
import { pow } from '../../../random/math.js';
import type { RandomStream } from '../../../random/stream.js';
import { EdfScheduler } from './edf-scheduler.js';
import { drawHash64, type Hash64, modulo } from './hash64.js';
import type { EnvoyHost } from './host.js';
import type { PrioritySet } from './priority-set.js';
import { type HostsSource, SourceBalancer } from './source-balancer.js';

/** `slow_start_config`: a host that became healthy is given less for a while. */
export interface SlowStart {
  /** ms; 0: off. */
  readonly windowMs: number;
  /** Above 1: steep at first. */
  readonly aggression: number;
  /** Of a host's weight, at least this part; 0 to 1. */
  readonly minWeightRatio: number;
}

/**
 * Policies that heed weights: an EDF schedule where weights differ or a host is in slow start, something simpler where not.
 * Every change of a host set makes its schedules anew, in the phase that the thread's seed says.
 * Source: Envoy, load_balancer_impl.cc (`EdfLoadBalancerBase`).
 */
export abstract class EdfBalancer extends SourceBalancer {
  /** Of the thread. */
  protected readonly seed: Hash64;
  private latestHostAddedMs: number;
  /** Of the pick or the change that is being done. */
  private nowNs: number;
  private readonly weightOf = (host: EnvoyHost) => this.slowedWeight(host);

  constructor(
    prioritySet: PrioritySet,
    stream: RandomStream,
    private readonly slowStart: SlowStart,
    nowNs: number,
  ) {
    super(prioritySet, stream);
    this.seed = drawHash64(stream);
    this.latestHostAddedMs = nowNs / NS_PER_MS;
    this.nowNs = nowNs;
  }

  /** The weight of a host at the moment it is put into a schedule. */
  protected abstract hostWeight(host: EnvoyHost, nowNs: number): number;
  /** A pick among hosts of equal weight. */
  protected abstract unweightedPick(source: HostsSource, nowNs: number): EnvoyHost;

  protected refresh(source: HostsSource, nowNs: number): void {
    const { hosts } = source;
    this.nowNs = nowNs;
    source.edf = undefined;
    if (this.slowStart.windowMs > 0) this.noteSlowStarts(hosts);
    const isPlain = hosts.every((host) => host.weight === hosts[0]!.weight) && !this.someInSlowStart();
    if (isPlain || hosts.length <= 1) return;
    source.edf = EdfScheduler.createWithPicks(hosts, this.weightOf, this.seed.low);
  }

  protected pickFrom(source: HostsSource, nowNs: number): EnvoyHost | undefined {
    if (source.edf === undefined) return this.unweightedPick(source, nowNs);
    this.nowNs = nowNs;
    return source.edf.pickAndAdd(this.weightOf);
  }

  /** Position of the next pick in turn: a counter that starts at the seed. (Its wrap after 2^64 is left out.) */
  protected nextTurn(source: HostsSource): number {
    const size = source.hosts.length;
    const turn = (modulo(this.seed, size) + source.turns) % size;
    source.turns += 1;
    return turn;
  }

  private noteSlowStarts(hosts: readonly EnvoyHost[]): void {
    const { nowNs } = this;
    for (const host of hosts) {
      if (!host.healthy) continue;
      host.lastCheckPassNs ??= nowNs;
      const passMs = host.lastCheckPassNs / NS_PER_MS;
      const isInWindow = wholeMs(nowNs - host.lastCheckPassNs) <= this.slowStart.windowMs;
      if (passMs > this.latestHostAddedMs && isInWindow) this.latestHostAddedMs = passMs;
    }
  }

  private someInSlowStart(): boolean {
    const { windowMs } = this.slowStart;
    return windowMs > 0 && Math.floor(this.nowNs / NS_PER_MS - this.latestHostAddedMs) <= windowMs;
  }

  private slowedWeight(host: EnvoyHost): number {
    const weight = this.hostWeight(host, this.nowNs);
    const { windowMs, aggression, minWeightRatio } = this.slowStart;
    if (windowMs === 0 || host.lastCheckPassNs === undefined || !host.healthy) return weight;
    if (!this.someInSlowStart()) return weight;
    const healthyMs = wholeMs(this.nowNs - host.lastCheckPassNs);
    if (healthyMs >= windowMs) return weight;
    const timeFactor = Math.max(1, healthyMs) / windowMs;
    const factor = aggression === 1 ? timeFactor : pow(timeFactor, 1 / aggression);
    return weight * Math.max(factor, minWeightRatio);
  }
}

function wholeMs(durationNs: number): number {
  return Math.floor(durationNs / NS_PER_MS);
}
