import type { Simulation } from '../../kernel/loop.js';
import type { Handler } from '../../kernel/queue.js';
import { TimeoutList } from '../../kernel/timeouts.js';
import type { UpstreamConnection } from './upstream-connection.js';
import type { UpstreamHost } from './upstream-host.js';

/** How long upstream connections are kept; {@link NEVER} for what is not limited. */
export interface PoolSettings {
  /** Idle connections to one host; 0: none is kept. */
  readonly idlePerHostMax: number;
  readonly requestsMax: number;
  readonly idleNsMax: number;
}

/** Told of every idle connection that is closed: its slot is free again. */
export interface SlotOwner {
  releaseSlot(connection: UpstreamConnection): void;
}

/** The idle upstream connections of one worker, host by host: the most recently used is used first, the least recently used makes room. */
export class ConnectionPool implements Handler {
  /** Least recently used first. */
  private readonly idle = new Map<UpstreamHost, UpstreamConnection[]>();
  private readonly timeouts: TimeoutList;

  constructor(
    simulation: Simulation,
    private readonly settings: PoolSettings,
    /** Whose connections take slots; nobody unless told. */
    private readonly slots?: SlotOwner,
  ) {
    this.timeouts = new TimeoutList(simulation, settings.idleNsMax, this, 0);
  }

  /** Idle connections to `host`. */
  idleCount(host: UpstreamHost): number {
    return this.idle.get(host)?.length ?? 0;
  }

  /** Takes the most recently used connection to `host` that is still open; `undefined` if there is none. */
  take(host: UpstreamHost): UpstreamConnection | undefined {
    const list = this.idle.get(host);
    while (list !== undefined && list.length > 0) {
      const connection = list.pop()!;
      connection.timeoutList?.remove(connection);
      if (connection.connection?.open !== false) return connection;
      this.slots?.releaseSlot(connection);
    }
    return undefined;
  }

  /** True if a connection may carry a further request. */
  keeps(connection: UpstreamConnection): boolean {
    const { idlePerHostMax, requestsMax } = this.settings;
    return idlePerHostMax > 0 && connection.requestCount < requestsMax;
  }

  /** Keeps a connection whose answer is complete, or closes it. */
  save(connection: UpstreamConnection): void {
    if (!this.keeps(connection)) {
      connection.connection?.close?.();
      this.slots?.releaseSlot(connection);
      return;
    }
    let list = this.idle.get(connection.host);
    if (list === undefined) {
      list = [];
      this.idle.set(connection.host, list);
    }
    if (list.length >= this.settings.idlePerHostMax) this.close(list[0]!);
    list.push(connection);
    this.timeouts.add(connection);
  }

  /** Closes the idle connections to `host`, or to all hosts. */
  closeAll(host?: UpstreamHost): void {
    const lists = host === undefined ? [...this.idle.values()] : [this.idle.get(host) ?? []];
    for (const list of lists) while (list.length > 0) this.close(list.at(-1)!);
  }

  /** Drops the connections that their servers have closed meanwhile. */
  forgetClosed(): void {
    for (const list of this.idle.values()) {
      for (const connection of list.filter((idle) => idle.connection?.open === false)) this.close(connection);
    }
  }

  /** A connection was idle for too long. */
  handle(_kind: number, payload: unknown): void {
    this.close(payload as UpstreamConnection);
  }

  private close(connection: UpstreamConnection): void {
    const list = this.idle.get(connection.host)!;
    list.splice(list.indexOf(connection), 1);
    connection.timeoutList?.remove(connection);
    connection.connection?.close?.();
    this.slots?.releaseSlot(connection);
  }
}
