import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import type { UpstreamConnection } from '../../proxy/upstream-connection.js';

/** `pool-max-conn`, `pool-low-conn`, `pool-purge-delay` and `max-reuse` of a server; `NEVER` for what is not limited. */
export interface ServerPoolSettings {
  readonly idleMax: number;
  readonly idleLow: number;
  /** 0: no connection is kept. */
  readonly purgeDelayNs: number;
  /** Requests on one connection. */
  readonly requestsMax: number;
}

/** A connection in the pool, and the thread that put it there. */
interface Idle {
  readonly connection: UpstreamConnection;
  readonly thread: number;
}

/** Which idle connections a request may take: `http-reuse` at its first or at a later request. */
export const Reuse = { none: 0, safe: 1, any: 2 } as const;
export type Reuse = (typeof Reuse)[keyof typeof Reuse];

/**
 * The connections to one server, of all threads: `srv_add_to_idle_list`, `conn_backend_get` and `srv_cleanup_idle_conns`.
 * An idle connection is kept if its thread has none yet, or if there are not more than were needed of late; now and then
 * half of what is too many is closed.
 *
 * Limits: a thread takes the oldest idle connection of all threads, not its own first; with `http-reuse never` a connection is
 * not kept even for later requests of the same client, as it is in the original.
 */
export class ServerPool implements Handler {
  /** Longest idle first. */
  private idle: Idle[] = [];
  private used = 0;
  private usedMax = 0;
  private needed = 0;
  private isPurgePlanned = false;

  constructor(
    private readonly simulation: Simulation,
    private readonly settings: ServerPoolSettings,
  ) {}

  /** Connections without a request. */
  get idleCount(): number {
    return this.idle.length;
  }

  /** A connection for a request: an idle one, or (`undefined`) a new one, which counts from now on. */
  take(reuse: Reuse): UpstreamConnection | undefined {
    const taken = this.takeIdle(reuse);
    this.used += 1;
    this.usedMax = Math.max(this.usedMax, this.used);
    this.needed = Math.max(this.needed, this.used);
    return taken;
  }

  /** A connection is closed by whichever side. */
  drop(): void {
    this.used -= 1;
  }

  /** The answer is complete: the connection idles, or is closed. */
  save(connection: UpstreamConnection, thread: number): void {
    const { idleMax, idleLow, purgeDelayNs, requestsMax } = this.settings;
    const ofThread = this.idle.some((entry) => entry.thread === thread);
    const isKept =
      purgeDelayNs > 0 &&
      this.idle.length < idleMax &&
      connection.requestCount < requestsMax &&
      (!ofThread || this.used + this.idle.length <= Math.max(this.used, this.needed) + idleLow);
    this.used -= 1;
    if (!isKept) {
      connection.connection?.close?.();
      return;
    }
    this.idle.push({ connection, thread });
    if (this.isPurgePlanned) return;
    this.isPurgePlanned = true;
    this.simulation.after(purgeDelayNs, this, 0);
  }

  /** The server has closed all connections, or is not to keep any. */
  closeAll(): void {
    for (const { connection } of this.idle.splice(0)) connection.connection?.close?.();
  }

  /** Time to close what was not needed. */
  handle(): void {
    this.isPurgePlanned = false;
    this.idle = this.idle.filter(({ connection }) => connection.connection?.open !== false);
    const excess = this.used + this.idle.length - Math.max(this.usedMax, this.needed);
    this.needed = Math.max(Math.floor((this.needed + this.usedMax) / 2), this.usedMax);
    this.usedMax = this.used;
    const count = Math.min(this.idle.length, Math.ceil(Math.max(0, excess) / 2) + (excess > 0 ? 1 : 0));
    for (const { connection } of this.idle.splice(0, count)) connection.connection?.close?.();
    if (this.idle.length === 0) return;
    this.isPurgePlanned = true;
    this.simulation.after(this.settings.purgeDelayNs, this, 0);
  }

  private takeIdle(reuse: Reuse): UpstreamConnection | undefined {
    if (reuse === Reuse.none) return undefined;
    for (let index = 0; index < this.idle.length; ) {
      const { connection } = this.idle[index]!;
      if (connection.connection?.open === false) {
        this.idle.splice(index, 1);
        continue;
      }
      // A connection is safe once its server has answered twice on it.
      if (reuse === Reuse.any || connection.requestCount > 1) {
        this.idle.splice(index, 1);
        return connection;
      }
      index += 1;
    }
    return undefined;
  }
}
