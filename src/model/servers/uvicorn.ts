import type { Simulation } from '../../kernel/loop.js';
import { NS_PER_MS } from '../../kernel/time.js';
import { type Checked, count, duration, record } from '../../options/fields.js';
import { createDistribution } from '../../random/catalogue.js';
import { durationDistribution } from '../../random/fields.js';
import type { Cache } from '../cache.js';
import type { Exchange } from '../exchange.js';
import { Fifo } from '../fifo.js';
import { InterpreterLock, SWITCH_INTERVAL_NS } from '../interpreter-lock.js';
import type { Job } from '../job.js';
import { Overhead, overheadField } from '../overhead.js';
import type { Pool } from '../pool.js';
import type { Process } from '../process.js';
import type { Processor } from '../processor.js';
import { type LateDemand, SerialProcessor } from '../serial-processor.js';
import type { Server, ServerContext, ServerPlug } from '../server.js';

const PARSED = 0;
const WRITTEN = 1;
const TICK = 2;
const TICKED = 3;

/** `await asyncio.sleep(0.1)` in uvicorn's `Server.main_loop`. */
const TICK_INTERVAL_NS = 100 * NS_PER_MS;

const options = record({
  workers: count({ min: 1, max: 1024 })
    .default(1)
    .describe('processes (`--workers`), each with its own event loop, threads, pools and caches'),
  backlog: count({ min: 1 })
    .default(2048)
    .describe('connections the kernel holds until the event loop accepts them (`--backlog`)'),
  timeout_keep_alive: duration()
    .prefault('5s')
    .describe('how long an idle connection is kept (`--timeout-keep-alive`)'),
  threads: count({ min: 1 })
    .default(40)
    .describe('threads for `def` handlers, per process (AnyIO’s default limiter)'),
  switch_interval: duration()
    .default(SWITCH_INTERVAL_NS)
    .describe(
      'how long a thread waits before it asks the holder of the interpreter lock to let go (`sys.setswitchinterval`)',
    ),
  tick: durationDistribution()
    .prefault('100us')
    .describe('CPU of the main loop’s tick, ten times a second, whether there are requests or not'),
  overhead: overheadField,
});

/** The kind of server that runs FastAPI and Starlette applications. */
export const uvicorn: ServerPlug<typeof options> = {
  name: 'uvicorn',
  summary:
    'one event loop and a pool of threads per process, under one interpreter lock: async handlers run on the loop, others on a thread',
  source:
    'encode/uvicorn 0.3x; Starlette run_in_threadpool (AnyIO limiter of 40); CPython 3.11 Python/ceval_gil.h',
  options,
  example: 'server: { kind: uvicorn, workers: 1, backlog: 2048, threads: 40 }',
  create: (checked, context) => new Uvicorn(checked, context),
};

/** One worker process. */
class UvicornProcess implements Process {
  readonly cpu: Processor;
  readonly lock: InterpreterLock;
  readonly loop: SerialProcessor;
  readonly pools: readonly Pool[];
  readonly caches: readonly Cache[];
  readonly waiting = new Fifo<Job>();
  threadsBusy = 0;

  constructor(context: ServerContext, switchIntervalNs: number) {
    this.lock = new InterpreterLock(context.simulation, context.group, switchIntervalNs);
    this.cpu = this.lock;
    this.loop = new SerialProcessor(this.lock);
    this.pools = context.createPools();
    this.caches = context.createCaches();
  }
}

class Uvicorn implements Server, LateDemand {
  readonly processes: UvicornProcess[] = [];
  readonly keepaliveNs: number;
  private readonly overhead: Overhead;
  private readonly simulation: Simulation;
  private readonly tickNs: number;
  private closed = false;
  private unaccepted = 0;

  constructor(
    private readonly limits: Checked<typeof options>,
    context: ServerContext,
  ) {
    for (let index = 0; index < limits.workers; index += 1) {
      this.processes.push(new UvicornProcess(context, limits.switch_interval));
    }
    this.overhead = new Overhead(limits.overhead, context);
    this.keepaliveNs = limits.timeout_keep_alive;
    this.simulation = context.simulation;
    this.tickNs = Math.round(createDistribution(limits.tick).mean);
    if (this.tickNs > 0) this.simulation.after(Math.floor(context.phaseRatio * TICK_INTERVAL_NS), this, TICK);
  }

  get queueLength(): number {
    return this.processes.reduce((sum, process) => sum + process.waiting.size, 0);
  }

  get busyCount(): number {
    return this.processes.reduce((sum, process) => sum + process.threadsBusy, 0);
  }

  get capacity(): number {
    return this.limits.threads * this.limits.workers;
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

  /** Which process accepts is the kernel's business: even by the request's key. */
  processFor(exchange: Exchange): Process {
    return this.processes[(exchange.keyLow >>> 8) % this.processes.length]!;
  }

  accept(job: Job): void {
    const process = job.process as UvicornProcess;
    process.loop.runLate(this, PARSED, job);
  }

  /** How cold the process is shows when the task starts: behind others it finds everything warm. */
  demandNs(_kind: number, payload: unknown): number {
    return this.overhead.before(payload as Job);
  }

  finish(job: Job): void {
    const process = job.process as UvicornProcess;
    process.loop.run(this.overhead.after(job), this, WRITTEN, job);
  }

  close(): void {
    this.closed = true;
    for (const process of this.processes) {
      process.loop.clear();
      process.lock.clear();
      process.waiting.clear();
      for (const pool of process.pools) pool.close();
    }
  }

  handle(kind: number, payload: unknown): void {
    if (kind === TICK) this.tick();
    if (kind >= TICK) return;
    const job = payload as Job;
    if (job.dead) return;
    const process = job.process as UvicornProcess;
    if (kind === PARSED) this.dispatch(job, process);
    else this.write(job, process);
  }

  private tick(): void {
    if (this.closed) return;
    for (const process of this.processes) process.loop.run(this.tickNs, this, TICKED, undefined);
    this.simulation.after(TICK_INTERVAL_NS, this, TICK);
  }

  private dispatch(job: Job, process: UvicornProcess): void {
    if (job.exchange.needsConnection) this.unaccepted -= 1;
    if (job.route.runsOnLoop) {
      job.cpu = process.loop;
      job.instance.advance(job);
    } else if (process.threadsBusy < this.limits.threads) {
      process.threadsBusy += 1;
      job.instance.advance(job);
    } else {
      process.waiting.push(job);
    }
  }

  /** The event loop has seen the thread's result: only now is the thread's token free (AnyIO releases it on the loop). */
  private write(job: Job, process: UvicornProcess): void {
    if (!job.route.runsOnLoop) {
      const next = process.waiting.shift();
      if (next === undefined) process.threadsBusy -= 1;
      else next.instance.advance(next);
    }
    job.instance.respond(job);
  }
}
