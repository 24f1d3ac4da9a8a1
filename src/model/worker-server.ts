import type { Handler } from '../kernel/queue.js';
import type { Checked } from '../options/fields.js';
import type { Cache } from './cache.js';
import type { Exchange } from './exchange.js';
import { Fifo } from './fifo.js';
import { InterpreterLock } from './interpreter-lock.js';
import type { Job } from './job.js';
import { Overhead, type overheadField } from './overhead.js';
import type { Pool } from './pool.js';
import type { Process } from './process.js';
import type { Processor } from './processor.js';
import type { Server, ServerContext } from './server.js';

const PARSED = 0;
const WRITTEN = 1;

/** What {@link WorkerServer} may use; counts are per instance unless they say otherwise. */
export interface WorkerServerLimits {
  readonly processes: number;
  /** Requests that one process serves at once. */
  readonly threadsPerProcess: number;
  readonly backlog: number;
  /** How long an idle connection is kept, ns; 0: not at all. */
  readonly keepaliveNs: number;
  /** True: the threads of a process share one interpreter lock. */
  readonly interpreterLock: boolean;
  readonly overhead: Checked<typeof overheadField>;
}

class WorkerProcess implements Process {
  readonly cpu: Processor;
  readonly lock: InterpreterLock | undefined;
  readonly pools: readonly Pool[];
  readonly caches: readonly Cache[];
  busy = 0;

  constructor(context: ServerContext, limits: WorkerServerLimits) {
    this.lock = limits.interpreterLock ? new InterpreterLock(context.simulation, context.group) : undefined;
    this.cpu = this.lock ?? context.group;
    this.pools = context.createPools();
    this.caches = context.createCaches();
  }
}

/**
 * A server whose workers take one request at a time from start to end; what finds no worker waits in the listen backlog,
 * where the kernel drops the SYNs of those beyond.
 */
export class WorkerServer implements Server, Handler {
  readonly processes: WorkerProcess[] = [];
  readonly keepaliveNs: number;
  private readonly waiting = new Fifo<Job>();
  private readonly overhead: Overhead;
  /** Connections that stand but whose request is still on its way. */
  private connecting = 0;

  constructor(
    private readonly limits: WorkerServerLimits,
    context: ServerContext,
  ) {
    for (let index = 0; index < limits.processes; index += 1) {
      this.processes.push(new WorkerProcess(context, limits));
    }
    this.overhead = new Overhead(limits.overhead, context);
    this.keepaliveNs = limits.keepaliveNs;
  }

  get queueLength(): number {
    return this.waiting.size;
  }

  get busyCount(): number {
    return this.processes.reduce((sum, process) => sum + process.busy, 0);
  }

  get capacity(): number {
    return this.limits.processes * this.limits.threadsPerProcess;
  }

  get backlogLength(): number {
    return this.waiting.size + this.connecting;
  }

  admits(): boolean {
    return this.backlogLength < this.limits.backlog;
  }

  connected(): void {
    this.connecting += 1;
  }

  /** The least busy process (an idle one is the one that wakes up to accept); the first of equals. */
  processFor(_exchange: Exchange): Process {
    let best = this.processes[0]!;
    for (const process of this.processes) if (process.busy < best.busy) best = process;
    return best;
  }

  accept(job: Job): void {
    if (job.exchange.needsConnection) this.connecting -= 1;
    const process = job.process as WorkerProcess;
    if (process.busy < this.limits.threadsPerProcess) this.begin(job, process);
    else this.waiting.push(job);
  }

  finish(job: Job): void {
    job.cpu.run(this.overhead.after(job), this, WRITTEN, job);
  }

  close(): void {
    this.waiting.clear();
    for (const process of this.processes) {
      process.lock?.clear();
      for (const pool of process.pools) pool.close();
    }
  }

  handle(kind: number, payload: unknown): void {
    const job = payload as Job;
    if (job.dead) return;
    if (kind === PARSED) {
      job.instance.advance(job);
      return;
    }
    const process = job.process as WorkerProcess;
    process.busy -= 1;
    const next = this.waiting.shift();
    if (next !== undefined) this.begin(next, process);
    job.instance.respond(job);
  }

  private begin(job: Job, process: WorkerProcess): void {
    process.busy += 1;
    job.process = process;
    job.cpu = process.cpu;
    job.cpu.run(this.overhead.before(job), this, PARSED, job);
  }
}
