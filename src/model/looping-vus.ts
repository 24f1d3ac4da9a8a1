import { NEVER } from '../kernel/time.js';
import { drawInt32, type RandomStream } from '../random/stream.js';
import type { IterationHost, VirtualUser } from './virtual-user.js';
import type { Executor, ExecutorContext } from './workload.js';

/** How many iterations a fixed set of looping virtual users may start. */
export interface IterationQuota {
  /** Takes one iteration for the VU of that slot; false when there is none. */
  take(slot: number): boolean;
  /** Iterations that are dropped because the VU of that slot ended before its share was done. */
  droppedBySlot(slot: number): number;
  /** Iterations that are dropped because the executor ended. */
  droppedAtEnd(): number;
}

/** What {@link LoopingVus} needs: k6's options of the looping executors, checked, in ns. */
export interface LoopingVusOptions {
  readonly vus: number;
  /** From here on no iteration starts; since the executor's start. */
  readonly durationNs: number;
  /** How much later running iterations are interrupted. */
  readonly gracefulStopNs: number;
  readonly quota: IterationQuota;
  /** Whose stream the keys of iterations come from: each slot's own, or one for all in the order of starting. */
  readonly keysOf: 'slot' | 'scenario';
}

/**
 * A fixed number of virtual users that loop: constant-vus, shared-iterations and per-vu-iterations (k6's executors of those
 * names). All start at once; it ends with the last iteration, and at the latest after the graceful stop.
 */
export class LoopingVus implements Executor, IterationHost {
  nextNs: number;

  private readonly vus: (VirtualUser | undefined)[] = [];
  private readonly streams: RandomStream[] = [];
  private readonly endNs: number;
  private started = false;
  private runningCount = 0;

  constructor(
    private readonly options: LoopingVusOptions,
    private readonly context: ExecutorContext,
  ) {
    this.nextNs = context.startNs;
    this.endNs = context.startNs + options.durationNs;
    if (options.keysOf === 'scenario') this.streams.push(context.source.stream('iterations'));
  }

  stopDue(): void {
    if (!this.started || this.context.simulation.nowNs < this.endNs + this.options.gracefulStopNs) return;
    for (const vu of this.vus) {
      if (vu === undefined) continue;
      vu.interrupt();
      this.release(vu);
    }
  }

  startDue(): void {
    if (this.started) return;
    this.started = true;
    this.nextNs = this.endNs + this.options.gracefulStopNs;
    const { pool, scenario, behaviour } = this.context;
    for (let slot = 0; slot < this.options.vus; slot += 1) {
      const vu = pool.take();
      pool.activeCount += 1;
      vu.assign(scenario, slot, behaviour, this);
      this.vus.push(vu);
      this.runningCount += 1;
    }
    for (const vu of this.vus.slice()) {
      if (this.mayStart(vu!.slot)) this.start(vu!);
      else this.release(vu!);
    }
  }

  iterationEnded(vu: VirtualUser): boolean {
    if (this.mayStart(vu.slot)) {
      const stream = this.streamOf(vu.slot);
      vu.nextIteration(drawInt32(stream), drawInt32(stream));
      return true;
    }
    this.release(vu);
    return false;
  }

  /** A VU whose iteration ends exactly at the end instant does not start another. */
  private mayStart(slot: number): boolean {
    return this.context.simulation.nowNs < this.endNs && this.options.quota.take(slot);
  }

  private start(vu: VirtualUser): void {
    const stream = this.streamOf(vu.slot);
    vu.startIteration(drawInt32(stream), drawInt32(stream));
  }

  private release(vu: VirtualUser): void {
    const { pool, sink, scenario } = this.context;
    this.vus[vu.slot] = undefined;
    pool.activeCount -= 1;
    pool.giveBack(vu);
    const dropped = this.options.quota.droppedBySlot(vu.slot);
    if (dropped > 0) sink.droppedIterations(scenario, dropped);
    this.runningCount -= 1;
    if (this.runningCount === 0) this.finish();
  }

  private finish(): void {
    const dropped = this.options.quota.droppedAtEnd();
    if (dropped > 0) this.context.sink.droppedIterations(this.context.scenario, dropped);
    this.nextNs = NEVER;
    this.context.finished();
  }

  private streamOf(slot: number): RandomStream {
    if (this.options.keysOf === 'scenario') return this.streams[0]!;
    let stream = this.streams[slot];
    if (stream === undefined) {
      stream = this.context.source.stream(`vu/${slot}/iterations`);
      this.streams[slot] = stream;
    }
    return stream;
  }
}
