import { ProxyWorker, type ProxyWorkerParts } from '../../proxy/worker.js';
import type { ThreadBalancer } from './method.js';
import type { UpstreamPools } from './upstream-pools.js';

/** One worker thread: an event loop with its load balancer and its connections to the hosts. */
export class EnvoyWorker extends ProxyWorker {
  constructor(
    parts: ProxyWorkerParts,
    readonly balancer: ThreadBalancer,
    readonly pools: UpstreamPools,
  ) {
    super(parts);
  }
}
