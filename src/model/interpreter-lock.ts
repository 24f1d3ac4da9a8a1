import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER, NS_PER_MS, NS_PER_US } from '../kernel/time.js';
import type { CpuGroup } from './cpu-group.js';
import { Fifo } from './fifo.js';
import type { Processor } from './processor.js';

const DONE = 0;
const ALARM = 1;

/** `sys.getswitchinterval()`, CPython 3: how long a thread waits before it asks the holder to let go. */
export const SWITCH_INTERVAL_NS = 5 * NS_PER_MS;

/**
 * From the end of the interval until the holder has let go: Linux's timer slack (50 µs) and the wake-up. It decides whether
 * a job of 10 ms needs two turns or three: with exactly 5 ms the median of twenty users on one process is 30 ms, with
 * 5.1 ms it is 21 ms, as measured.
 */
const SWITCH_DELAY_NS = 100 * NS_PER_US;

/**
 * How long a thread that was woken waits for a core that another thread of its process has: until that one has run so long
 * (Linux's base slice on two cores). Only then can it find the lock taken, and begin to wait for it.
 */
const CORE_SLICE_NS = 1_400 * NS_PER_US;

/** What one thread still has to compute. */
class Burst {
  /** Since when it has waited on the lock. */
  waitingSinceNs = 0;
  /** True from the signal that the lock is free until it took it, or found it taken again. */
  signalled = false;

  constructor(
    public remainingNs: number,
    public handler: Handler,
    public kind: number,
    /** Also tells the thread: whoever asks again with the same payload, on being told, is the same thread. */
    public payload: unknown,
  ) {}
}

/**
 * CPython's global interpreter lock (`Python/ceval_gil.h`, 3.11) on one core: of all threads of a process one computes.
 *
 * ```
 *  thread A  #####.....#####     two threads of 10 ms each: turns of 5 ms,
 *  thread B  .....#####.....     not one after the other, and not evenly mixed
 * ```
 *
 * - A holder that blocks or is done lets go, and signals the longest waiter; one that goes straight on keeps the lock.
 * - A thread that has just become runnable may get there before the one that was signalled: it needs only the core.
 * - A holder that computes on lets go when somebody has waited for a whole switch interval during its turn, and queues again
 *   at the end. The interval is wall time: it runs on while the group is frozen by its quota; the switch comes at the thaw.
 * - A waiter whose interval passes in vain waits anew, and so loses its place in the queue (`pthread_cond_timedwait`). Without
 *   this, users in step stay in step: p95 of twenty users is 110 ms instead of 50.
 *
 * Limits: asking costs no CPU.
 */
export class InterpreterLock implements Processor, Handler {
  /** Runnable, but not yet on a core. */
  private readonly ready = new Fifo<Burst>();
  /** Asleep until they are signalled. */
  private readonly waiting = new Fifo<Burst>();
  private holder: Burst | undefined = undefined;
  /** The thread that is being told of its end, and keeps the lock if it goes on. */
  private ending: Burst | undefined = undefined;
  /** No waiter's interval passes before this. */
  private renewDueNs: number = NEVER;
  private tookNs = 0;
  private tookCpuNs = 0;
  private ticket = 0;
  private readonly intervalNs: number;
  private readonly alarm: number;

  constructor(
    private readonly simulation: Simulation,
    private readonly group: CpuGroup,
    switchIntervalNs: number = SWITCH_INTERVAL_NS,
  ) {
    this.intervalNs = switchIntervalNs + SWITCH_DELAY_NS;
    this.alarm = simulation.createTimer(this, ALARM);
    group.whenThawed((frozenSinceNs) => this.thawed(frozenSinceNs));
  }

  /** Threads that wait for the lock. */
  get waitingCount(): number {
    return this.ready.size + this.waiting.size;
  }

  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    if (demandNs <= 0) {
      handler.handle(kind, payload);
      return;
    }
    const ending = this.ending;
    if (ending === undefined) {
      const burst = new Burst(demandNs, handler, kind, payload);
      if (this.holder === undefined) this.take(burst);
      else this.queue(burst);
    } else if (ending.payload === payload && this.holder === undefined) {
      this.goOn(ending, demandNs, handler, kind);
    } else {
      this.queue(new Burst(demandNs, handler, kind, payload));
    }
  }

  /** All threads vanish: the process died. The group is cleared by its owner. */
  clear(): void {
    this.ready.clear();
    this.waiting.clear();
    this.holder = undefined;
    this.renewDueNs = NEVER;
    this.simulation.disarmTimer(this.alarm);
  }

  handle(kind: number): void {
    if (kind === DONE) this.release();
    else this.ring();
  }

  /** The thread that has just been told of its end computes on: it still has the lock. */
  private goOn(burst: Burst, demandNs: number, handler: Handler, kind: number): void {
    burst.remainingNs = demandNs;
    burst.handler = handler;
    burst.kind = kind;
    this.holder = burst;
    this.ticket = this.group.start(demandNs, this, DONE, burst.payload);
  }

  private take(burst: Burst): void {
    this.holder = burst;
    burst.signalled = false;
    this.tookNs = this.simulation.nowNs;
    this.tookCpuNs = this.group.cpuNs;
    this.ticket = this.group.start(burst.remainingNs, this, DONE, burst.payload);
    this.rearm();
  }

  /** A thread wants the lock, and somebody else has it. */
  private queue(burst: Burst): void {
    if (this.ranNs < CORE_SLICE_NS || this.group.isThrottled) this.ready.push(burst);
    else this.sleep(burst);
    if (this.ready.size === 1 || this.waitingCount === 1) this.rearm();
  }

  private sleep(burst: Burst): void {
    burst.waitingSinceNs = this.simulation.nowNs;
    this.waiting.push(burst);
    this.renewDueNs = Math.min(this.renewDueNs, burst.waitingSinceNs + this.intervalNs);
  }

  /** CPU time of the present turn. */
  private get ranNs(): number {
    return this.group.cpuNs - this.tookCpuNs;
  }

  private release(): void {
    const burst = this.holder!;
    this.holder = undefined;
    this.ending = burst;
    burst.handler.handle(burst.kind, burst.payload);
    this.ending = undefined;
    if (this.holder === undefined) this.passOn();
  }

  /** Wakes the longest waiter; whoever is first on the core takes the lock. */
  private passOn(): void {
    this.renewWaits(this.simulation.nowNs);
    const woken = this.waiting.shift();
    if (woken !== undefined) {
      woken.signalled = true;
      this.ready.push(woken);
    }
    const next = this.ready.shift();
    if (next === undefined) this.simulation.disarmTimer(this.alarm);
    else this.take(next);
  }

  private rearm(): void {
    if (this.waitingCount === 0) {
      this.simulation.disarmTimer(this.alarm);
      return;
    }
    const aheadNs = this.ready.size > 0 ? CORE_SLICE_NS : this.intervalNs;
    this.simulation.armTimer(this.alarm, Math.max(this.simulation.nowNs, this.tookNs + aheadNs));
  }

  private ring(): void {
    if (this.holder === undefined || this.waitingCount === 0) return;
    const nowNs = this.simulation.nowNs;
    if (this.group.isThrottled) return; // goes on in `thawed`
    const missingNs = CORE_SLICE_NS - this.ranNs;
    if (this.ready.size > 0 && missingNs >= 1) {
      this.simulation.armTimer(this.alarm, nowNs + Math.ceil(missingNs));
      return;
    }
    this.findTaken();
    const dueNs = this.switchDueNs();
    if (dueNs <= nowNs) this.forceSwitch();
    else this.simulation.armTimer(this.alarm, dueNs);
  }

  /** The ready threads have got the core, and found the lock taken. Those that had been signalled go back to the head. */
  private findTaken(): void {
    const nowNs = this.simulation.nowNs;
    this.renewDueNs = Math.min(this.renewDueNs, nowNs + this.intervalNs);
    const woken: Burst[] = [];
    for (let burst = this.ready.shift(); burst !== undefined; burst = this.ready.shift()) {
      burst.waitingSinceNs = nowNs;
      if (burst.signalled) woken.push(burst);
      else this.waiting.push(burst);
      burst.signalled = false;
    }
    for (let index = woken.length - 1; index >= 0; index -= 1) this.waiting.unshift(woken[index]!);
  }

  /** Whoever's interval has passed by `untilNs` has begun another one then, behind those who came before that. */
  private renewWaits(untilNs: number): void {
    const intervalNs = this.intervalNs;
    if (untilNs < this.renewDueNs) return;
    const kept: Burst[] = [];
    const renewed: Burst[] = [];
    for (let burst = this.waiting.shift(); burst !== undefined; burst = this.waiting.shift()) {
      const passed = Math.floor((untilNs - burst.waitingSinceNs) / intervalNs);
      if (passed > 0) burst.waitingSinceNs += passed * intervalNs;
      (passed > 0 ? renewed : kept).push(burst);
    }
    renewed.sort((a, b) => a.waitingSinceNs - b.waitingSinceNs);
    let next = 0;
    for (const burst of kept) {
      while (next < renewed.length && renewed[next]!.waitingSinceNs < burst.waitingSinceNs) {
        this.waiting.push(renewed[next++]!);
      }
      this.waiting.push(burst);
    }
    while (next < renewed.length) this.waiting.push(renewed[next++]!);
    this.renewDueNs = NEVER;
    this.waiting.forEach((burst) => {
      this.renewDueNs = Math.min(this.renewDueNs, burst.waitingSinceNs + intervalNs);
    });
  }

  /** The group was frozen. Those whose interval passed meanwhile wake up only now, all at once, and ask. */
  private thawed(frozenSinceNs: number): void {
    if (this.holder === undefined || this.waitingCount === 0) return;
    this.renewWaits(frozenSinceNs);
    const nowNs = this.simulation.nowNs;
    const due: Burst[] = [];
    for (let left = this.waiting.size; left > 0; left -= 1) {
      const burst = this.waiting.shift()!;
      if (nowNs - burst.waitingSinceNs >= this.intervalNs) due.push(burst);
      else this.waiting.push(burst);
    }
    const asked = due.some((burst) => burst.waitingSinceNs >= this.tookNs);
    for (const burst of due) this.sleep(burst);
    if (asked) this.forceSwitch();
    else this.rearm();
  }

  /** When the first waiter will have waited for a whole interval within the present turn. O(waiters). */
  private switchDueNs(): number {
    const intervalNs = this.intervalNs;
    let dueNs = Number.POSITIVE_INFINITY;
    this.waiting.forEach((burst) => {
      const behindNs = this.tookNs - burst.waitingSinceNs;
      const intervals = behindNs > 0 ? Math.ceil(behindNs / intervalNs) : 0;
      dueNs = Math.min(dueNs, burst.waitingSinceNs + (intervals + 1) * intervalNs);
    });
    return dueNs;
  }

  private forceSwitch(): void {
    const burst = this.holder!;
    burst.remainingNs = this.group.cancel(this.ticket);
    this.holder = undefined;
    this.passOn();
    this.sleep(burst);
    this.rearm();
  }
}
