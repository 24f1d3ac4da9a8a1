import type { HaproxyMethod } from './method.js';
import type { Queues } from './queues.js';
import { Admin, type HaproxyServer, ServerState } from './server.js';
import type { ServerTable } from './table.js';

/** What the states of servers touch. */
export interface ServerStatesParts {
  readonly table: ServerTable;
  readonly method: HaproxyMethod;
  readonly queues: Queues;
  /** True: who waits for a server that goes away looks for another one (`option redispatch`). */
  readonly redistributes: boolean;
}

/** How servers come and go, and how their weights change: `server.c`, `srv_update_status`. */
export class ServerStates {
  constructor(private readonly parts: ServerStatesParts) {}

  /** `set server state`, `disabled`: bits of {@link Admin}. */
  setAdmin(server: HaproxyServer, admin: number): void {
    const before = server.current.admin;
    if (before === admin) return;
    server.lastChangeSeconds = this.parts.table.nowSeconds;
    server.next.admin = admin;
    if ((before & Admin.maint) !== 0 && (admin & Admin.maint) === 0) {
      server.next.state = startOf(server);
      this.rise(server);
      return;
    }
    if ((admin & Admin.maint) !== 0) server.next.state = ServerState.stopped;
    else if (admin === Admin.ready) this.setNextWeight(server);
    this.parts.method.update(server);
    if (admin !== Admin.ready) this.redistribute(server);
  }

  /** Health says that the server is down. */
  setDown(server: HaproxyServer): void {
    if ((server.current.admin & Admin.maint) !== 0 || server.next.state === ServerState.stopped) return;
    server.next.state = ServerState.stopped;
    server.lastChangeSeconds = this.parts.table.nowSeconds;
    this.parts.method.update(server);
    this.redistribute(server);
  }

  /** Health says that the server is up. True if it warms up from now on. */
  setUp(server: HaproxyServer): boolean {
    const { state } = server.next;
    if ((server.current.admin & Admin.maint) !== 0) return false;
    if (state === ServerState.starting || state === ServerState.running) return false;
    server.lastChangeSeconds = this.parts.table.nowSeconds;
    server.next.state = startOf(server);
    this.rise(server);
    return server.isWarming;
  }

  /** A second of a slow start has passed. True if another one is to come. */
  warmUp(server: HaproxyServer): boolean {
    if (!server.isWarming || (server.next.admin & Admin.maint) !== 0) return false;
    this.reweigh(server);
    this.parts.queues.grab(server);
    return server.isWarming;
  }

  /** `set server weight`, 0 to 256. What a static algorithm refuses changes nothing. */
  setWeight(server: HaproxyServer, weight: number): void {
    const { isStatic } = this.parts.method;
    if (isStatic === true && weight !== 0 && weight !== server.configuredWeight) return;
    server.weight = weight;
    this.reweigh(server);
  }

  /** `set maxconn server`. */
  setMaxconn(server: HaproxyServer, maxconn: number): void {
    if (server.maxconn === server.minconn) server.minconn = maxconn;
    server.maxconn = maxconn;
    this.parts.queues.offerSlots(server);
  }

  private rise(server: HaproxyServer): void {
    this.reweigh(server);
    this.parts.queues.grab(server);
  }

  private reweigh(server: HaproxyServer): void {
    this.setNextWeight(server);
    this.parts.method.update(server);
  }

  private redistribute(server: HaproxyServer): void {
    if (this.parts.redistributes) this.parts.queues.redistribute(server);
  }

  /** `server_recalc_eweight`. */
  private setNextWeight(server: HaproxyServer): void {
    const elapsed = this.parts.table.nowSeconds - server.lastChangeSeconds;
    const isOver = elapsed < 0 || elapsed >= server.slowstartSeconds;
    if (isOver && server.isWarming) server.next.state = ServerState.running;
    server.next.weight = this.parts.method.weightOf(server, server.isWarming ? elapsed : undefined);
  }
}

/** The state of a server that comes up. */
function startOf(server: HaproxyServer): ServerState {
  return server.slowstartSeconds > 0 ? ServerState.starting : ServerState.running;
}
