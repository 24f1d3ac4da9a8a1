import { record } from '../../options/fields.js';
import type { HaproxyMethod, HaproxyMethodPlug } from '../products/haproxy/method.js';
import type { HaproxyPassage } from '../products/haproxy/passage.js';
import type { HaproxyServer } from '../products/haproxy/server.js';
import { type ServerTable, scaledWeight } from '../products/haproxy/table.js';
import { warmWeight } from '../products/haproxy/warm-weight.js';

const options = record({});

/** HAProxy's `balance first`. */
export const haproxyFirst: HaproxyMethodPlug<typeof options> = {
  name: 'haproxy-first',
  product: 'haproxy',
  word: 'first',
  summary: 'the first server with a free slot (maxconn), so that the last ones may be switched off',
  source: 'HAProxy 2.6.12, lb_fas.c; picks compared with the real program',
  options,
  example: 'algorithm: first',
  hashes: false,
  queuesBehind: true,
  create: (_options, { table }) => new FirstAvailable(table),
};

/** Servers in the order of their numbers; weights do not matter, but 0. O(servers that are full). */
class FirstAvailable implements HaproxyMethod {
  readonly weightOf = warmWeight;

  constructor(private readonly table: ServerTable) {
    table.start(scaledWeight);
  }

  pick(_passage: HaproxyPassage, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    const { table } = this;
    if (table.soleBackup !== undefined) return table.soleBackup;
    const isBackup = table.activeCount === 0;
    let avoided: HaproxyServer | undefined;
    for (const server of table.servers) {
      if (server.backup !== isBackup || !server.usable || !table.hasRoom(server)) continue;
      if (server !== avoid) return server;
      avoided = server;
    }
    return avoided;
  }

  update(server: HaproxyServer): void {
    this.table.update(server, NO_ORDER);
  }
}

const NO_ORDER = { insert: () => {}, remove: () => {}, reweigh: () => {} };
