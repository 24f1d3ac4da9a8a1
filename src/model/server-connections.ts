import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { cancelTimeout, type Expiring, TimeoutList } from '../kernel/timeouts.js';
import type { Connection } from './exchange.js';

/** A connection as the server that accepted it sees it. */
export class ServerConnection implements Connection, Expiring {
  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;
  /** True once either end has closed it. */
  closed = false;

  constructor(
    private readonly owner: ServerConnections,
    private readonly life: number,
  ) {}

  get open(): boolean {
    return !this.closed && this.isOf(this.owner);
  }

  /** True if the process whose connections `connections` are has accepted it, and still lives. */
  isOf(connections: ServerConnections): boolean {
    return this.owner === connections && this.life === connections.life;
  }

  /** The other end closes it. */
  close(): void {
    this.owner.close(this);
  }
}

/** The open connections of one process: what they take of its memory, and when idle ones are closed. */
export class ServerConnections implements Handler {
  /** Open connections. */
  count = 0;
  /** Which life of the process this is; connections of earlier ones are dead. */
  life = 0;
  private readonly idleTimeouts: TimeoutList;

  /** @param keepaliveNs how long an idle connection is kept; `NEVER`: for ever. */
  constructor(simulation: Simulation, keepaliveNs: number) {
    this.idleTimeouts = new TimeoutList(simulation, keepaliveNs, this, 0);
  }

  /** A handshake is complete. */
  accept(): ServerConnection {
    this.count += 1;
    return new ServerConnection(this, this.life);
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
    connection.closed = true;
    cancelTimeout(connection);
    this.count -= 1;
  }

  /** The process ends, and its kernel closes everything. */
  closeAll(): void {
    this.life += 1;
    this.count = 0;
  }

  /** A connection was idle for too long. */
  handle(_kind: number, payload: unknown): void {
    this.close(payload as ServerConnection);
  }
}
