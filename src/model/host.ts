import { CpuBandwidth, type Tick } from './cpu-bandwidth.js';
import type { CpuGroup } from './cpu-group.js';
import { CpuQuota, type CpuQuotaOptions, type QuotaAccount } from './cpu-quota.js';
import type { Drift } from './drift.js';

/** What a {@link Host} may have. */
export interface HostOptions {
  readonly speed?: number;
  /** When it is looked at what a group has used of its quota; absent: at every instant. */
  readonly tick?: Tick;
  /** How its speed drifts; absent: not at all. */
  readonly drift?: Drift;
}

/**
 * A machine: cores shared by everything that is placed on it. Groups (containers, processes) that want more than there is
 * get shares by weight, as the kernel's fair scheduler gives them; a group that wants less leaves the rest to the others.
 *
 * Limits: fluid (no time slices, no cache effects); cores are alike.
 */
export class Host {
  /** Cores that all groups together want now. */
  private wantedCores = 0;
  /** Integral of the cores in use, core-ns. */
  private busyNs = 0;
  private busyCores = 0;
  private busySinceNs = 0;
  private readonly groups: CpuGroup[] = [];

  /** Work done per ns of CPU: 1 is the machine on which the model's demands were measured. */
  readonly speed: number;
  private readonly tick: Tick | undefined;
  private readonly drift: Drift | undefined;

  constructor(
    readonly name: string,
    readonly cores: number,
    { speed = 1, tick, drift }: HostOptions = {},
  ) {
    this.speed = speed;
    this.tick = tick;
    this.drift = drift;
  }

  /** CPU that a unit of work takes now, against the mean of all times. */
  slownessAt(nowNs: number): number {
    return this.drift === undefined ? 1 : this.drift.slownessAt(nowNs);
  }

  /** The account of a group with a quota on this host. */
  createQuota(options: CpuQuotaOptions): QuotaAccount {
    return this.tick === undefined ? new CpuQuota(options) : new CpuBandwidth(options, this.tick);
  }

  /** Places a group on this host. */
  add(group: CpuGroup): void {
    this.groups.push(group);
  }

  /** Core-ns in use until `nowNs`. */
  busyUntilNs(nowNs: number): number {
    return this.busyNs + this.busyCores * (nowNs - this.busySinceNs);
  }

  /** `group` now wants `wantedCores` instead of `before`. Hands out the cores anew; O(1) while there are enough. */
  rebalance(group: CpuGroup, before: number, nowNs: number): void {
    const wantedBefore = this.wantedCores;
    this.wantedCores += group.wantedCores - before;
    this.busyNs += this.busyCores * (nowNs - this.busySinceNs);
    this.busySinceNs = nowNs;
    if (this.wantedCores <= this.cores && wantedBefore <= this.cores) {
      group.setRate(group.wantedCores, group);
    } else {
      this.share(group);
    }
    this.busyCores = Math.min(this.cores, this.wantedCores);
  }

  /** Water-filling: whoever wants less than its fair share gets what it wants, the others share the rest by weight. */
  private share(cause: CpuGroup): void {
    const groups = this.groups;
    let capacity = this.cores;
    let weight = 0;
    for (const group of groups) {
      group.granted = false;
      if (group.wantedCores > 0) weight += group.weight;
      else group.setRate(0, cause);
    }
    for (let settled = false; !settled; ) {
      settled = true;
      const perWeight = capacity / weight;
      for (const group of groups) {
        if (group.granted || group.wantedCores === 0) continue;
        if (group.wantedCores <= perWeight * group.weight) {
          group.granted = true;
          group.setRate(group.wantedCores, cause);
          capacity -= group.wantedCores;
          weight -= group.weight;
          settled = false;
        }
      }
      if (settled) {
        for (const group of groups) {
          if (!group.granted && group.wantedCores > 0) group.setRate(perWeight * group.weight, cause);
        }
      }
    }
  }
}
