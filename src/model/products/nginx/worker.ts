import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import { TimeoutList } from '../../../kernel/timeouts.js';
import type { Processor } from '../../processor.js';
import type { ClientConnection } from './client-connection.js';
import { KeepaliveCache } from './keepalive-cache.js';
import type { KeepaliveSettings } from './settings.js';
import type { StubStatus } from './stub-status.js';
import type { NginxUpstream } from './upstream.js';

/** Slots a worker needs for itself: one listening socket and the channel to the master process. */
const OWN_SLOTS = 2;
/** A worker closes idle clients when at most this part of its slots is free (`ngx_drain_connections`). */
const DRAIN_PART = 16;
/** At most this many at once, and an eighth of those that are idle. */
const DRAIN_MAX = 32;
const DRAIN_DIVISOR = 8;

/** What a worker is made of. */
export interface WorkerParts {
  readonly simulation: Simulation;
  readonly processor: Processor;
  /** `worker_connections`. */
  readonly connectionsMax: number;
  /** `keepalive_timeout` of clients, ns. */
  readonly clientIdleNsMax: number;
  readonly keepalive: KeepaliveSettings;
  readonly upstream: NginxUpstream;
  readonly status: StubStatus;
}

/** One worker process: an event loop with its connection slots, idle connections and view of the upstream. */
export class NginxWorker implements Handler {
  upstream: NginxUpstream;
  readonly keepalive: KeepaliveCache;
  /** Tasks waiting or running on the loop. */
  pendingCount = 0;
  /** Connection slots that are free. */
  freeSlots: number;

  /** Tasks of the loop's present turn that are not done yet. */
  private turnCount = 0;
  private readonly processor: Processor;
  private readonly connectionsMax: number;
  private readonly status: StubStatus;
  /** Clients without a request, the longest idle first. */
  private readonly idle: TimeoutList;
  private idleCount = 0;

  constructor(parts: WorkerParts) {
    this.processor = parts.processor;
    this.connectionsMax = parts.connectionsMax;
    this.status = parts.status;
    this.upstream = parts.upstream;
    this.freeSlots = parts.connectionsMax - OWN_SLOTS;
    this.idle = new TimeoutList(parts.simulation, parts.clientIdleNsMax, this, 0);
    this.keepalive = new KeepaliveCache(parts.simulation, parts.keepalive, this);
  }

  /** Puts a task on the loop. */
  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    this.pendingCount += 1;
    this.processor.run(demandNs, handler, kind, payload);
  }

  /**
   * A task of {@link run} is done. True where the loop turns: it asks the kernel for events, and accepts one connection
   * (`multi_accept off`). Thus a busy loop shares itself between those who wait in the backlog and those who are in.
   */
  taskDone(): boolean {
    this.pendingCount -= 1;
    this.turnCount -= 1;
    if (this.turnCount > 0) return false;
    this.turnCount = this.pendingCount;
    return true;
  }

  /** Takes a connection slot, closing idle clients first where they are short. False if there is none. */
  takeSlot(): boolean {
    if (this.freeSlots <= Math.floor(this.connectionsMax / DRAIN_PART)) this.drain();
    if (this.freeSlots === 0) return false;
    this.freeSlots -= 1;
    return true;
  }

  releaseSlot(): void {
    this.freeSlots += 1;
  }

  /** A client's connection waits for its next request. */
  addIdle(connection: ClientConnection): void {
    this.idle.add(connection);
    this.idleCount += 1;
    this.status.waiting += 1;
  }

  /** The next request has come. */
  removeIdle(connection: ClientConnection): void {
    this.idle.remove(connection);
    this.forgetIdle();
  }

  /** Closes a client's connection that is not idle. */
  close(connection: ClientConnection): void {
    connection.open = false;
    this.status.active -= 1;
    this.releaseSlot();
  }

  /** Closes all idle connections on both sides, as a worker does that is told to end. */
  closeIdle(): void {
    while (this.idleCount > 0) this.closeOldest();
    this.keepalive.closeAll();
  }

  /** `keepalive_timeout` passed. */
  handle(_kind: number, payload: unknown): void {
    this.forgetIdle();
    this.close(payload as ClientConnection);
  }

  private drain(): void {
    if (this.idleCount === 0) return;
    const count = Math.max(1, Math.min(DRAIN_MAX, Math.floor(this.idleCount / DRAIN_DIVISOR)));
    for (let closed = 0; closed < count; closed += 1) this.closeOldest();
  }

  private closeOldest(): void {
    const oldest = this.idle.oldest as ClientConnection;
    this.removeIdle(oldest);
    this.close(oldest);
  }

  private forgetIdle(): void {
    this.idleCount -= 1;
    this.status.waiting -= 1;
  }
}
