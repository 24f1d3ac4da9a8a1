import { NEVER } from '../kernel/time.js';
import { drawInt32, type RandomStream } from '../random/stream.js';
import { ErrorCode } from './call.js';
import type { IterationHost, VirtualUser } from './virtual-user.js';
import type { Executor, ExecutorContext } from './workload.js';

/** What {@link AbConnections} needs: ab's options, in ns. */
export interface AbConnectionsOptions {
  /** Requests to send. */
  readonly n: number;
  /** Connections side by side. */
  readonly c: number;
  /** The first request that ends at or after it ends the test; `NEVER` for none. */
  readonly timeLimitNs: number;
  /** So long without any answer, and ab gives up. */
  readonly silenceNs: number;
  /** `-r`: whether the test goes on where a connection is refused or reset. */
  readonly onReceiveError: 'exit' | 'go on';
}

/**
 * ApacheBench's loop (support/ab.c): one connection alone until its first answer has come, then the others beside it; each sends its
 * next request as soon as it has an answer, until all are sent.
 *
 * ab has no timeout of a single request: it gives up when nothing at all happens for so long. What it gives up, or is under way at
 * the time limit, is in no statistics; requests that were never sent are dropped iterations.
 */
export class AbConnections implements Executor, IterationHost {
  nextNs: number;

  private readonly vus: (VirtualUser | undefined)[] = [];
  private readonly keys: RandomStream;
  private readonly limitNs: number;
  private sentCount = 0;
  private runningCount = 0;
  private lastAnswerNs: number;
  private started = false;
  private answered = false;

  constructor(
    private readonly options: AbConnectionsOptions,
    private readonly context: ExecutorContext,
  ) {
    this.nextNs = context.startNs;
    this.lastAnswerNs = context.startNs;
    this.limitNs = context.startNs + options.timeLimitNs;
    this.keys = context.source.stream('iterations');
  }

  stopDue(): void {
    if (!this.started) return;
    const silentUntilNs = this.lastAnswerNs + this.options.silenceNs;
    if (silentUntilNs > this.context.simulation.nowNs) this.nextNs = silentUntilNs;
    else this.end();
  }

  startDue(): void {
    if (this.started) return;
    this.started = true;
    this.nextNs = this.context.startNs + this.options.silenceNs;
    this.connect();
  }

  iterationEnded(vu: VirtualUser): boolean {
    const { nowNs } = this.context.simulation;
    const { errorCode, status } = vu.response!;
    this.lastAnswerNs = nowNs;
    const isReceiveError = errorCode === ErrorCode.dialRefused || errorCode === ErrorCode.resetByPeer;
    if (nowNs >= this.limitNs || (isReceiveError && this.options.onReceiveError === 'exit')) {
      this.release(vu);
      this.end();
      return false;
    }
    if (!this.answered && status > 0) this.connectOthers();
    if (this.sentCount < this.options.n) {
      this.sentCount += 1;
      vu.nextIteration(drawInt32(this.keys), drawInt32(this.keys));
      return true;
    }
    this.release(vu);
    if (this.runningCount === 0) this.end();
    return false;
  }

  private connectOthers(): void {
    this.answered = true;
    while (this.vus.length < this.options.c && this.sentCount < this.options.n) this.connect();
  }

  private connect(): void {
    const { pool, scenario, behaviour } = this.context;
    const vu = pool.take();
    pool.activeCount += 1;
    this.runningCount += 1;
    this.sentCount += 1;
    vu.assign(scenario, this.vus.length, behaviour, this);
    vu.connections.clear();
    this.vus.push(vu);
    vu.startIteration(drawInt32(this.keys), drawInt32(this.keys));
  }

  private end(): void {
    if (this.nextNs === NEVER) return;
    this.nextNs = NEVER;
    for (const vu of this.vus) {
      if (vu === undefined) continue;
      vu.interrupt();
      this.release(vu);
    }
    const { sink, scenario } = this.context;
    const unsentCount = this.options.timeLimitNs === NEVER ? this.options.n - this.sentCount : 0;
    if (unsentCount > 0) sink.droppedIterations(scenario, unsentCount);
    this.context.finished();
  }

  private release(vu: VirtualUser): void {
    this.vus[vu.slot] = undefined;
    this.runningCount -= 1;
    this.context.pool.activeCount -= 1;
    this.context.pool.giveBack(vu);
  }
}
