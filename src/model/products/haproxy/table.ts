import { Fifo } from '../../fifo.js';
import type { HashFunction } from './hash.js';
import { type HaproxyServer, type Pending, ServerState, WEIGHT_SCALE } from './server.js';

/** `hash-type`, and `hash-balance-factor` beside it. */
export interface HashType {
  readonly method: 'map-based' | 'consistent';
  readonly function: HashFunction;
  readonly avalanche: boolean;
  /** Percent of the mean load that a server may have; 0: no bound. */
  readonly balanceFactor: number;
}

/** What is said of a backend as a whole. */
export interface TableSettings {
  readonly hashType: HashType;
  /** `option allbackups`: all backup servers are used at once, not only the first. */
  readonly allBackups: boolean;
  /** Connections of the backend at which `maxconn` of its servers is reached, with `minconn`. */
  readonly fullconn: number;
}

/** The order in which an algorithm keeps its servers, told of every change of what is usable. */
export interface ServerOrder {
  /** A server becomes usable; `next` is what it will be. */
  insert(server: HaproxyServer): void;
  /** A server is usable no longer. */
  remove(server: HaproxyServer): void;
  /** A server's effective weight becomes `next.weight`. */
  reweigh(server: HaproxyServer): void;
  /** A server has got a request, or has lost one. */
  moved?(server: HaproxyServer): void;
}

/** The servers of a backend, how many of them are usable, and with what weight: `struct proxy` with `struct lbprm`. */
export class ServerTable {
  /** Usable servers that are no backups: `srv_act`. */
  activeCount = 0;
  backupCount = 0;
  activeWeight = 0;
  backupWeight = 0;
  /** The one backup server that is used without `allbackups`: `fbck`. */
  firstBackup: HaproxyServer | undefined = undefined;
  /** Effective weight of the servers in use: `tot_weight`. */
  totalWeight = 0;
  /** Number of servers in use: `tot_used`. */
  usedCount = 0;
  /** Requests that hold a slot of a server. */
  served = 0;
  /** Requests in the backend, waiting ones included: `beconn`. */
  connections = 0;
  /** Second of the clock, and millisecond of the run, in the present call. */
  nowSeconds = 0;
  nowMs = 0;
  /** Requests that wait for any server. */
  readonly queue = new Fifo<Pending>();

  constructor(
    /** In configuration order. */
    readonly servers: readonly HaproxyServer[],
    readonly settings: TableSettings,
  ) {}

  /** The only server there is to choose: the first backup, where no other server is up. */
  get soleBackup(): HaproxyServer | undefined {
    return this.activeCount === 0 ? this.firstBackup : undefined;
  }

  /** `srv_dynamic_maxconn`: slots that a server with a `maxconn` has now. */
  slotsOf(server: HaproxyServer): number {
    const { fullconn } = this.settings;
    let slots = server.maxconn;
    if (this.connections < fullconn && server.minconn !== server.maxconn) {
      slots = Math.max(server.minconn, Math.floor((this.connections * server.maxconn) / fullconn));
    }
    const elapsed = this.nowSeconds - server.lastChangeSeconds;
    if (server.current.state !== ServerState.starting || elapsed < 0 || elapsed >= server.slowstartSeconds) {
      return slots;
    }
    const percent = Math.floor((100 * elapsed) / server.slowstartSeconds);
    return Math.max(1, Math.floor((slots * percent) / 100));
  }

  /** True if the server has a slot, and nobody waits for it. */
  hasRoom(server: HaproxyServer): boolean {
    return server.maxconn === 0 || (server.queue.size === 0 && server.served < this.slotsOf(server));
  }

  /** True but for a backup server that is not wanted: another server is up, or it is not the first without `allbackups`. */
  isInUse(server: HaproxyServer): boolean {
    if (!server.backup) return true;
    return this.activeCount === 0 && (server === this.firstBackup || this.settings.allBackups);
  }

  /** Sets the effective weights that servers start with, and counts who is usable: `fwrr_init_server_groups` and its like. */
  start(weightOf: (server: HaproxyServer) => number): void {
    for (const server of this.servers) {
      server.next.weight = weightOf(server);
      server.commit();
    }
    this.recount();
    this.updateTotal();
  }

  /** `recount_servers`: counts from scratch, by what servers shall be. */
  recount(): void {
    this.activeCount = 0;
    this.backupCount = 0;
    this.activeWeight = 0;
    this.backupWeight = 0;
    this.firstBackup = undefined;
    for (const server of this.servers) {
      if (!server.willBeUsable) continue;
      if (server.backup) {
        if (this.backupCount === 0 && !this.settings.allBackups) this.firstBackup = server;
        this.backupCount += 1;
        server.weightBefore = this.backupWeight;
        this.backupWeight += server.next.weight;
      } else {
        this.activeCount += 1;
        server.weightBefore = this.activeWeight;
        this.activeWeight += server.next.weight;
      }
    }
  }

  /** `update_backend_weight`. */
  updateTotal(): void {
    if (this.activeCount > 0) {
      this.totalWeight = this.activeWeight;
      this.usedCount = this.activeCount;
    } else if (this.firstBackup !== undefined) {
      this.totalWeight = this.firstBackup.next.weight;
      this.usedCount = 1;
    } else {
      this.totalWeight = this.backupWeight;
      this.usedCount = this.backupCount;
    }
  }

  /** Brings a change of `server.next` into counts and order: `update_server_eweight` of the algorithms that can change weights. */
  update(server: HaproxyServer, order: ServerOrder): void {
    if (!server.changed) return;
    const { usable, willBeUsable } = server;
    if (usable && willBeUsable) {
      this.addWeight(server, server.next.weight - server.current.weight);
      order.reweigh(server);
    } else if (willBeUsable) {
      this.countIn(server);
      order.insert(server);
    } else if (usable) {
      this.countOut(server);
      order.remove(server);
    }
    if (usable || willBeUsable) this.updateTotal();
    server.commit();
  }

  private countIn(server: HaproxyServer): void {
    this.addWeight(server, server.next.weight);
    if (!server.backup) {
      this.activeCount += 1;
      return;
    }
    this.backupCount += 1;
    if (this.settings.allBackups) return;
    if (this.firstBackup === undefined || server.host < this.firstBackup.host) this.firstBackup = server;
  }

  private countOut(server: HaproxyServer): void {
    this.addWeight(server, -server.current.weight);
    if (!server.backup) {
      this.activeCount -= 1;
      return;
    }
    this.backupCount -= 1;
    if (server !== this.firstBackup) return;
    // Only the servers behind it: no usable one stands before the first.
    this.firstBackup = this.servers
      .slice(server.host + 1)
      .find((other) => other.backup && other.willBeUsable);
  }

  private addWeight(server: HaproxyServer, weight: number): void {
    if (server.backup) this.backupWeight += weight;
    else this.activeWeight += weight;
  }
}

/** The effective weight of the algorithms that can change weights. */
export function scaledWeight(server: HaproxyServer): number {
  return server.weight * WEIGHT_SCALE;
}
