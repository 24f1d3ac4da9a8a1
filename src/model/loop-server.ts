import type { Checked } from '../options/fields.js';
import type { Cache } from './cache.js';
import type { Exchange } from './exchange.js';
import type { Job } from './job.js';
import { Overhead, type overheadField } from './overhead.js';
import type { Pool } from './pool.js';
import type { Process } from './process.js';
import { type LateDemand, SerialProcessor } from './serial-processor.js';
import type { Server, ServerContext } from './server.js';

const PARSED = 0;
const WRITTEN = 1;

interface LoopServerLimits {
  readonly workers: number;
  readonly backlog: number;
  /** How long an idle connection is kept, ns. */
  readonly keepalive_timeout: number;
  readonly overhead: Checked<typeof overheadField>;
}

class LoopProcess implements Process {
  readonly cpu: SerialProcessor;
  readonly pools: readonly Pool[];
  readonly caches: readonly Cache[];

  constructor(context: ServerContext) {
    this.cpu = new SerialProcessor(context.group);
    this.pools = context.createPools();
    this.caches = context.createCaches();
  }
}

/** A server whose handlers all run on the event loop of their process. */
export class LoopServer implements Server, LateDemand {
  readonly queueLength = 0;
  readonly keepaliveNs: number;
  readonly processes: LoopProcess[] = [];
  private readonly overhead: Overhead;
  private unaccepted = 0;

  constructor(
    private readonly limits: LoopServerLimits,
    context: ServerContext,
  ) {
    for (let index = 0; index < limits.workers; index += 1) this.processes.push(new LoopProcess(context));
    this.overhead = new Overhead(limits.overhead, context);
    this.keepaliveNs = limits.keepalive_timeout;
  }

  /** Loops that have something to do. */
  get busyCount(): number {
    return this.processes.reduce((sum, process) => sum + Math.min(1, process.cpu.length), 0);
  }

  get capacity(): number {
    return this.limits.workers;
  }

  get backlogLength(): number {
    return this.unaccepted;
  }

  admits(): boolean {
    return this.unaccepted < this.limits.backlog;
  }

  connected(): void {
    this.unaccepted += 1;
  }

  processFor(exchange: Exchange): Process {
    return this.processes[(exchange.keyLow >>> 8) % this.processes.length]!;
  }

  accept(job: Job): void {
    (job.cpu as SerialProcessor).runLate(this, PARSED, job);
  }

  demandNs(_kind: number, payload: unknown): number {
    return this.overhead.before(payload as Job);
  }

  finish(job: Job): void {
    job.cpu.run(this.overhead.after(job), this, WRITTEN, job);
  }

  close(): void {
    for (const process of this.processes) {
      process.cpu.clear();
      for (const pool of process.pools) pool.close();
    }
  }

  handle(kind: number, payload: unknown): void {
    const job = payload as Job;
    if (job.dead) return;
    if (kind === WRITTEN) {
      job.instance.respond(job);
      return;
    }
    if (job.exchange.needsConnection) this.unaccepted -= 1;
    job.instance.advance(job);
  }
}
