import type { Simulation } from '../../kernel/loop.js';
import type { Handler } from '../../kernel/queue.js';
import { NS_PER_SECOND } from '../../kernel/time.js';
import { TimeoutList } from '../../kernel/timeouts.js';
import type { Processor } from '../processor.js';
import type { ClientConnection } from './client-connection.js';
import type { ConnectionCounters } from './connection-counters.js';

/** Stands for "for ever": 41 days. */
const IDLE_NS_MAX = 1_000 * 3_600 * NS_PER_SECOND;

/** What a worker is made of. */
export interface ProxyWorkerParts {
  readonly simulation: Simulation;
  readonly processor: Processor;
  /** How long a client's connection may wait for its next request, ns; 0: it is not kept after an answer. */
  readonly clientIdleNsMax: number;
  readonly counters: ConnectionCounters;
}

/** One worker process or thread of a proxy: an event loop with the client connections it has accepted. */
export class ProxyWorker implements Handler {
  /** Tasks waiting or running on the loop. */
  pendingCount = 0;
  /** Number of the configuration it runs: a connection accepted under an earlier one ends with its next answer. */
  configuration = 0;

  /** Tasks of the loop's present turn that are not done yet. */
  private turnCount = 0;
  private readonly processor: Processor;
  private readonly counters: ConnectionCounters;
  /** Clients without a request, the longest idle first. */
  private readonly idle: TimeoutList;
  private idleConnections = 0;

  constructor(parts: ProxyWorkerParts) {
    this.processor = parts.processor;
    this.counters = parts.counters;
    // A list without a limit keeps no order. Where none is kept, only those are in it that have not sent anything yet.
    const idleNsMax = parts.clientIdleNsMax === 0 ? IDLE_NS_MAX : parts.clientIdleNsMax;
    this.idle = new TimeoutList(parts.simulation, Math.min(idleNsMax, IDLE_NS_MAX), this, 0);
  }

  /** Clients without a request. */
  get idleCount(): number {
    return this.idleConnections;
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

  /** Takes a connection slot for an accepted client. False if there is none: the connection is closed at once. */
  takeSlot(): boolean {
    return true;
  }

  /** A slot is free again. */
  releaseSlot(): void {}

  /** A client's connection waits for its next request. */
  addIdle(connection: ClientConnection): void {
    this.idle.add(connection);
    this.idleConnections += 1;
    this.counters.waiting += 1;
  }

  /** The next request has come. */
  removeIdle(connection: ClientConnection): void {
    this.idle.remove(connection);
    this.forgetIdle();
  }

  /** Closes a client's connection that is not idle. */
  close(connection: ClientConnection): void {
    connection.open = false;
    this.counters.active -= 1;
    this.releaseSlot();
  }

  /** Closes the client that has been idle longest; there must be one. */
  closeOldest(): void {
    const oldest = this.idle.oldest as ClientConnection;
    this.removeIdle(oldest);
    this.close(oldest);
  }

  /** Idle for too long. */
  handle(_kind: number, payload: unknown): void {
    this.forgetIdle();
    this.close(payload as ClientConnection);
  }

  private forgetIdle(): void {
    this.idleConnections -= 1;
    this.counters.waiting -= 1;
  }
}
