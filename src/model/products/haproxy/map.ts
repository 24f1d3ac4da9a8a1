import type { HaproxyPassage } from './passage.js';
import type { HaproxyServer } from './server.js';
import type { ServerTable } from './table.js';

/**
 * The static table of `lb_map.c`: every server as often as its weight says, the weights divided by what they have in common.
 * Built anew whenever a server comes or goes: O(sum of weights * servers).
 */
export class ServerMap {
  private map: HaproxyServer[] = [];
  private index = 0;
  private readonly divisor: number;

  constructor(private readonly table: ServerTable) {
    this.divisor = table.servers.reduce((divisor, server) => commonDivisor(divisor, server.weight), 0) || 1;
    table.start((server) => this.weightOf(server));
    this.rebuild();
  }

  /** Weights of a map do not warm up. */
  readonly weightOf = (server: HaproxyServer): number => Math.ceil(server.weight / this.divisor);

  /** A change of `server.next` becomes true. */
  readonly update = (server: HaproxyServer): void => {
    if (!server.changed) return;
    if (server.usable !== server.willBeUsable) {
      this.table.recount();
      this.table.updateTotal();
      this.rebuild();
    }
    server.commit();
  };

  /** `map_get_server_hash`. */
  atHash(hash: number): HaproxyServer | undefined {
    const { totalWeight } = this.table;
    return totalWeight === 0 ? undefined : this.map[hash % totalWeight];
  }

  /** `map_get_server_rr`: the next server that has room, `avoid` only if there is no other. */
  next(_passage: HaproxyPassage, avoid: HaproxyServer | undefined): HaproxyServer | undefined {
    const { totalWeight } = this.table;
    if (totalWeight === 0) return undefined;
    if (this.index >= totalWeight) this.index = 0;
    let next = this.index;
    let avoided: HaproxyServer | undefined;
    let avoidedNext = 0;
    do {
      const server = this.map[next]!;
      next += 1;
      if (this.table.hasRoom(server)) {
        if (server !== avoid) {
          this.index = next;
          return server;
        }
        avoided = server;
        avoidedNext = next;
      }
      if (next === totalWeight) next = 0;
    } while (next !== this.index);
    if (avoided !== undefined) this.index = avoidedNext;
    return avoided;
  }

  /** `recalc_server_map`. */
  private rebuild(): void {
    const { usedCount, totalWeight, activeCount, servers } = this.table;
    if (usedCount === 0) return;
    const isBackup = activeCount === 0;
    const candidates = servers.filter((server) => server.backup === isBackup && server.willBeUsable);
    const scores = candidates.map(() => 0);
    this.map = Array.from({ length: totalWeight }, () => {
      if (totalWeight === 1) return candidates[0]!;
      let best = 0;
      let most = -1;
      for (const [index, server] of candidates.entries()) {
        scores[index]! += server.next.weight;
        const turns = Math.floor((scores[index]! + totalWeight) / totalWeight);
        if (turns > most) {
          most = turns;
          best = index;
        }
      }
      scores[best]! -= totalWeight;
      return candidates[best]!;
    });
  }
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
