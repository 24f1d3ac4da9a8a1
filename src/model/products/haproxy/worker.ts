import { ProxyWorker, type ProxyWorkerParts } from '../../proxy/worker.js';

/** What a thread is made of. */
export interface HaproxyWorkerParts extends ProxyWorkerParts {
  readonly index: number;
  /** Called when a client's connection has ended. */
  readonly connectionEnded: () => void;
}

/** One thread: an event loop with the client connections it has accepted. What is chosen, and who waits, is common to all. */
export class HaproxyWorker extends ProxyWorker {
  readonly index: number;
  private readonly connectionEnded: () => void;

  constructor(parts: HaproxyWorkerParts) {
    super(parts);
    this.index = parts.index;
    this.connectionEnded = parts.connectionEnded;
  }

  override releaseSlot(): void {
    this.connectionEnded();
  }
}
