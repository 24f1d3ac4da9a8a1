import { NS_PER_MS } from '../kernel/time.js';
import type { CpuQuotaOptions, QuotaAccount } from './cpu-quota.js';

/** `sysctl_sched_cfs_bandwidth_slice`: what a run queue takes from the pool at a time. */
const SLICE_NS = 5 * NS_PER_MS;
/** `min_cfs_rq_runtime`: what a run queue that falls idle keeps. */
const KEPT_NS = 1 * NS_PER_MS;

/** The scheduler's tick (`CONFIG_HZ`), when a host looks at what has been used. */
export interface Tick {
  /** Between two, ns. */
  readonly intervalNs: number;
  /** Of the first, in [0, intervalNs). */
  readonly phaseNs: number;
}

/**
 * The kernel's CPU bandwidth control as it keeps its accounts (`kernel/sched/fair.c`, Linux 6.18): a pool that is filled at
 * every boundary, and a run queue's own rest, taken from it 5 ms at a time. That nothing is left shows at a tick, or when
 * another thread comes on: a group may overdraw by up to a tick (4 ms with `CONFIG_HZ=250`), and the next period pays it back.
 *
 * ```
 *   ticks   |       |       |       |          a burst that needs 1 ms more than is left ends before the
 *   used    ##########..|frozen.....|          tick: it takes 1 ms longer, not the rest of the period
 *   quota   ========^
 * ```
 *
 * Measured: `rr-uneven-b` (10 ms bursts under a quota of 10 ms per 100 ms), whose median is 11.4 ms and not 13.2.
 *
 * Limits: one run queue's rest for all cores of the group.
 */
export class CpuBandwidth implements QuotaAccount {
  readonly quotaNs: number;
  readonly periodNs: number;
  throttledCount = 0;
  private poolNs: number;
  private restNs = 0;
  private periodEndNs: number;
  /** True from falling idle until CPU is used again. */
  private hasRested = true;

  constructor(
    { quotaNs, periodNs, phaseNs }: CpuQuotaOptions,
    private readonly tick: Tick,
  ) {
    this.quotaNs = quotaNs;
    this.periodNs = periodNs;
    this.poolNs = quotaNs;
    this.periodEndNs = phaseNs > 0 ? phaseNs : periodNs;
  }

  get exhausted(): boolean {
    return this.restNs <= 0 && this.poolNs <= 0;
  }

  get endsAtSwitch(): boolean {
    return this.exhausted;
  }

  get nextRefillNs(): number {
    return this.periodEndNs;
  }

  consume(fromNs: number, toNs: number, rate: number): void {
    if (rate > 0) this.hasRested = false;
    if (toNs < this.periodEndNs) {
      this.use((toNs - fromNs) * rate);
      return;
    }
    this.use(Math.max(0, this.periodEndNs - fromNs) * rate);
    const fromBoundaryNs = Math.max(fromNs, this.refill(toNs));
    this.use((toNs - fromBoundaryNs) * rate);
  }

  exhaustedAtNs(nowNs: number, rate: number): number {
    if (this.exhausted) return this.hasRested ? nowNs : this.tickFrom(nowNs + 1);
    const usedUpNs = nowNs + Math.max(1, (this.restNs + this.poolNs) / rate);
    return this.tickFrom(usedUpNs < this.periodEndNs ? usedUpNs : this.periodEndNs + 1);
  }

  /** The debt is paid from the new period's pool; false where it takes more than that. */
  renew(nowNs: number): boolean {
    this.refill(nowNs);
    const paidNs = Math.min(this.poolNs, 1 - this.restNs);
    if (paidNs > 0) {
      this.poolNs -= paidNs;
      this.restNs += paidNs;
    }
    return this.restNs > 0;
  }

  /** All but a little goes back to the pool. */
  rest(): void {
    this.hasRested = true;
    if (this.restNs <= KEPT_NS) return;
    this.poolNs += this.restNs - KEPT_NS;
    this.restNs = KEPT_NS;
  }

  /** Brings the periods up to `nowNs`; the last boundary. */
  private refill(nowNs: number): number {
    if (nowNs >= this.periodEndNs) {
      this.periodEndNs += (Math.floor((nowNs - this.periodEndNs) / this.periodNs) + 1) * this.periodNs;
      this.poolNs = this.quotaNs;
    }
    return this.periodEndNs - this.periodNs;
  }

  private use(usedNs: number): void {
    this.restNs -= usedNs;
    while (this.restNs <= 0 && this.poolNs > 0) {
      const takenNs = Math.min(this.poolNs, SLICE_NS - this.restNs);
      this.poolNs -= takenNs;
      this.restNs += takenNs;
    }
  }

  /** The first tick from `atNs` on. */
  private tickFrom(atNs: number): number {
    const { intervalNs, phaseNs } = this.tick;
    return Math.ceil((atNs - phaseNs) / intervalNs) * intervalNs + phaseNs;
  }
}
