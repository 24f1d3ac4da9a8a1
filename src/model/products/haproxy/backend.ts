import { NS_PER_MS, NS_PER_SECOND } from '../../../kernel/time.js';
import { NO_HOST, type Selector, type Subject, TryResult, WAITS } from '../../balancer.js';
import type { Fifo } from '../../fifo.js';
import type { HaproxyMethod } from './method.js';
import { HaproxyPassage } from './passage.js';
import { Queues } from './queues.js';
import { type HaproxyServer, type Pending, ServerState } from './server.js';
import { ServerStates } from './server-states.js';
import type { ServerTable } from './table.js';

/** Second at which a run starts: large, as on any real clock. */
const START_SECONDS = 1_000_000_000;

/** `option redispatch` and `retries`. */
export interface RetrySettings {
  /** Tries after the first one. */
  readonly retries: number;
  /** 0: never; n: at every n-th retry; -n: at the n-th from the last. */
  readonly redispatchAfter: number;
}

/** What a backend is made of. */
export interface BackendSpec {
  readonly table: ServerTable;
  readonly method: HaproxyMethod;
  /** As the method's plug says. */
  readonly hashes: boolean;
  readonly queuesBehind: boolean;
  readonly retry: RetrySettings;
  /** Part of a second that had passed on the clock when the run started, ns: slow starts count whole seconds. */
  readonly clockPhaseNs: number;
  /** A request that waited goes to a host, or (`NO_HOST`) is over, because none is left. */
  readonly assigned: ((passage: HaproxyPassage, host: number) => void) | undefined;
}

/**
 * A backend as all threads of the process see it: which server is next, who waits for it, and when another one is tried.
 * HAProxy 2.6, `backend.c`, `queue.c`, and `server.c` as far as states and weights go.
 *
 * Limits: no cookies and no stick tables (nothing persists but a hash), no priorities in queues.
 */
export class HaproxyBackend implements Selector<HaproxyPassage> {
  readonly table: ServerTable;
  private readonly method: HaproxyMethod;
  private readonly queues: Queues;
  private readonly states: ServerStates;
  private runs = false;

  constructor(private readonly spec: BackendSpec) {
    const { table, method, retry } = spec;
    this.table = table;
    this.method = method;
    this.queues = new Queues(table, method);
    this.states = new ServerStates({
      table,
      method,
      queues: this.queues,
      redistributes: retry.redispatchAfter !== 0,
    });
  }

  /** Requests that wait, for any server or for a certain one. */
  get queueLength(): number {
    return this.queues.length;
  }

  begin(subject: Subject): HaproxyPassage {
    return new HaproxyPassage(subject);
  }

  /**
   * For a try that `finish` called failed: the same server again, or another one, as `retries` and `redispatch` say. Requests that
   * this wakes are told of before `pick` returns, but connect after the one that is picked for.
   */
  pick(passage: HaproxyPassage, nowNs: number): number {
    if (passage.over) return NO_HOST;
    this.setClock(nowNs);
    if (!passage.counted) {
      passage.counted = true;
      this.table.connections += 1;
    }
    const host = passage.assigned ? this.connect(passage) : this.assign(passage);
    this.runWoken();
    return host;
  }

  /** After a failed try that does not wait, `pick` must follow at once: the request's own task goes on before those it has woken. */
  finish(passage: HaproxyPassage, result: TryResult, nowNs: number): void {
    this.setClock(nowNs);
    if (result === TryResult.success || passage.retries >= this.spec.retry.retries) this.end(passage);
    else this.retry(passage);
    if (passage.over || passage.waits) this.runWoken();
  }

  /** A request goes away while it has no server, or waits for its retry: its client left, or it has waited too long. */
  leave(passage: HaproxyPassage, nowNs: number): void {
    this.act(nowNs, () => {
      if (passage.over) return;
      this.queues.remove(passage);
      this.depart(passage);
    });
  }

  inFlight(host: number): number {
    return this.serverAt(host).served;
  }

  available(host: number, nowNs: number): boolean {
    this.setClock(nowNs);
    const server = this.serverAt(host);
    return server.usable && this.table.hasRoom(server) && this.table.isInUse(server);
  }

  /** {@link ServerStates.setAdmin} */
  setAdmin(host: number, admin: number, nowNs: number): void {
    this.act(nowNs, () => this.states.setAdmin(this.serverAt(host), admin));
  }

  /** {@link ServerStates.setDown} */
  setDown(host: number, nowNs: number): void {
    this.act(nowNs, () => this.states.setDown(this.serverAt(host)));
  }

  /** {@link ServerStates.setUp}; if true, {@link warmUp} is wanted every second. */
  setUp(host: number, nowNs: number): boolean {
    return this.act(nowNs, () => this.states.setUp(this.serverAt(host)));
  }

  /** {@link ServerStates.warmUp} */
  warmUp(host: number, nowNs: number): boolean {
    return this.act(nowNs, () => this.states.warmUp(this.serverAt(host)));
  }

  /** {@link ServerStates.setWeight} */
  setWeight(host: number, weight: number, nowNs: number): void {
    this.act(nowNs, () => this.states.setWeight(this.serverAt(host), weight));
  }

  /** {@link ServerStates.setMaxconn} */
  setMaxconn(host: number, maxconn: number, nowNs: number): void {
    this.act(nowNs, () => this.states.setMaxconn(this.serverAt(host), maxconn));
  }

  private serverAt(host: number): HaproxyServer {
    return this.table.servers[host]!;
  }

  /** `srv_redispatch_connect`: a server, a place in a queue, or neither. */
  private assign(passage: HaproxyPassage): number {
    const { table } = this;
    const avoid = passage.server;
    passage.server = undefined;
    if (table.totalWeight === 0) return this.refuse(passage);
    const isBehind = this.spec.queuesBehind && table.queue.size > 0;
    const server = isBehind ? undefined : this.method.pick(passage, avoid);
    if (server === undefined) return this.wait(passage, table.queue);
    passage.server = server;
    passage.assigned = true;
    if (table.hasRoom(server)) {
      this.takeSlot(passage, server);
      return this.connect(passage);
    }
    if (server.maxqueue > 0 && server.queue.size >= server.maxqueue) return this.refuse(passage);
    return this.wait(passage, server.queue);
  }

  private connect(passage: HaproxyPassage): number {
    const server = passage.server!;
    passage.connection = server;
    server.connections += 1;
    this.method.moved?.(server);
    return server.host;
  }

  private wait(passage: HaproxyPassage, queue: Fifo<Pending>): number {
    this.queues.add(passage, queue);
    return WAITS;
  }

  private refuse(passage: HaproxyPassage): number {
    this.depart(passage);
    return NO_HOST;
  }

  /** `back_handle_st_cer` and `stream_choose_redispatch`: where the next try goes. */
  private retry(passage: HaproxyPassage): void {
    const server = passage.server!;
    this.dropConnection(passage);
    passage.retries += 1;
    const redispatches = this.redispatches(passage, server);
    if (redispatches) {
      this.dropSlot(passage);
      this.queues.offerSlots(server);
      passage.assigned = false;
    }
    passage.waits = !redispatches || this.table.activeCount <= 1;
  }

  private redispatches(passage: HaproxyPassage, server: HaproxyServer): boolean {
    const { retries, redispatchAfter } = this.spec.retry;
    if (redispatchAfter === 0) return false;
    if (server.current.state < ServerState.running) return true;
    if (redispatchAfter > 0 && passage.retries % redispatchAfter === 0) return true;
    if (redispatchAfter < 0 && passage.retries % (retries + 1 + redispatchAfter) === 0) return true;
    return !this.spec.hashes && this.table.activeCount > 1;
  }

  /** The server is let go, and then the request: its slot goes to who waits. */
  private end(passage: HaproxyPassage): void {
    this.dropConnection(passage);
    this.dropSlot(passage);
    if (passage.server !== undefined) this.queues.offerSlots(passage.server);
    this.depart(passage);
  }

  /** `stream_free`: a request that still has a slot offers what is free before it gives it back; so it is in 2.6. */
  private depart(passage: HaproxyPassage): void {
    passage.over = true;
    passage.assigned = false;
    if (passage.counted) this.table.connections -= 1;
    passage.counted = false;
    this.dropConnection(passage);
    if (passage.server !== undefined) this.queues.offerSlots(passage.server);
    this.dropSlot(passage);
  }

  private takeSlot(passage: HaproxyPassage, server: HaproxyServer): void {
    passage.slot = server;
    server.served += 1;
    this.table.served += 1;
    this.method.moved?.(server);
  }

  private dropSlot(passage: HaproxyPassage): void {
    const server = passage.slot;
    if (server === undefined) return;
    passage.slot = undefined;
    server.served -= 1;
    this.table.served -= 1;
    this.method.moved?.(server);
  }

  private dropConnection(passage: HaproxyPassage): void {
    if (passage.connection === undefined) return;
    passage.connection.connections -= 1;
    passage.connection = undefined;
  }

  private act<Result>(nowNs: number, action: () => Result): Result {
    this.setClock(nowNs);
    const result = action();
    this.runWoken();
    return result;
  }

  /** The tasks that were woken run, one after the other. */
  private runWoken(): void {
    if (this.runs) return;
    this.runs = true;
    for (let woken = this.queues.takeWoken(); woken.length > 0; woken = this.queues.takeWoken()) {
      for (const passage of woken) {
        if (passage.over) continue;
        const host = passage.assigned ? this.connect(passage) : this.assign(passage);
        if (host !== WAITS) this.spec.assigned?.(passage, host);
      }
    }
    this.runs = false;
  }

  private setClock(nowNs: number): void {
    this.table.nowMs = Math.floor(nowNs / NS_PER_MS);
    this.table.nowSeconds = START_SECONDS + Math.floor((nowNs + this.spec.clockPhaseNs) / NS_PER_SECOND);
  }
}
