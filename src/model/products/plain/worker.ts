import type { ConnectionPool } from '../../proxy/connection-pool.js';
import { ProxyWorker, type ProxyWorkerParts } from '../../proxy/worker.js';
import type { PlainSelector } from './selector.js';

/** What a dispatcher is made of. */
export interface DispatcherParts extends ProxyWorkerParts {
  readonly selector: PlainSelector;
  readonly connections: ConnectionPool;
}

/** One dispatcher: an event loop with its own connections and its own view of the hosts. */
export class Dispatcher extends ProxyWorker {
  readonly selector: PlainSelector;
  readonly connections: ConnectionPool;

  constructor(parts: DispatcherParts) {
    super(parts);
    this.selector = parts.selector;
    this.connections = parts.connections;
  }
}
