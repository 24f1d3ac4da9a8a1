import FastPriorityQueue from 'fastpriorityqueue';
import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NS_PER_MS, NS_PER_US } from '../kernel/time.js';
import type { WakeUp } from './wake-up.js';

/** Linux’s default timer slack, and the wake-up. */
const SLACK_NS = 60 * NS_PER_US;

interface Sleeper {
  readonly dueNs: number;
  /** Among equals, who fell asleep first. */
  readonly sequence: number;
  readonly wakeUp: WakeUp;
}

/**
 * Sleeps as Go's runtime ends them (runtime/proc.go `findRunnable`, runtime/netpoll_epoll.go `netpoll`, Go 1.24): a process
 * with nothing to do waits in `epoll_wait` for whole milliseconds, rounded down but at least one, until the first sleeper
 * is due, or for an answer; whenever it is awake it wakes all sleepers that are due.
 *
 * ```
 *   due          a       b c                    a is woken by an answer that comes just then;
 *   wakes  |     ^answer |.....|^1 ms           b and c are due within the last millisecond's wait,
 *                               b c             and go on together
 * ```
 *
 * So a sleep ends up to 1.1 ms late, and users fall in step: of a hundred users that ask once a second, one in ten starts at
 * the instant of another.
 *
 * Limits: one processor (`GOMAXPROCS=1`) without other timers.
 */
export class NetpollTimers implements Handler {
  private readonly sleepers = new FastPriorityQueue<Sleeper>(
    (a, b) => a.dueNs < b.dueNs || (a.dueNs === b.dueNs && a.sequence < b.sequence),
  );
  private readonly alarm: number;
  private sequence = 0;
  private waking = false;

  constructor(private readonly simulation: Simulation) {
    this.alarm = simulation.createTimer(this, 0);
  }

  /** Ends in `wakeUp.handle()`. */
  sleep(durationNs: number, wakeUp: WakeUp): void {
    this.sleepers.add({ dueNs: this.simulation.nowNs + durationNs, sequence: this.sequence++, wakeUp });
    if (!this.waking) this.wait();
  }

  /** The process is awake: something has arrived, or it has computed. Wakes who is due, and waits anew. */
  awake(): void {
    if (this.waking) return;
    const nowNs = this.simulation.nowNs;
    this.waking = true;
    for (
      let next = this.sleepers.peek();
      next !== undefined && next.dueNs <= nowNs;
      next = this.sleepers.peek()
    ) {
      this.sleepers.poll();
      next.wakeUp.handle();
    }
    this.waking = false;
    this.wait();
  }

  handle(): void {
    this.awake();
  }

  private wait(): void {
    const next = this.sleepers.peek();
    if (next === undefined) {
      this.simulation.disarmTimer(this.alarm);
      return;
    }
    const nowNs = this.simulation.nowNs;
    const wholeMs = Math.max(1, Math.floor((next.dueNs - nowNs) / NS_PER_MS));
    this.simulation.armTimer(this.alarm, nowNs + wholeMs * NS_PER_MS + SLACK_NS);
  }
}
