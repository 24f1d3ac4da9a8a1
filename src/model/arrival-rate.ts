import { NEVER } from '../kernel/time.js';
import { drawInt32, type RandomStream } from '../random/stream.js';
import { Fifo } from './fifo.js';
import type { IterationHost, VirtualUser } from './virtual-user.js';
import type { Arrivals, Executor, ExecutorContext } from './workload.js';

/** What {@link ArrivalRate} needs: k6's options of the two arrival-rate executors, checked, in ns. */
export interface ArrivalRateOptions {
  readonly arrivals: Arrivals;
  /** From here on no iteration starts; since the executor's start. */
  readonly durationNs: number;
  /** How much later running iterations are interrupted. */
  readonly gracefulStopNs: number;
  readonly preAllocatedVus: number;
  readonly vusMax: number;
  /** When it ends: at the end of its duration, or already when the last iteration has started and all are over. */
  readonly endsWith: 'duration' | 'arrivals';
}

/**
 * Iterations that start by the clock (constant- and ramping-arrival-rate): each goes to the VU that has been idle for
 * longest, or is dropped for good if none is. A dropped one makes one more VU, up to the maximum; making one takes no time here
 * (in k6 as long as the script's init code).
 *
 * The key of an iteration is drawn at its arrival, also when it is dropped: a slower system sees the same arrivals and demands.
 */
export class ArrivalRate implements Executor, IterationHost {
  nextNs: number;

  /** By slot; undefined once given back. */
  private readonly vus: (VirtualUser | undefined)[] = [];
  private readonly idle = new Fifo<VirtualUser>();
  private readonly keys: RandomStream;
  private endNs: number;
  private readonly cutNs: number;
  private started = false;
  private ended = false;
  private runningCount = 0;
  private arrivalNs = 0;

  constructor(
    private readonly options: ArrivalRateOptions,
    private readonly context: ExecutorContext,
  ) {
    this.nextNs = context.startNs;
    this.endNs = context.startNs + options.durationNs;
    this.cutNs = this.endNs + options.gracefulStopNs;
    this.keys = context.source.stream('iterations');
  }

  stopDue(): void {
    const nowNs = this.context.simulation.nowNs;
    if (!this.started || nowNs < this.endNs) return;
    this.ended = true;
    while (this.idle.size > 0) this.giveBack(this.idle.shift()!);
    if (nowNs >= this.cutNs) this.interruptAll();
    if (this.runningCount === 0) this.finish();
    else this.nextNs = this.cutNs;
  }

  startDue(): void {
    if (!this.started) this.start();
    const nowNs = this.context.simulation.nowNs;
    while (this.arrivalNs <= nowNs && nowNs < this.endNs) {
      this.arrive();
      this.arrivalNs = this.nextArrivalNs();
    }
    if (this.arrivalNs === NEVER && this.options.endsWith === 'arrivals') this.endNs = nowNs;
    if (nowNs <= this.endNs) this.nextNs = Math.min(this.arrivalNs, this.endNs);
  }

  iterationEnded(vu: VirtualUser): boolean {
    this.runningCount -= 1;
    this.context.pool.activeCount -= 1;
    if (this.context.simulation.nowNs < this.endNs) {
      this.idle.push(vu);
      return false;
    }
    this.giveBack(vu);
    // Before the end itself has been applied (at the same instant), it is that step which finishes.
    if (this.runningCount === 0 && this.ended) this.finish();
    return false;
  }

  private start(): void {
    this.started = true;
    for (let count = 0; count < this.options.preAllocatedVus; count += 1) {
      this.idle.push(this.adopt(this.context.pool.take()));
    }
    this.arrivalNs = this.nextArrivalNs();
  }

  private arrive(): void {
    const keyHigh = drawInt32(this.keys);
    const keyLow = drawInt32(this.keys);
    const { pool, sink, scenario } = this.context;
    const vu = this.idle.shift();
    if (vu !== undefined) {
      this.runningCount += 1;
      pool.activeCount += 1;
      vu.startIteration(keyHigh, keyLow);
      return;
    }
    sink.droppedIterations(scenario, 1);
    if (this.vus.length < this.options.vusMax) this.idle.push(this.adopt(pool.takeUnplanned()));
  }

  private adopt(vu: VirtualUser): VirtualUser {
    vu.assign(this.context.scenario, this.vus.length, this.context.behaviour, this);
    this.vus.push(vu);
    return vu;
  }

  private nextArrivalNs(): number {
    return this.context.startNs + this.options.arrivals.next();
  }

  private interruptAll(): void {
    for (const vu of this.vus) {
      if (vu === undefined) continue;
      vu.interrupt();
      this.runningCount -= 1;
      this.context.pool.activeCount -= 1;
      this.giveBack(vu);
    }
  }

  private giveBack(vu: VirtualUser): void {
    this.vus[vu.slot] = undefined;
    this.context.pool.giveBack(vu);
  }

  private finish(): void {
    this.nextNs = NEVER;
    this.context.finished();
  }
}
