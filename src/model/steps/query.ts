import type { Handler } from '../../kernel/queue.js';
import { count, name, record } from '../../options/fields.js';
import { durationDistribution } from '../../random/fields.js';
import type { Demand } from '../demand.js';
import type { Job } from '../job.js';
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
    job.cpu.run(this.halfClientCpuNs(job), this, SENT, job);
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
    if (kind === SENT) {
      const waitNs = this.time.draw(job.exchange) + pool.roundTrip.draw(job.exchange);
      pool.database.query(this.cpu.draw(job.exchange), waitNs, this, ANSWERED, job);
    } else if (kind === ANSWERED) {
      job.cpu.run(this.halfClientCpuNs(job), this, FETCHED, job);
    } else {
      pool.release();
      job.instance.advance(job);
    }
  }

  private halfClientCpuNs(job: Job): number {
    return Math.round((this.clientCpu.draw(job.exchange) * job.coldFactor) / 2);
  }
}
