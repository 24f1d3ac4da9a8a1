import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { cancelTimeout, TimeoutList } from '../kernel/timeouts.js';
import type { Database } from './database.js';
import type { Demand } from './demand.js';
import { Fifo } from './fifo.js';
import type { Job } from './job.js';

const TIMED_OUT = 0;
const CONNECTED = 1;
const ASKED = 2;

/** SQLAlchemy's words and defaults (`QueuePool`). */
export interface PoolLimits {
  /** Connections kept open. */
  readonly poolSize: number;
  /** More that may be opened at need, and are closed when they come back to a full pool. */
  readonly maxOverflow: number;
  /** How long a request waits for a connection before it fails. */
  readonly poolTimeoutNs: number;
}

/** What a pool's own work costs, by the request that needs it. */
export interface PoolDemands {
  /** CPU of the driver to open a connection, in the instance. */
  readonly connect: Demand;
  /** CPU of the database for `ROLLBACK`; 0: the pool sends none. */
  readonly rollback: Demand;
}

/**
 * A connection pool of one process, as SQLAlchemy's `QueuePool` (2.0, `pool/impl.py`): opened lazily, first come first
 * served; a returned connection is kept while fewer than `pool_size` lie idle, and closed otherwise.
 */
export class Pool implements Handler {
  /** Connections in use. */
  inUse = 0;
  private idle = 0;
  private readonly waiting = new Fifo<Job>();
  private readonly timeouts: TimeoutList;
  private closed = false;

  constructor(
    simulation: Simulation,
    readonly name: string,
    readonly database: Database,
    private readonly limits: PoolLimits,
    /** Network time of one question and its answer. */
    readonly roundTrip: Demand,
    private readonly demands: PoolDemands,
  ) {
    this.timeouts = new TimeoutList(simulation, limits.poolTimeoutNs, this, TIMED_OUT);
  }

  /** Requests that wait for a connection. */
  get waitingCount(): number {
    return this.waiting.size;
  }

  /** Most connections that can be in use at once. */
  get capacity(): number {
    return this.limits.poolSize + this.limits.maxOverflow;
  }

  /** Asks for a connection on behalf of `job.waiter`, which is told `granted` or `refused`. */
  acquire(job: Job): void {
    if (this.idle > 0) {
      this.idle -= 1;
      this.inUse += 1;
      job.waiter!.granted(job);
    } else if (this.inUse < this.capacity) {
      this.open(job);
    } else {
      this.waiting.push(job);
      this.timeouts.add(job);
    }
  }

  /** True where a connection that comes back is rolled back. */
  get sendsRollback(): boolean {
    return this.demands.rollback.isPossible;
  }

  /** `ROLLBACK`, before {@link release}: a question and its answer, then `handler.handle(kind, job)`. False where there is none. */
  rollback(job: Job, handler: Handler, kind: number): boolean {
    const cpuNs = this.demands.rollback.draw(job.exchange);
    if (cpuNs === 0) return false;
    this.database.work(cpuNs, this.roundTrip.draw(job.exchange), handler, kind, job);
    return true;
  }

  /** Gives a connection back: to whoever waits longest, to the pool, or closes it. */
  release(): void {
    if (this.closed) return;
    const next = this.waiting.shift();
    if (next !== undefined) {
      cancelTimeout(next);
      next.waiter!.granted(next);
      return;
    }
    this.inUse -= 1;
    if (this.idle < this.limits.poolSize) this.idle += 1;
    else this.database.disconnect();
  }

  /** The process died: its connections are gone. */
  close(): void {
    this.closed = true;
    for (let count = this.inUse + this.idle; count > 0; count -= 1) this.database.disconnect();
    for (let job = this.waiting.shift(); job !== undefined; job = this.waiting.shift()) cancelTimeout(job);
    this.inUse = 0;
    this.idle = 0;
  }

  handle(kind: number, payload: unknown): void {
    const job = payload as Job;
    if (this.closed || job.dead) return;
    if (kind === ASKED) {
      this.database.open(job.exchange, this.roundTrip.draw(job.exchange), this, CONNECTED, job);
    } else if (kind === CONNECTED) {
      job.waiter!.granted(job);
    } else {
      this.waiting.remove(job);
      job.waiter!.refused(job);
    }
  }

  private open(job: Job): void {
    if (!this.database.connect()) {
      job.waiter!.refused(job);
      return;
    }
    this.inUse += 1;
    const cpuNs = this.demands.connect.draw(job.exchange);
    if (cpuNs > 0) job.cpu.run(cpuNs, this, ASKED, job);
    else this.handle(ASKED, job);
  }
}
