import { NEVER } from '../kernel/time.js';
import { drawInt32, type RandomStream } from '../random/stream.js';
import type { RequestPlan } from './call.js';
import { Fifo } from './fifo.js';
import type { Behaviour, IterationHost, VirtualUser } from './virtual-user.js';
import type { Executor, ExecutorContext } from './workload.js';

/** One line of a trace: when it is sent, since the start, and by whom. */
export interface TraceEntry {
  readonly atNs: number;
  /** Address of the client; absent: nobody in particular. */
  readonly client?: string | undefined;
}

/** What {@link TraceReplay} needs. */
export interface TraceReplayOptions {
  /** Ascending in time; at least one. */
  readonly entries: readonly TraceEntry[];
  /** How much later than the last line what is under way is interrupted. */
  readonly gracefulStopNs: number;
}

/**
 * Sends each line of a trace at its time, however slow the system is. A line is sent by a virtual user that is idle, of the same
 * client where the trace has clients, so that a client's kept connections are its own; where none is idle by one more.
 */
export class TraceReplay implements Executor, IterationHost {
  nextNs: number;

  /** Idle users by client. */
  private readonly idle = new Map<string, Fifo<VirtualUser>>();
  private readonly running = new Set<VirtualUser>();
  private readonly keys: RandomStream;
  private index = 0;

  constructor(
    private readonly options: TraceReplayOptions,
    private readonly context: ExecutorContext,
  ) {
    this.nextNs = context.startNs + options.entries[0]!.atNs;
    this.keys = context.source.stream('iterations');
  }

  stopDue(): void {
    if (this.index < this.options.entries.length) return;
    for (const vu of this.running) {
      vu.interrupt();
      this.rest(vu);
    }
    this.finish();
  }

  startDue(): void {
    const { entries, gracefulStopNs } = this.options;
    const { simulation, startNs } = this.context;
    while (this.index < entries.length && startNs + entries[this.index]!.atNs <= simulation.nowNs) {
      this.index += 1;
      this.send(this.index - 1);
    }
    if (this.nextNs === NEVER) return;
    const lastNs = entries[entries.length - 1]!.atNs;
    this.nextNs = startNs + (entries[this.index]?.atNs ?? lastNs + gracefulStopNs);
    if (this.index === entries.length && this.running.size === 0) this.finish();
  }

  iterationEnded(vu: VirtualUser): boolean {
    this.rest(vu);
    // While lines of this instant are being sent, `startDue` sees to the end.
    if (this.nextNs > this.context.simulation.nowNs && this.isOver()) this.finish();
    return false;
  }

  private isOver(): boolean {
    return this.index === this.options.entries.length && this.running.size === 0;
  }

  private send(index: number): void {
    const { pool, scenario, behaviour } = this.context;
    const { client } = this.options.entries[index]!;
    const vu = this.idle.get(client ?? '')?.shift() ?? pool.takeUnplanned();
    vu.assign(scenario, index, behaviour, this);
    if (client !== undefined) vu.impersonate(client);
    this.running.add(vu);
    pool.activeCount += 1;
    vu.startIteration(drawInt32(this.keys), drawInt32(this.keys));
  }

  private rest(vu: VirtualUser): void {
    this.running.delete(vu);
    this.context.pool.activeCount -= 1;
    const client = this.options.entries[vu.slot]!.client ?? '';
    let idle = this.idle.get(client);
    if (idle === undefined) {
      idle = new Fifo<VirtualUser>();
      this.idle.set(client, idle);
    }
    idle.push(vu);
  }

  private finish(): void {
    if (this.nextNs === NEVER) return;
    this.nextNs = NEVER;
    for (const idle of this.idle.values()) while (idle.size > 0) this.context.pool.giveBack(idle.shift()!);
    this.context.finished();
  }
}

/** Sends the one request of the line that the virtual user's slot is. */
export class TraceBehaviour implements Behaviour {
  /** @param plans one per line. */
  constructor(private readonly plans: readonly RequestPlan[]) {}

  begin(vu: VirtualUser): void {
    vu.state = 'ready';
  }

  advance(vu: VirtualUser): boolean {
    if (vu.state !== 'ready') return true;
    vu.state = 'sent';
    return vu.request(this.plans[vu.slot]!);
  }

  cut(): boolean {
    return false;
  }
}
