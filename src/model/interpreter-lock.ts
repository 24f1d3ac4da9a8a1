import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NS_PER_MS, NS_PER_US } from '../kernel/time.js';
import type { CpuGroup } from './cpu-group.js';
import { Fifo } from './fifo.js';
import type { Processor } from './processor.js';

const DONE = 0;
const EXPIRED = 1;

/** `sys.getswitchinterval()`, CPython 3: how long a thread waits before it asks the holder to let go. */
export const SWITCH_INTERVAL_NS = 5 * NS_PER_MS;

/**
 * Linux's default timer slack (`prctl(PR_SET_TIMERSLACK)`): a sleeper wakes so much later than it asked. It decides whether
 * a job of 10 ms needs two turns or three: with exactly 5 ms the median of twenty users on one process is 30 ms, with
 * 5.05 to 5.1 ms it is 21 ms, as measured.
 */
const TIMER_SLACK_NS = 100 * NS_PER_US;

/** What one thread still has to compute. */
interface Burst {
  remainingNs: number;
  readonly handler: Handler;
  readonly kind: number;
  /** Also tells the thread: whoever asks again with the same payload, on being told, is the same thread. */
  readonly payload: unknown;
}

/**
 * CPython's global interpreter lock (`Python/ceval_gil.h`, 3.11): of all threads of a process one computes; the others
 * queue. A holder that blocks or is done lets go at once; one that goes straight on keeps the lock, for the waiters need
 * a core to wake up on; and a holder that computes on is made to let go once somebody has waited for a whole switch
 * interval: it then queues again behind the others.
 *
 * ```
 *  thread A  #####.....#####     two threads of 10 ms each: turns of 5 ms,
 *  thread B  .....#####.....     not one after the other, and not evenly mixed
 * ```
 *
 * The interval is wall time: it runs on while the group is frozen by its quota; the switch then comes at the thaw.
 *
 * Limits: waiters queue strictly in order (a woken thread cannot be overtaken by one that just arrives); asking costs no CPU.
 */
export class InterpreterLock implements Processor, Handler {
  private readonly waiting = new Fifo<Burst>();
  private holder: Burst | undefined = undefined;
  /** The thread that is being told of its end, and keeps the lock if it goes on. */
  private ending: Burst | undefined = undefined;
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
    return this.waiting.size;
  }

  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    if (demandNs <= 0) {
      handler.handle(kind, payload);
      return;
    }
    const burst: Burst = { remainingNs: demandNs, handler, kind, payload };
    const goesOn = this.ending !== undefined && this.ending.payload === payload;
    if (this.holder === undefined && (goesOn || this.ending === undefined)) {
      this.hold(burst);
      return;
    }
    this.waiting.push(burst);
    if (this.waiting.size === 1) this.armAlarm();
  }

  /** All threads vanish: the process died. The group is cleared by its owner. */
  clear(): void {
    this.waiting.clear();
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
  }

  private armAlarm(): void {
    this.simulation.armTimer(this.alarm, this.simulation.nowNs + this.switchIntervalNs + TIMER_SLACK_NS);
  }

  private release(): void {
    const burst = this.holder!;
    this.holder = undefined;
    this.ending = burst;
    burst.handler.handle(burst.kind, burst.payload);
    this.ending = undefined;
    if (this.holder === undefined) this.next();
  }

  /** The thread that has waited longest gets the lock; the others' interval begins anew. */
  private next(): void {
    const burst = this.waiting.shift();
    if (burst === undefined) return;
    this.hold(burst);
    if (this.waiting.size > 0) this.armAlarm();
    else this.simulation.disarmTimer(this.alarm);
  }

  private expire(): void {
    if (this.waiting.size === 0 || this.holder === undefined) return;
    if (this.group.isThrottled) {
      this.simulation.armTimer(this.alarm, this.group.thawsAtNs);
      return;
    }
    const burst = this.holder;
    burst.remainingNs = this.group.cancel(this.ticket);
    this.waiting.push(burst);
    this.next();
  }
}
