import { record } from '../../options/fields.js';
import type { HaproxyMethod, HaproxyMethodPlug } from '../products/haproxy/method.js';
import type { HaproxyPassage } from '../products/haproxy/passage.js';
import { EFFECTIVE_WEIGHT_MAX, type HaproxyServer } from '../products/haproxy/server.js';
import { type ServerTable, scaledWeight } from '../products/haproxy/table.js';
import { OrderedTree, type Place } from '../products/haproxy/tree.js';
import { warmWeight } from '../products/haproxy/warm-weight.js';

const options = record({});

/** HAProxy's `balance leastconn`. */
export const haproxyLeastconn: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-leastconn',
  product: 'haproxy',
  word: 'leastconn',
  summary: 'the server with the fewest requests for its weight, in flight and queued; idle ones are alike',
  source: 'HAProxy 2.6.12, lb_fwlc.c; picks compared with the real program',
  options,
  example: 'algorithm: leastconn',
  hashes: false,
  queuesBehind: false,
  create: (_options, { table }) => new LeastConnections(table),
};

/** Servers in the order of their load; equal ones in the order in which they came to it. O(log n). */
class LeastConnections implements HaproxyMethod {
  readonly weightOf = warmWeight;
  private readonly active = new OrderedTree<HaproxyServer>();
  private readonly backup = new OrderedTree<HaproxyServer>();
  /** By host; `undefined` while a server is down. */
  private readonly places: (Place<HaproxyServer> | undefined)[] = [];

  constructor(private readonly table: ServerTable) {
    table.start(scaledWeight);
    for (const server of table.servers) if (server.usable) this.insert(server);
  }

  pick(_passage: HaproxyPassage, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    const { table } = this;
    if (table.soleBackup !== undefined) return table.soleBackup;
    const tree = table.activeCount > 0 ? this.active : this.backup;
    const mayTake = (server: HaproxyServer) =>
      server.maxconn === 0 || server.served + server.queue.size < table.slotsOf(server) + server.maxqueue;
    return (
      tree.firstWhere((server) => server !== avoid && mayTake(server)) ??
      tree.firstWhere((server) => server === avoid && mayTake(server))
    );
  }

  update(server: HaproxyServer): void {
    this.table.update(server, this);
  }

  insert(server: HaproxyServer): void {
    const tree = server.backup ? this.backup : this.active;
    this.places[server.host] = tree.insert(server, keyOf(server, server.next.weight));
  }

  remove(server: HaproxyServer): void {
    const place = this.places[server.host];
    if (place !== undefined) (server.backup ? this.backup : this.active).remove(place);
    this.places[server.host] = undefined;
  }

  reweigh(server: HaproxyServer): void {
    this.remove(server);
    this.insert(server);
  }

  moved(server: HaproxyServer): void {
    const place = this.places[server.host];
    if (place === undefined || place.key === keyOf(server, server.current.weight)) return;
    this.reweigh(server);
  }
}

/** An idle server comes first, whatever its weight; else the load is what it would be with one request more. */
function keyOf(server: HaproxyServer, weight: number): number {
  const load = server.served + server.queue.size;
  return load === 0 ? 0 : Math.floor(((load + 1) * EFFECTIVE_WEIGHT_MAX) / weight);
}
