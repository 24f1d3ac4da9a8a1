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

/**
 * The kernel's CPU bandwidth control (`kernel/sched/fair.c`, cgroup v1 `cpu.cfs_quota_us`, v2 `cpu.max`): a group may
 * use `quotaNs` per period; when that is gone all its threads freeze until the next boundary, where the quota is full again.
 *
 * ```
 *  |<-- period 100 ms -->|
 *  |####.................|####....     25 ms of work, 75 ms frozen: a 30 ms job takes 105 ms
 * ```
 *
 * Limits: the hand-out in slices of 5 ms per core is not modelled (on one core it only shifts the instant of freezing
 * by less than a scheduler tick, and the debt is paid back in the next period).
 */
export class CpuQuota {
  readonly quotaNs: number;
  readonly periodNs: number;
  /** Periods in which the group ran into its quota (`nr_throttled`). */
  throttledCount = 0;

  private remainingNs: number;
  private periodEndNs: number;

  constructor(options: CpuQuotaOptions) {
    this.quotaNs = options.quotaNs;
    this.periodNs = options.periodNs;
    this.remainingNs = options.quotaNs;
    this.periodEndNs = options.phaseNs > 0 ? options.phaseNs : options.periodNs;
  }

  /** Accounts for `rate` cores used from `fromNs` to `toNs`, refilling at every boundary passed on the way. */
  consume(fromNs: number, toNs: number, rate: number): void {
    if (toNs < this.periodEndNs) {
      this.remainingNs -= (toNs - fromNs) * rate;
      return;
    }
    // Only what was used since the last boundary counts; that the quota was never overrun before it, the timer saw to.
    this.refill(toNs);
    this.remainingNs -= (toNs - (this.periodEndNs - this.periodNs)) * rate;
  }

  /** The first instant after `nowNs` at which a steady use of `rate` cores meets the quota; {@link NEVER} if it never does. */
  exhaustedAtNs(nowNs: number, rate: number): number {
    if (rate <= 0) return NEVER;
    // Alarms ring at whole ns: a fraction may be overdrawn, and at a low rate that lies whole ns back.
    if (this.remainingNs <= 0) return nowNs;
    const inThisPeriodNs = nowNs + this.remainingNs / rate;
    if (inThisPeriodNs < this.periodEndNs) return Math.ceil(inThisPeriodNs);
    if (rate * this.periodNs <= this.quotaNs) return NEVER;
    return Math.ceil(this.periodEndNs + this.quotaNs / rate);
  }

  /** True when nothing is left in this period. Call after {@link consume}. */
  get exhausted(): boolean {
    return this.remainingNs < 1;
  }

  /** When the quota is full again. */
  get nextRefillNs(): number {
    return this.periodEndNs;
  }

  /** Brings the periods up to `nowNs`. */
  refill(nowNs: number): void {
    if (nowNs < this.periodEndNs) return;
    const passed = Math.floor((nowNs - this.periodEndNs) / this.periodNs) + 1;
    this.periodEndNs += passed * this.periodNs;
    this.remainingNs = this.quotaNs;
  }
}
