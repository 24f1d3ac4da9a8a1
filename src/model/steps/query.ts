import type { Handler } from '../../kernel/queue.js';
import { count, name, record } from '../../options/fields.js';
import { durationDistribution } from '../../random/fields.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
import type { Pool } from '../pool.js';
import type { Step } from '../route.js';
import type { StepPlug } from '../step.js';

const NOTHING = { kind: 'constant', options: { value: 0 } };

const options = record({
  query: name().describe('the pool to take a connection from'),
  time: durationDistribution()
    .default(NOTHING)
    .describe('time in the database without CPU: `pg_sleep`, disk, locks'),
  cpu: durationDistribution().default(NOTHING).describe('CPU time in the database, on its host'),
  client_cpu: durationDistribution()
    .default(NOTHING)
    .describe(
      'CPU of the driver and the object-relational mapper in the instance, while the connection is held',
    ),
  on_timeout: count({ min: 400, max: 599 })
    .default(500)
    .describe('status when no connection came free within `pool_timeout` (an uncaught exception is a 500)'),
});

/** Takes a connection from a pool, runs a query, gives the connection back. */
export const query: StepPlug<typeof options> = {
  name: 'query',
  summary: 'takes a connection from a pool, runs a query in the database, gives the connection back',
  source: 'SQLAlchemy 2.0 QueuePool; PostgreSQL: one process per connection',
  options,
  example: '- { query: db, time: 8ms, cpu: 0.2ms, on_timeout: 503 }',
  compile: (checked, context) => {
    context.emit(
      new QueryStep(
        context.poolIndex(checked.query),
        context.demand(checked.time, 'time'),
        context.demand(checked.cpu, 'cpu'),
        context.demand(checked.client_cpu, 'client_cpu'),
        checked.on_timeout,
      ),
    );
  },
};

const SENT = 0;
const ANSWERED = 1;
const FETCHED = 2;
const ROLLED_BACK = 3;
const RETURNED = 4;

/** The driver's CPU lies before the statement, after its answer, and after `ROLLBACK` where there is one. */
const CLIENT_PARTS = 2;
const CLIENT_PARTS_WITH_ROLLBACK = 3;

/**
 * The thread's way: it computes, asks, waits without the interpreter lock, computes on. Statement and `ROLLBACK` each let
 * another thread take the lock, for as long as that one then computes (psycopg2 sends `BEGIN` with the statement).
 *
 * ```
 *   instance  ##             ##            ##
 *   database    [statement]    [ROLLBACK]
 * ```
 */
class QueryStep implements Step, Handler {
  constructor(
    private readonly poolIndex: number,
    private readonly time: Demand,
    private readonly cpu: Demand,
    private readonly clientCpu: Demand,
    private readonly timeoutStatus: number,
  ) {}

  start(job: Job): void {
    job.waiter = this;
    job.process.pools[this.poolIndex]!.acquire(job);
  }

  /** A connection is there. */
  granted(job: Job): void {
    job.waiter = undefined;
    this.compute(job, SENT);
  }

  /** None came in time. */
  refused(job: Job): void {
    job.waiter = undefined;
    job.instance.fail(job, this.timeoutStatus);
  }

  handle(kind: number, payload: unknown): void {
    const job = payload as Job;
    if (job.dead) return;
    const pool = job.process.pools[this.poolIndex]!;
    switch (kind) {
      case SENT: {
        const waitNs = this.time.draw(job.exchange) + pool.roundTrip.draw(job.exchange);
        pool.database.query(this.cpu.draw(job.exchange), waitNs, this, ANSWERED, job);
        break;
      }
      case ANSWERED:
        this.compute(job, FETCHED);
        break;
      case FETCHED:
        if (!pool.rollback(job, this, ROLLED_BACK)) this.end(job, pool);
        break;
      case ROLLED_BACK:
        // The thread has the interpreter again, and gives the connection to one that has not: it computes on meanwhile.
        this.compute(job, RETURNED);
        break;
      default:
        this.end(job, pool);
    }
  }

  private end(job: Job, pool: Pool): void {
    pool.release();
    job.instance.advance(job);
  }

  private compute(job: Job, next: number): void {
    const { sendsRollback } = job.process.pools[this.poolIndex]!;
    const parts = sendsRollback ? CLIENT_PARTS_WITH_ROLLBACK : CLIENT_PARTS;
    const cpuNs = Math.round((this.clientCpu.draw(job.exchange) * job.slowness) / parts);
    job.cpu.run(cpuNs, this, next, job);
  }
}
