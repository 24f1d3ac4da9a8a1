import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NS_PER_MS, NS_PER_US } from '../kernel/time.js';
import type { CpuGroup } from './cpu-group.js';
import type { Processor } from './processor.js';

const DONE = 0;
const EXPIRED = 1;

/** `sys.getswitchinterval()`, CPython 3: how long a thread waits before it asks the holder to let go. */
export const SWITCH_INTERVAL_NS = 5 * NS_PER_MS;

/** Linux's default timer slack: a sleeper wakes so much later than it asked (`prctl(PR_SET_TIMERSLACK)`). */
const TIMER_SLACK_NS = 50 * NS_PER_US;

/** What one thread still has to compute. */
interface Burst {
  remainingNs: number;
  handler: Handler;
  kind: number;
  payload: unknown;
}

/**
 * CPython's global interpreter lock (`Python/ceval_gil.h`, 3.11): of all threads of a process one computes; the others
 * queue. A holder that blocks or is done lets go at once; a holder that goes on computing is made to let go once
 * somebody has waited for a whole switch interval, and queues again behind the others.
 *
 * ```
 *  thread A  #####.....#####     three threads of 10 ms each: turns of 5 ms,
 *  thread B  .....#####.....     not one after the other, and not evenly mixed
 * ```
 *
 * The interval is wall time: it runs on while the group is frozen by its quota; the switch then comes at the thaw.
 */
export class InterpreterLock implements Processor, Handler {
  private readonly waiting: Burst[] = [];
  private head = 0;
  private holder: Burst | undefined = undefined;
  private ticket = 0;
  private readonly alarm: number;

  constructor(
    private readonly simulation: Simulation,
    private readonly group: CpuGroup,
    private readonly switchIntervalNs: number = SWITCH_INTERVAL_NS,
  ) {
    this.alarm = simulation.createTimer(this, EXPIRED);
  }

  /** Threads that wait for the lock. */
  get waitingCount(): number {
    return this.waiting.length - this.head;
  }

  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    if (demandNs <= 0) {
      handler.handle(kind, payload);
      return;
    }
    const burst: Burst = { remainingNs: demandNs, handler, kind, payload };
    if (this.holder === undefined) {
      this.hold(burst);
      return;
    }
    this.waiting.push(burst);
    if (this.waitingCount === 1) this.armAlarm();
  }

  /** All threads vanish: the process died. The group is cleared by its owner. */
  clear(): void {
    this.waiting.length = 0;
    this.head = 0;
    this.holder = undefined;
    this.simulation.disarmTimer(this.alarm);
  }

  handle(kind: number): void {
    if (kind === DONE) this.release();
    else this.expire();
  }

  private hold(burst: Burst): void {
    this.holder = burst;
    this.ticket = this.group.start(burst.remainingNs, this, DONE, undefined);
    if (this.waitingCount > 0) this.armAlarm();
  }

  private armAlarm(): void {
    this.simulation.armTimer(this.alarm, this.simulation.nowNs + this.switchIntervalNs + TIMER_SLACK_NS);
  }

  private release(): void {
    const burst = this.holder!;
    this.holder = undefined;
    this.simulation.disarmTimer(this.alarm);
    if (this.waitingCount > 0) this.hold(this.takeFirst());
    burst.handler.handle(burst.kind, burst.payload);
  }

  private expire(): void {
    if (this.waitingCount === 0 || this.holder === undefined) return;
    if (this.group.isThrottled) {
      this.simulation.armTimer(this.alarm, this.group.thawsAtNs);
      return;
    }
    const burst = this.holder;
    burst.remainingNs = this.group.cancel(this.ticket);
    this.waiting.push(burst);
    this.hold(this.takeFirst());
  }

  private takeFirst(): Burst {
    const burst = this.waiting[this.head]!;
    this.head += 1;
    if (this.head === this.waiting.length) {
      this.waiting.length = 0;
      this.head = 0;
    } else if (this.head >= 64) {
      this.waiting.splice(0, this.head);
      this.head = 0;
    }
    return burst;
  }
}
