import { record } from '../../options/fields.js';
import type { RandomStream } from '../../random/stream.js';
import type { PlainHost } from '../products/plain/host.js';
import { IdleQueue } from '../products/plain/idle-queue.js';
import type { PlainMethod, PlainMethodPlug, PlainTable } from '../products/plain/method.js';
import type { IdleListener, ServerState } from '../products/plain/server-state.js';

const options = record({});

/**
 * Join the idle queue, JIQ-Random: a server that has become idle reports to one dispatcher, which keeps the reports in
 * order; a request takes the first of them, or a server at random where there is none. O(1) a pick and a report.
 *
 * Limits: reports take no time; a server withdraws its report when it gets a request from another dispatcher (the paper
 * assumes that an idle queue holds idle servers only). At the start all servers are idle and have reported.
 */
export const idealJiq: PlainMethodPlug<typeof options> = {
  name: 'ideal-jiq',
  product: 'ideal',
  word: 'jiq',
  summary: 'join the idle queue: the server that reported first that it is idle, else one at random',
  source: 'Lu, Xie, Kliot, Geller, Larus and Greenberg 2011, "Join-Idle-Queue", JIQ-Random',
  options,
  example: 'algorithm: jiq',
  usesWeights: false,
  create: (_, { table, stream }) => new JoinIdleQueue(table, stream),
};

class JoinIdleQueue implements PlainMethod, IdleListener {
  private queue = new IdleQueue(0);
  private readonly hostOf = new Map<ServerState, PlainHost>();

  constructor(
    private readonly table: PlainTable,
    private readonly stream: RandomStream,
  ) {
    table.fleet.listen(this);
  }

  /** Whose servers stand in this queue: they stand in it in the new order, those that are down in none. */
  rebuild(): void {
    const { hosts, fleet } = this.table;
    for (const server of this.hostOf.keys()) if (server.queue === this) server.queue = undefined;
    this.hostOf.clear();
    this.queue = new IdleQueue(hosts.length);
    for (const host of hosts) this.hostOf.set(host.server, host);
    for (const { server } of hosts) if (server.inFlight === 0) fleet.report(server);
  }

  idle(server: ServerState): void {
    const host = this.hostOf.get(server);
    if (host === undefined) server.queue = undefined;
    else this.queue.push(host.position);
  }

  busy(server: ServerState): void {
    this.queue.remove(this.hostOf.get(server)!.position);
  }

  pick(): PlainHost | undefined {
    const { hosts } = this.table;
    const { head } = this.queue;
    return hosts[head >= 0 ? head : Math.floor(this.stream.next() * hosts.length)];
  }
}
