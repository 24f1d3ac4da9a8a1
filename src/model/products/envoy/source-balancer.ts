import type { RandomStream } from '../../../random/stream.js';
import { EdfScheduler } from './edf-scheduler.js';
import { drawBelow, drawHash64 } from './hash64.js';
import type { EnvoyHost } from './host.js';
import type { EnvoyPassage, ThreadBalancer } from './method.js';
import type { HostSet, HostSetWatcher, Locality, PrioritySet } from './priority-set.js';

/** Hosts that one pick chooses from, with what a thread remembers of its picks: `HostsSource` and `Scheduler`. */
export class HostsSource {
  hosts: readonly EnvoyHost[] = [];
  /** Where weights matter. */
  edf: EdfScheduler<EnvoyHost> | undefined = undefined;
  /** Picks in turn. */
  turns = 0;
}

/** The sources of one priority. */
interface Sources {
  readonly all: HostsSource;
  readonly healthy: HostsSource;
  readonly localities: HostsSource[];
  localityScheduler: EdfScheduler<number> | undefined;
}

/**
 * What all policies without a hash have alike: a priority by its load, all hosts in panic, else a locality by its weight,
 * else the healthy hosts. Source: Envoy, load_balancer_impl.cc (`LoadBalancerBase`, `ZoneAwareLoadBalancerBase`) and
 * locality_wrr.cc.
 * Limits: no zone aware routing, which needs the cluster that Envoy itself is part of.
 */
export abstract class SourceBalancer implements ThreadBalancer, HostSetWatcher {
  private readonly sources: Sources[] = [];

  constructor(
    protected readonly prioritySet: PrioritySet,
    protected readonly stream: RandomStream,
  ) {}

  /** Takes the hosts in, and follows their changes. Called once, when all is made. */
  initialize(nowNs: number): this {
    for (const priority of this.prioritySet.hostSets.keys()) this.hostSetChanged(priority, nowNs);
    this.prioritySet.watch(this);
    return this;
  }

  chooseHost(passage: EnvoyPassage, nowNs: number): EnvoyHost | undefined {
    let host = this.chooseOnce(nowNs);
    for (let attempt = 1; passage.rejects(host, attempt); attempt += 1) host = this.chooseOnce(nowNs);
    return host;
  }

  hostSetChanged(priority: number, nowNs: number): void {
    const set = this.prioritySet.hostSets[priority]!;
    const sources = this.sourcesOf(priority);
    this.takeHosts(sources.all, set.hosts, nowNs);
    this.takeHosts(sources.healthy, set.healthyHosts, nowNs);
    if (this.prioritySet.settings.localityWeights === undefined) return;
    for (const [index, locality] of set.localities.entries()) {
      sources.localities[index] ??= new HostsSource();
      this.takeHosts(sources.localities[index], locality.healthyHosts, nowNs);
    }
    sources.localityScheduler = this.createLocalityScheduler(set);
  }

  /** `source` has other hosts, or the same with other weights. */
  protected abstract refresh(source: HostsSource, nowNs: number): void;
  /** Picks one of the hosts of `source`; there is at least one. */
  protected abstract pickFrom(source: HostsSource, nowNs: number): EnvoyHost | undefined;

  private chooseOnce(nowNs: number): EnvoyHost | undefined {
    const source = this.chooseSource();
    return source === undefined || source.hosts.length === 0 ? undefined : this.pickFrom(source, nowNs);
  }

  private takeHosts(source: HostsSource, hosts: readonly EnvoyHost[], nowNs: number): void {
    source.hosts = hosts;
    this.refresh(source, nowNs);
  }

  private sourcesOf(priority: number): Sources {
    this.sources[priority] ??= {
      all: new HostsSource(),
      healthy: new HostsSource(),
      localities: [],
      localityScheduler: undefined,
    };
    return this.sources[priority];
  }

  private chooseSource(): HostsSource | undefined {
    const { loads, settings } = this.prioritySet;
    // With one priority nothing is drawn: the number would not be looked at.
    const priority = loads.load[0] === 100 ? 0 : priorityAt(loads.load, drawBelow(this.stream, 100));
    const sources = this.sources[priority]!;
    if (loads.panic[priority]!) return settings.failTrafficOnPanic ? undefined : sources.all;
    const locality = sources.localityScheduler?.pickAndAdd((index) => this.localityWeight(priority, index));
    return locality === undefined ? sources.healthy : sources.localities[locality];
  }

  private createLocalityScheduler(set: HostSet): EdfScheduler<number> | undefined {
    const weightOf = (index: number) => this.effectiveWeight(set.localities[index]!);
    const indexes = [...set.localities.keys()].filter((index) => weightOf(index) > 0);
    if (indexes.length === 0) return undefined;
    return EdfScheduler.createWithPicks(indexes, weightOf, drawHash64(this.stream).low);
  }

  private localityWeight(priority: number, index: number): number {
    return this.effectiveWeight(this.prioritySet.hostSets[priority]!.localities[index]!);
  }

  /** A locality's weight by the part of its hosts that is healthy, of which some are thought to be too many. */
  private effectiveWeight({ weight, hosts, healthyHosts }: Locality): number {
    const availability = healthyHosts.length / hosts.length;
    const factor = this.prioritySet.settings.overprovisioningFactor / 100;
    return weight * Math.min(1, factor * availability);
  }
}

/** The priority that `percent` (0 to 99) falls to. */
export function priorityAt(load: readonly number[], percent: number): number {
  let sum = 0;
  for (let priority = 0; priority < load.length; priority += 1) {
    sum += load[priority]!;
    if (percent < sum) return priority;
  }
  return 0;
}
