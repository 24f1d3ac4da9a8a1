import type { SlotOwner } from '../../proxy/connection-pool.js';
import { ProxyWorker, type ProxyWorkerParts } from '../../proxy/worker.js';
import type { IdleConnections, UpstreamView } from './upstream-view.js';

/** Slots a worker needs for itself: one listening socket and the channel to the master process. */
const OWN_SLOTS = 2;
/** A worker closes idle clients when at most this part of its slots is free (`ngx_drain_connections`). */
const DRAIN_PART = 16;
/** At most this many at once, and an eighth of those that are idle. */
const DRAIN_MAX = 32;
const DRAIN_DIVISOR = 8;

/** What a worker is made of. */
export interface NginxWorkerParts extends ProxyWorkerParts {
  /** `worker_connections`. */
  readonly connectionsMax: number;
  /** Makes the place for its idle upstream connections, which take its slots. */
  readonly createKeepalive: (slots: SlotOwner) => IdleConnections;
  readonly upstream: UpstreamView;
}

/** One worker process: an event loop with its connection slots, idle connections and view of the upstream. */
export class NginxWorker extends ProxyWorker {
  upstream: UpstreamView;
  readonly keepalive: IdleConnections;
  /** Connection slots that are free. */
  freeSlots: number;

  private readonly connectionsMax: number;

  constructor(parts: NginxWorkerParts) {
    super(parts);
    this.connectionsMax = parts.connectionsMax;
    this.upstream = parts.upstream;
    this.freeSlots = parts.connectionsMax - OWN_SLOTS;
    this.keepalive = parts.createKeepalive(this);
  }

  /** Takes a connection slot, closing idle clients first where they are short. False if there is none. */
  override takeSlot(): boolean {
    if (this.freeSlots <= Math.floor(this.connectionsMax / DRAIN_PART)) this.drain();
    if (this.freeSlots === 0) return false;
    this.freeSlots -= 1;
    return true;
  }

  override releaseSlot(): void {
    this.freeSlots += 1;
  }

  /** Closes all idle connections on both sides, as a worker does that is told to end. */
  closeIdle(): void {
    while (this.idleCount > 0) this.closeOldest();
    this.keepalive.closeAll();
  }

  private drain(): void {
    if (this.idleCount === 0) return;
    const count = Math.max(1, Math.min(DRAIN_MAX, Math.floor(this.idleCount / DRAIN_DIVISOR)));
    for (let closed = 0; closed < count; closed += 1) this.closeOldest();
  }
}
