import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import type { Demand, Keyed } from './demand.js';
import type { Processor } from './processor.js';

const COMPUTED = 0;

/** One query on its way through the database. */
interface Query {
  readonly waitNs: number;
  readonly handler: Handler;
  readonly kind: number;
  readonly payload: unknown;
}

/**
 * A PostgreSQL-like database: a process per connection, up to `max_connections`; a query computes on its host, then
 * waits (disk, locks, `pg_sleep`) without CPU.
 *
 * Limits: no locks between queries, no buffer cache; what a query needs is the model's to say.
 */
export class Database implements Handler {
  /** Open connections of all pools. */
  connectionCount = 0;
  /** Connections refused because all were taken. */
  refusedCount = 0;
  /** Queries, and whatever else was asked, which compute or wait. */
  activeCount = 0;
  queryCount = 0;
  /** Factor on every demand while a failure slows it down. */
  slowFactor = 1;

  constructor(
    private readonly simulation: Simulation,
    readonly name: string,
    private readonly processor: Processor,
    readonly maxConnections: number,
    private readonly opening: {
      /** CPU (fork, authentication, catalogues), by the request that needs the connection. */
      readonly cpu: Demand;
      /** Time without CPU. */
      readonly time: Demand;
    },
  ) {}

  /** Opens a connection; false: `FATAL: sorry, too many clients already`. */
  connect(): boolean {
    if (this.connectionCount >= this.maxConnections) {
      this.refusedCount += 1;
      return false;
    }
    this.connectionCount += 1;
    return true;
  }

  /** Opens what {@link connect} granted: CPU, then `roundTripNs` and more time, then `handler.handle(kind, payload)`. */
  open(keyed: Keyed, roundTripNs: number, handler: Handler, kind: number, payload: unknown): void {
    const { cpu, time } = this.opening;
    this.work(cpu.draw(keyed), time.draw(keyed) + roundTripNs, handler, kind, payload);
  }

  disconnect(): void {
    this.connectionCount -= 1;
  }

  /** Runs a query: `cpuNs` of CPU, then `waitNs` of waiting, then `handler.handle(kind, payload)`. */
  query(cpuNs: number, waitNs: number, handler: Handler, kind: number, payload: unknown): void {
    this.queryCount += 1;
    this.work(cpuNs, waitNs, handler, kind, payload);
  }

  /** {@link query}, not counted as one. */
  work(cpuNs: number, waitNs: number, handler: Handler, kind: number, payload: unknown): void {
    this.activeCount += 1;
    const query: Query = { waitNs: Math.round(waitNs * this.slowFactor), handler, kind, payload };
    this.processor.run(Math.round(cpuNs * this.slowFactor), this, COMPUTED, query);
  }

  handle(kind: number, payload: unknown): void {
    const query = payload as Query;
    if (kind === COMPUTED && query.waitNs > 0) {
      this.simulation.after(query.waitNs, this, COMPUTED + 1, query);
      return;
    }
    this.activeCount -= 1;
    query.handler.handle(query.kind, query.payload);
  }
}
