import type { EnvoyHost } from './host.js';
import { type LevelCounts, type PriorityLoads, priorityLoads } from './priority-load.js';

/** How health, priorities and localities share requests out: `common_lb_config` and `load_assignment.policy`. */
export interface SharingSettings {
  /** Percent, a whole number. */
  readonly panicThreshold: number;
  /** Percent. */
  readonly overprovisioningFactor: number;
  readonly weightedPriorityHealth: boolean;
  readonly failTrafficOnPanic: boolean;
  /** By name of the locality; `undefined`: localities are not weighted. */
  readonly localityWeights: Readonly<Record<string, number>> | undefined;
}

/** The hosts of one priority in one place. */
export interface Locality {
  /** 0: no requests. */
  readonly weight: number;
  readonly hosts: readonly EnvoyHost[];
  readonly healthyHosts: readonly EnvoyHost[];
}

/** The hosts of one priority: `Upstream::HostSet`. Replaced as a whole when one of them changes. */
export interface HostSet {
  readonly hosts: readonly EnvoyHost[];
  readonly healthyHosts: readonly EnvoyHost[];
  /** Sorted by name. */
  readonly localities: readonly Locality[];
}

/** Told of changes. */
export interface HostSetWatcher {
  hostSetChanged(priority: number, nowNs: number): void;
}

/** All hosts of the cluster, by priority: `Upstream::PrioritySet`. Every thread sees a change at once. */
export class PrioritySet {
  /** In configuration order. */
  hosts: readonly EnvoyHost[] = [];
  /** By priority. */
  hostSets: readonly HostSet[] = [];
  loads: PriorityLoads = { load: [100], panic: [false] };
  private readonly watchers: HostSetWatcher[] = [];

  constructor(readonly settings: SharingSettings) {}

  /** From now on told after every change; those who watch first are told first. */
  watch(watcher: HostSetWatcher): void {
    this.watchers.push(watcher);
  }

  /** Takes other hosts, or the same with other parameters. */
  setHosts(hosts: readonly EnvoyHost[], nowNs: number): void {
    this.hosts = hosts;
    for (const [index, host] of hosts.entries()) host.index = index;
    const levels = Math.max(this.hostSets.length, 1, ...hosts.map((host) => host.parameters.priority + 1));
    this.hostSets = Array.from({ length: levels }, (_, priority) => this.createHostSet(priority));
    this.recalculate();
    for (let priority = 0; priority < levels; priority += 1) this.tell(priority, nowNs);
  }

  /** The health of one host is another than before. */
  healthChanged(host: EnvoyHost, nowNs: number): void {
    const { priority } = host.parameters;
    this.hostSets = this.hostSets.map((set, index) => (index === priority ? this.createHostSet(index) : set));
    this.recalculate();
    this.tell(priority, nowNs);
  }

  /** True if a request could be sent to `host` now. */
  isUsable(host: EnvoyHost): boolean {
    const { priority } = host.parameters;
    if (this.loads.load[priority]! === 0) return false;
    return this.loads.panic[priority]! ? !this.settings.failTrafficOnPanic : host.healthy;
  }

  private tell(priority: number, nowNs: number): void {
    for (const watcher of this.watchers) watcher.hostSetChanged(priority, nowNs);
  }

  private createHostSet(priority: number): HostSet {
    const hosts = this.hosts.filter((host) => host.parameters.priority === priority);
    const names = [...new Set(hosts.map((host) => host.parameters.locality))].sort();
    const weights = this.settings.localityWeights;
    const localities = names.map((name) => {
      const own = hosts.filter((host) => host.parameters.locality === name);
      return { weight: weights?.[name] ?? 0, hosts: own, healthyHosts: own.filter((host) => host.healthy) };
    });
    return { hosts, healthyHosts: hosts.filter((host) => host.healthy), localities };
  }

  private recalculate(): void {
    const levels = this.hostSets.map((set) => this.count(set));
    this.loads = priorityLoads(levels, this.settings.panicThreshold);
  }

  private count({ hosts, healthyHosts }: HostSet): LevelCounts {
    const { overprovisioningFactor, weightedPriorityHealth } = this.settings;
    const measure = weightedPriorityHealth ? weightSum : (list: readonly EnvoyHost[]) => list.length;
    return {
      hosts: hosts.length,
      healthy: healthyHosts.length,
      healthyWeight: measure(healthyHosts),
      totalWeight: measure(hosts),
      overprovisioningFactor,
    };
  }
}

function weightSum(hosts: readonly EnvoyHost[]): number {
  return hosts.reduce((sum, host) => sum + host.weight, 0);
}
