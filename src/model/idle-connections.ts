import type { Connection } from './exchange.js';

/** One place's idle connections, the latest last. */
interface IdleStack {
  readonly connections: (Connection | undefined)[];
  readonly sinceNs: number[];
}

/** The kept-alive connections of one virtual user, per target; last in, first out, as Go's transport has them. */
export class IdleConnections {
  /** What {@link take} took: undefined too where the station keeps no account of its connections. */
  taken: Connection | undefined = undefined;

  private readonly stacks: IdleStack[] = [];

  /** Takes an idle connection to `target` that the server has not closed (nor is known to after `keepaliveNs`); false if there is none. */
  take(target: number, nowNs: number, keepaliveNs: number): boolean {
    const stack = this.stacks[target];
    if (stack === undefined) return false;
    while (stack.sinceNs.length > 0) {
      const connection = stack.connections.pop();
      const sinceNs = stack.sinceNs.pop()!;
      if (connection?.open === false) continue;
      if (nowNs - sinceNs >= keepaliveNs) {
        connection?.close?.();
        continue;
      }
      this.taken = connection;
      return true;
    }
    return false;
  }

  /** Gives a connection back. */
  put(target: number, nowNs: number, connection: Connection | undefined): void {
    while (this.stacks.length <= target) this.stacks.push({ connections: [], sinceNs: [] });
    const stack = this.stacks[target]!;
    stack.connections.push(connection);
    stack.sinceNs.push(nowNs);
  }

  /** Closes all. */
  clear(): void {
    for (const stack of this.stacks) {
      for (const connection of stack.connections) connection?.close?.();
      stack.connections.length = 0;
      stack.sinceNs.length = 0;
    }
  }
}
