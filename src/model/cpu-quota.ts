import { NEVER } from '../kernel/time.js';

/** `docker run --cpus`, Compose's `cpus`, Kubernetes' limit: so much CPU time per period. */
export interface CpuQuotaOptions {
  /** CPU time per period, ns: 25 ms for `cpus: 0.25`. */
  readonly quotaNs: number;
  /** Length of the period, ns: 100 ms unless the container runtime says otherwise. */
  readonly periodNs: number;
  /** Offset of the period's boundaries from time 0, in [0, periodNs): unknown in reality, drawn per replication. */
  readonly phaseNs: number;
}

/** What a group has used of its quota. */
export interface QuotaAccount {
  readonly quotaNs: number;
  readonly periodNs: number;
  /** Periods in which the group ran into its quota (`nr_throttled`). */
  throttledCount: number;
  /** True when nothing is left in this period. Call after {@link consume}. */
  readonly exhausted: boolean;
  /** True when a group that goes from one thread to another must stop there. */
  readonly endsAtSwitch: boolean;
  /** When the quota is full again. */
  readonly nextRefillNs: number;
  /** Accounts for `rate` cores used from `fromNs` to `toNs`, refilling at every boundary passed on the way. */
  consume(fromNs: number, toNs: number, rate: number): void;
  /** The first instant from `nowNs` on at which a steady use of `rate` cores would be stopped; `NEVER` if it never is. */
  exhaustedAtNs(nowNs: number, rate: number): number;
  /** At a boundary, of a group that is frozen: true where it may go on. */
  renew(nowNs: number): boolean;
  /** The group has nothing to run. */
  rest(): void;
}

/**
 * The kernel's CPU bandwidth control (`kernel/sched/fair.c`, cgroup v1 `cpu.cfs_quota_us`, v2 `cpu.max`): a group may
 * use `quotaNs` per period; when that is gone all its threads freeze until the next boundary, where the quota is full again.
 *
 * ```
 *  |<-- period 100 ms -->|
 *  |####.................|####....     25 ms of work, 75 ms frozen: a 30 ms job takes 105 ms
 * ```
 *
 * Limits: what is used is seen at once; on a host with a `tick` it is seen then, see `CpuBandwidth`.
 */
export class CpuQuota implements QuotaAccount {
  readonly quotaNs: number;
  readonly periodNs: number;
  throttledCount = 0;

  readonly endsAtSwitch = false;
  private remainingNs: number;
  private periodEndNs: number;

  constructor(options: CpuQuotaOptions) {
    this.quotaNs = options.quotaNs;
    this.periodNs = options.periodNs;
    this.remainingNs = options.quotaNs;
    this.periodEndNs = options.phaseNs > 0 ? options.phaseNs : options.periodNs;
  }

  consume(fromNs: number, toNs: number, rate: number): void {
    if (toNs < this.periodEndNs) {
      this.remainingNs -= (toNs - fromNs) * rate;
      return;
    }
    // Only what was used since the last boundary counts; that the quota was never overrun before it, the timer saw to.
    this.refill(toNs);
    this.remainingNs -= (toNs - (this.periodEndNs - this.periodNs)) * rate;
  }

  exhaustedAtNs(nowNs: number, rate: number): number {
    if (rate <= 0) return NEVER;
    // Alarms ring at whole ns: a fraction may be overdrawn, and at a low rate that lies whole ns back.
    if (this.remainingNs <= 0) return nowNs;
    const inThisPeriodNs = nowNs + this.remainingNs / rate;
    if (inThisPeriodNs < this.periodEndNs) return Math.ceil(inThisPeriodNs);
    if (rate * this.periodNs <= this.quotaNs) return NEVER;
    return Math.ceil(this.periodEndNs + this.quotaNs / rate);
  }

  get exhausted(): boolean {
    return this.remainingNs < 1;
  }

  get nextRefillNs(): number {
    return this.periodEndNs;
  }

  renew(nowNs: number): boolean {
    this.refill(nowNs);
    return true;
  }

  rest(): void {
    // What is left stays in the pool.
  }

  /** Brings the periods up to `nowNs`. */
  refill(nowNs: number): void {
    if (nowNs < this.periodEndNs) return;
    const passed = Math.floor((nowNs - this.periodEndNs) / this.periodNs) + 1;
    this.periodEndNs += passed * this.periodNs;
    this.remainingNs = this.quotaNs;
  }
}
