import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { cancelTimeout, type Expiring, TimeoutList } from '../kernel/timeouts.js';
import type { Connection } from './exchange.js';

/** A connection as the server that accepted it sees it. */
export class ServerConnection implements Connection, Expiring {
  open = true;
  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;

  constructor(private readonly owner: ServerConnections) {}

  /** True if `connections` accepted it. */
  isOf(connections: ServerConnections): boolean {
    return this.owner === connections;
  }

  /** The other end closes it. */
  close(): void {
    this.owner.close(this);
  }
}

/** The open connections of one process: what they take of its memory, and when idle ones are closed. */
export class ServerConnections implements Handler {
  private readonly all = new Set<ServerConnection>();
  private readonly idleTimeouts: TimeoutList;

  /** @param keepaliveNs how long an idle connection is kept; `NEVER`: for ever. */
  constructor(simulation: Simulation, keepaliveNs: number) {
    this.idleTimeouts = new TimeoutList(simulation, keepaliveNs, this, 0);
  }

  /** Open connections. */
  get count(): number {
    return this.all.size;
  }

  /** A handshake is complete. */
  accept(): ServerConnection {
    const connection = new ServerConnection(this);
    this.all.add(connection);
    return connection;
  }

  /** True for a connection of this life of the process. */
  owns(connection: ServerConnection): boolean {
    return connection.isOf(this);
  }

  /** A request arrives on it. */
  use(connection: ServerConnection): void {
    cancelTimeout(connection);
  }

  /** Its answer has been sent; the next request may come. */
  rest(connection: ServerConnection): void {
    if (connection.open) this.idleTimeouts.add(connection);
  }

  close(connection: ServerConnection): void {
    if (!connection.open) return;
    connection.open = false;
    cancelTimeout(connection);
    this.all.delete(connection);
  }

  /** The process ends, and its kernel closes everything. */
  closeAll(): void {
    for (const connection of [...this.all]) this.close(connection);
  }

  /** A connection was idle for too long. */
  handle(_kind: number, payload: unknown): void {
    this.close(payload as ServerConnection);
  }
}
