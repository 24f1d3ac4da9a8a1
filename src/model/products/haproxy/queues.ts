import type { Fifo } from '../../fifo.js';
import type { HaproxyMethod } from './method.js';
import type { HaproxyPassage } from './passage.js';
import type { HaproxyServer, Pending } from './server.js';
import type { ServerTable } from './table.js';

/** Who waits for a server, or for any of them: `queue.c`. */
export class Queues {
  /** Requests that have left a queue, in that order: their tasks were woken, and run when the present one is done. */
  private woken: HaproxyPassage[] = [];

  constructor(
    private readonly table: ServerTable,
    private readonly method: HaproxyMethod,
  ) {}

  /** Requests that wait, for any server or for a certain one. */
  get length(): number {
    return this.table.servers.reduce((sum, server) => sum + server.queue.size, this.table.queue.size);
  }

  /** The requests that were woken since the last time. */
  takeWoken(): readonly HaproxyPassage[] {
    const { woken } = this;
    if (woken.length > 0) this.woken = [];
    return woken;
  }

  /** The request waits from now on. */
  add(passage: HaproxyPassage, queue: Fifo<Pending>): void {
    const pending = { passage, queuedMs: this.table.nowMs };
    passage.queue = queue;
    passage.pending = pending;
    queue.push(pending);
  }

  /** The request waits no longer. */
  remove(passage: HaproxyPassage): void {
    passage.queue?.remove(passage.pending!);
    passage.queue = undefined;
    passage.pending = undefined;
  }

  /** `may_dequeue_tasks` and `process_srv_queue`: free slots go to who waits longest, for this server or for any. */
  offerSlots(server: HaproxyServer): void {
    const { table } = this;
    if (server.queue.size === 0 && (table.queue.size === 0 || !server.usable)) return;
    if (server.maxconn > 0 && server.connections >= table.slotsOf(server)) return;
    const servesAll = server.usable && table.isInUse(server);
    let taken = 0;
    while (server.served < table.slotsOf(server)) {
      const pending = older(server.queue.peek(), servesAll ? table.queue.peek() : undefined);
      if (pending === undefined) break;
      const { passage } = pending;
      this.wake(passage);
      passage.server = server;
      passage.assigned = true;
      passage.slot = server;
      server.served += 1;
      taken += 1;
    }
    if (taken === 0) return;
    table.served += taken;
    this.method.moved?.(server);
  }

  /** `pendconn_grab_from_px`: a server that comes up takes who waits for any. These requests hold no slot: so it is in 2.6. */
  grab(server: HaproxyServer): void {
    const { table } = this;
    if (!server.usable || !table.isInUse(server)) return;
    const slots = table.slotsOf(server);
    let taken = 0;
    while (table.queue.size > 0 && (server.maxconn === 0 || server.served + taken < slots)) {
      const { passage } = table.queue.peek()!;
      this.wake(passage);
      passage.server = server;
      passage.assigned = true;
      taken += 1;
    }
  }

  /** `pendconn_redistribute`: who waits for a server that is gone looks for another one. */
  redistribute(server: HaproxyServer): void {
    while (server.queue.size > 0) {
      const { passage } = server.queue.peek()!;
      this.wake(passage);
      passage.assigned = false;
    }
  }

  private wake(passage: HaproxyPassage): void {
    this.remove(passage);
    this.woken.push(passage);
  }
}

/** Of one age, who waits for the server comes first. */
function older(own: Pending | undefined, common: Pending | undefined): Pending | undefined {
  if (own === undefined || common === undefined) return own ?? common;
  return own.queuedMs <= common.queuedMs ? own : common;
}
