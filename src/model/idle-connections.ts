import type { Connection } from './exchange.js';
import type { Link } from './network.js';

/** One place's idle connections, the latest last. */
interface IdleStack {
  readonly connections: (Connection | undefined)[];
  /** The way to the address that each was opened to. */
  readonly links: Link[];
  readonly sinceNs: number[];
}

/** A connection, and the way it goes; an exchange that came over it is one. */
export interface OpenConnection {
  readonly connection: Connection | undefined;
  readonly link: Link;
}

/** The kept-alive connections of one virtual user, per target; last in, first out, as Go's transport has them. */
export class IdleConnections {
  /** What {@link take} took: undefined too where the station keeps no account of its connections. */
  taken: Connection | undefined = undefined;
  /** The way that the connection goes which {@link take} took last. */
  takenLink: Link | undefined = undefined;

  private readonly stacks: IdleStack[] = [];

  /** Takes an idle connection to `target` that the server has not closed (nor is known to after `keepaliveNs`); false if there is none. */
  take(target: number, nowNs: number, keepaliveNs: number): boolean {
    const stack = this.stacks[target];
    if (stack === undefined) return false;
    while (stack.sinceNs.length > 0) {
      const connection = stack.connections.pop();
      const link = stack.links.pop();
      const sinceNs = stack.sinceNs.pop()!;
      if (connection?.open === false) continue;
      if (nowNs - sinceNs >= keepaliveNs) {
        connection?.close?.();
        continue;
      }
      this.taken = connection;
      this.takenLink = link;
      return true;
    }
    return false;
  }

  /** Gives a connection back. */
  put(target: number, nowNs: number, { connection, link }: OpenConnection): void {
    while (this.stacks.length <= target) this.stacks.push({ connections: [], links: [], sinceNs: [] });
    const stack = this.stacks[target]!;
    stack.connections.push(connection);
    stack.links.push(link);
    stack.sinceNs.push(nowNs);
  }

  /** Closes all. */
  clear(): void {
    for (const stack of this.stacks) {
      for (const connection of stack.connections) connection?.close?.();
      stack.connections.length = 0;
      stack.links.length = 0;
      stack.sinceNs.length = 0;
    }
  }
}
