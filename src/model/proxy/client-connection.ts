import type { Expiring, TimeoutList } from '../../kernel/timeouts.js';
import type { Connection, Exchange } from '../exchange.js';
import type { ProxyWorker } from './worker.js';

/** A connection of a client: in the listen backlog, then with one worker until it is closed. */
export class ClientConnection implements Connection, Expiring {
  open = true;
  /** The worker that accepted it; `undefined` in the backlog. */
  worker: ProxyWorker | undefined = undefined;
  /** The request that came while it was in the backlog. */
  early: Exchange | undefined = undefined;
  /** Of its worker, when it was accepted. */
  configuration = 0;
  requestCount = 0;
  acceptedNs = 0;

  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;

  /** The client closes it while it is idle: its worker has the slot back. */
  close(): void {
    const isIdle = this.timeoutList !== undefined;
    if (!this.open || !isIdle || this.worker === undefined) return;
    this.worker.removeIdle(this);
    this.worker.close(this);
  }
}
