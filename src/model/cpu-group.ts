import type { Simulation } from '../kernel/loop.js';
import { SharingHeap } from '../kernel/processor-sharing.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER } from '../kernel/time.js';
import type { CpuQuotaOptions, QuotaAccount } from './cpu-quota.js';
import type { Host } from './host.js';
import type { Processor } from './processor.js';

const ALARM = 0;

/** Docker's default `--cpu-shares`. */
export const CPU_SHARES_DEFAULT = 1024;

/** What {@link CpuGroup} needs beside its host. */
export interface CpuGroupOptions {
  readonly name: string;
  /** Weight against the other groups of the host (`--cpu-shares`). */
  readonly weight?: number;
  /** Absent: no quota. */
  readonly quota?: CpuQuotaOptions | undefined;
}

/**
 * A control group: threads that share what the host grants, under a quota. Every running thread gets the same rate, at
 * most one core. When the quota is used up all of them freeze until the next period.
 */
export class CpuGroup implements Processor, Handler {
  readonly name: string;
  readonly weight: number;
  /** Cores it could use now: its running threads, none while throttled. */
  wantedCores = 0;
  /** Scratch of {@link Host.rebalance}. */
  granted = false;

  private readonly quota: QuotaAccount | undefined;
  private readonly jobs = new SharingHeap();
  private readonly alarm: number;
  private readonly thawWatchers: ((frozenSinceNs: number) => void)[] = [];
  private rate = 0;
  /** Work done per ns of CPU: the host's, less where a failure slows the place down. */
  private speed: number;
  private updatedNs = 0;
  private ranUntilNs = 0;
  private usedNs = 0;
  private throttled = false;
  /** True while the owner of a finished job is being told. */
  private completing = false;
  /** Tells the thread whose burst has just ended, and whether it went straight on. */
  private endedPayload: unknown = undefined;
  private wentOn = false;
  private throttledNs = 0;
  private throttledSinceNs = 0;

  constructor(
    private readonly simulation: Simulation,
    private readonly host: Host,
    options: CpuGroupOptions,
  ) {
    this.name = options.name;
    this.weight = options.weight ?? CPU_SHARES_DEFAULT;
    this.quota = options.quota && host.createQuota(options.quota);
    this.speed = host.speed;
    this.alarm = simulation.createTimer(this, ALARM);
    host.add(this);
  }

  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    if (demandNs <= 0) handler.handle(kind, payload);
    else this.start(demandNs, handler, kind, payload);
  }

  /** A thread starts to compute for `demandNs`. Returns a ticket for {@link cancel}, valid until the thread is done. */
  start(demandNs: number, handler: Handler, kind: number, payload: unknown): number {
    if (this.completing) {
      this.wentOn ||= payload === this.endedPayload;
      return this.jobs.push(demandNs, handler, kind, payload);
    }
    this.synchronize();
    const ticket = this.jobs.push(demandNs, handler, kind, payload);
    this.changed();
    return ticket;
  }

  /** Stops a thread; returns the work it still needed, ns. */
  cancel(ticket: number): number {
    this.synchronize();
    const remainingNs = this.jobs.remove(ticket);
    this.changed();
    return remainingNs;
  }

  /** All threads vanish: the process died. */
  clear(): void {
    this.synchronize();
    this.jobs.clear();
    this.changed();
  }

  /** From now on a demand takes `factor` times the CPU (1 = as calibrated). */
  slowDown(factor: number): void {
    this.synchronize();
    this.speed = this.host.speed / factor;
    this.changed();
  }

  /** Work done per ns of CPU where nothing slows it down, see {@link Host.speed}. */
  get hostSpeed(): number {
    return this.host.speed;
  }

  /** CPU that a unit of work takes now, against the mean of all times: see {@link Host.slownessAt}. */
  get slowness(): number {
    return this.host.slownessAt(this.simulation.nowNs);
  }

  /** CPU time used so far, ns. */
  get cpuNs(): number {
    return this.usedNs + this.rate * (this.simulation.nowNs - this.updatedNs);
  }

  /** Time frozen by the quota so far, ns. */
  get frozenNs(): number {
    return this.throttledNs + (this.throttled ? this.simulation.nowNs - this.throttledSinceNs : 0);
  }

  /** How long it has not computed, ns: idle or frozen. */
  get idleNs(): number {
    return this.rate > 0 ? 0 : this.simulation.nowNs - this.ranUntilNs;
  }

  /** Its quota in cores (`cpus`); {@link NEVER} where it has none. */
  get quotaCores(): number {
    return this.quota === undefined ? NEVER : this.quota.quotaNs / this.quota.periodNs;
  }

  /** True while the quota is used up. */
  get isThrottled(): boolean {
    return this.throttled;
  }

  /** Calls `watcher` at every end of a freeze, with the time it began. */
  whenThawed(watcher: (frozenSinceNs: number) => void): void {
    this.thawWatchers.push(watcher);
  }

  /** Ends what {@link whenThawed} began: the watchers belong to processes, and processes end. */
  forgetWatchers(): void {
    this.thawWatchers.length = 0;
  }

  /** Periods in which the quota was used up (the kernel's `nr_throttled`). */
  get throttledCount(): number {
    return this.quota?.throttledCount ?? 0;
  }

  /** Threads that compute or want to. */
  get runnable(): number {
    return this.jobs.size;
  }

  /** Called by the host when this group's share changes because of `cause`, which arms its own alarm afterwards. */
  setRate(rate: number, cause: CpuGroup): void {
    if (rate === this.rate) return;
    if (this !== cause) this.synchronize();
    this.rate = rate;
    if (this !== cause) this.rearm();
  }

  handle(): void {
    this.synchronize();
    if (this.throttled) {
      if (this.quota!.renew(this.simulation.nowNs)) this.thaw();
      else this.rearm();
      return;
    }
    // Nothing of a job is left but what rounding to whole ns left of it.
    if (this.jobs.size > 0 && this.jobs.nextWorkNs() < 0.5) {
      this.complete();
      return;
    }
    if (this.quota?.exhausted) this.freeze(this.quota);
    else this.rearm();
  }

  /** One thread is done. Others due at the same instant follow as events of their own. */
  private complete(): void {
    const jobs = this.jobs;
    jobs.pop();
    const handler = jobs.handler!;
    const kind = jobs.kind;
    const payload = jobs.payload;
    // The next burst often starts while this one's owner is told: shares and alarm are settled once, for both.
    this.completing = true;
    this.endedPayload = payload;
    this.wentOn = false;
    handler.handle(kind, payload);
    this.completing = false;
    this.endedPayload = undefined;
    if (!this.wentOn && this.jobs.size > 0 && this.quota?.endsAtSwitch === true) this.freeze(this.quota);
    else this.changed();
  }

  private freeze(quota: QuotaAccount): void {
    this.throttled = true;
    this.throttledSinceNs = this.simulation.nowNs;
    quota.throttledCount += 1;
    this.changed();
  }

  private thaw(): void {
    this.throttled = false;
    this.throttledNs += this.simulation.nowNs - this.throttledSinceNs;
    this.changed();
    for (const watcher of this.thawWatchers) watcher(this.throttledSinceNs);
  }

  /** Brings the accounts up to now, at the rate that held since the last time. */
  private synchronize(): void {
    const nowNs = this.simulation.nowNs;
    const elapsedNs = nowNs - this.updatedNs;
    if (elapsedNs === 0) return;
    const rate = this.rate;
    this.quota?.consume(this.updatedNs, nowNs, rate);
    if (rate > 0) {
      this.usedNs += elapsedNs * rate;
      this.ranUntilNs = nowNs;
      this.jobs.advance((elapsedNs * rate * this.speed) / this.jobs.size);
    }
    this.updatedNs = nowNs;
  }

  private changed(): void {
    if (this.jobs.size === 0) this.quota?.rest();
    const before = this.wantedCores;
    const wanted = this.throttled ? 0 : Math.min(this.jobs.size, this.host.cores);
    this.wantedCores = wanted;
    if (wanted !== before) this.host.rebalance(this, before, this.simulation.nowNs);
    this.rearm();
  }

  private rearm(): void {
    this.simulation.armTimer(this.alarm, this.nextAlarmNs());
  }

  private nextAlarmNs(): number {
    if (this.throttled) return this.quota!.nextRefillNs;
    const rate = this.rate;
    if (rate === 0 || this.jobs.size === 0) return NEVER;
    const nowNs = this.simulation.nowNs;
    const workNs = Math.max(0, this.jobs.nextWorkNs());
    const doneNs = Math.ceil(nowNs + (workNs * this.jobs.size) / (rate * this.speed));
    if (this.quota === undefined) return doneNs;
    return Math.min(doneNs, this.quota.exhaustedAtNs(nowNs, rate));
  }
}
