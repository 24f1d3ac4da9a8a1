import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import { TimeoutList } from '../../../kernel/timeouts.js';
import type { SlotOwner } from '../../proxy/connection-pool.js';
import type { UpstreamConnection } from '../../proxy/upstream-connection.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import type { KeepaliveSettings } from './settings.js';

/**
 * The idle upstream connections of one worker: `ngx_http_upstream_keepalive_module.c`. One list for all hosts; the most
 * recently used one to a host is used first, the least recently used of all makes room.
 */
export class KeepaliveCache implements Handler {
  /** Least recently used first. */
  private readonly idle: UpstreamConnection[] = [];
  private readonly timeouts: TimeoutList;

  constructor(
    private readonly simulation: Simulation,
    private readonly settings: KeepaliveSettings,
    private readonly slots: SlotOwner,
  ) {
    this.timeouts = new TimeoutList(simulation, settings.idleNsMax, this, 0);
  }

  /** Idle connections. */
  get size(): number {
    return this.idle.length;
  }

  /** Takes the most recently used connection to `host`; `undefined` if there is none. It keeps its slot. */
  take(host: UpstreamHost): UpstreamConnection | undefined {
    for (let index = this.idle.length - 1; index >= 0; index -= 1) {
      const connection = this.idle[index]!;
      if (connection.host !== host) continue;
      this.removeAt(index);
      if (connection.connection?.open !== false) return connection;
      this.slots.releaseSlot(connection);
    }
    return undefined;
  }

  /** Keeps a connection whose answer is complete, or closes it. */
  save(connection: UpstreamConnection): void {
    const settings = this.settings;
    const ageNs = this.simulation.nowNs - connection.openedNs;
    if (
      settings.connectionsMax === 0 ||
      connection.requestCount >= settings.requestsMax ||
      ageNs > settings.ageNsMax
    ) {
      connection.connection?.close?.();
      this.slots.releaseSlot(connection);
      return;
    }
    if (this.idle.length === settings.connectionsMax) this.close(0);
    this.idle.push(connection);
    this.timeouts.add(connection);
  }

  /** The host closed its side of every connection; of all hosts, if none is given. */
  closeAll(host?: UpstreamHost): void {
    for (let index = this.idle.length - 1; index >= 0; index -= 1) {
      if (host === undefined || this.idle[index]!.host === host) this.close(index);
    }
  }

  /** A connection was idle for too long. */
  handle(_kind: number, payload: unknown): void {
    const connection = payload as UpstreamConnection;
    this.idle.splice(this.idle.indexOf(connection), 1);
    connection.connection?.close?.();
    this.slots.releaseSlot(connection);
  }

  private close(index: number): void {
    const connection = this.idle[index]!;
    connection.connection?.close?.();
    this.removeAt(index);
    this.slots.releaseSlot(connection);
  }

  private removeAt(index: number): void {
    const connection = this.idle[index]!;
    connection.timeoutList?.remove(connection);
    if (index === this.idle.length - 1) this.idle.pop();
    else this.idle.splice(index, 1);
  }
}
