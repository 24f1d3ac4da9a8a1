import type { Simulation } from '../kernel/loop.js';
import type { AnyField, Checked } from '../options/fields.js';
import type { PlugDescription } from '../options/plug.js';
import type { DistributionSpec } from '../random/distribution.js';
import type { Cache } from './cache.js';
import type { CpuGroup } from './cpu-group.js';
import type { Demand } from './demand.js';
import type { Exchange } from './exchange.js';
import type { Job } from './job.js';
import type { Pool } from './pool.js';
import type { Process } from './process.js';

/**
 * How an instance turns connections into work: which thread of which process a request runs on, and what waits where.
 * A server calls `job.instance.advance(job)` when a request's handler may begin, is called back by `finish` when its steps
 * are done, and ends in `job.instance.respond(job)`.
 */
export interface Server {
  /** Its processes, at least one; all have the same pools and caches, in the same order. */
  readonly processes: readonly Process[];
  /** How long it keeps an idle connection, ns; `NEVER`: for ever, 0: it closes after every answer. */
  readonly keepaliveNs: number;
  /** False while the listen backlog is full. */
  admits(): boolean;
  /** A connection was established, and waits to be accepted. */
  connected(): void;
  /** The process that will serve this request. */
  processFor(exchange: Exchange): Process;
  /** A request has arrived in full. `onNewConnection`: it is the first on its connection. */
  accept(job: Job): void;
  /** The handler's steps are done. */
  finish(job: Job): void;
  /** The process died: whatever waits is gone. */
  close(): void;
  /** Requests that wait for a worker or thread. */
  readonly queueLength: number;
  /** Threads or workers that serve a request. */
  readonly busyCount: number;
  /** How many there are. */
  readonly capacity: number;
  /** Connections that wait to be accepted. */
  readonly backlogLength: number;
}

/** What a server is made of besides its options. */
export interface ServerContext {
  readonly simulation: Simulation;
  /** Name of the service, for the names of its demands. */
  readonly service: string;
  readonly group: CpuGroup;
  /** Where in its period the server's own clockwork stands at the start, [0, 1): drawn per instance and replication. */
  readonly phaseRatio: number;
  /** The pools of one new process. */
  createPools(): readonly Pool[];
  /** The caches of one new process. */
  createCaches(): readonly Cache[];
  /** A demand of this service, by purpose. */
  demand(spec: DistributionSpec, purpose: string): Demand;
}

/** A kind of server (`uvicorn`, `gunicorn`, ...): describes itself, and makes the server of one instance. */
export interface ServerPlug<Options extends AnyField = AnyField> extends PlugDescription<Options> {
  create(options: Checked<Options>, context: ServerContext): Server;
}
