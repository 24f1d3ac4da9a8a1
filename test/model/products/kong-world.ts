import type { KongBalancer } from '../../../src/model/products/kong/balancer.js';
import { kong } from '../../../src/model/products/kong.js';
import { ProxyWorld } from './proxy-world.js';

/** Clients, a Kong of one worker unless told, and fake targets. */
export class KongWorld extends ProxyWorld<KongBalancer> {
  constructor(options: Record<string, unknown>, targetCount: number, seed = '430') {
    super(kong, { nginx_worker_processes: 1, ...options }, targetCount, seed);
  }

  /** Requests that each target received. */
  seen(): number[] {
    return this.servers.map((server) => server.seen.length);
  }

  /** True for the targets that requests are sent to, by their position. */
  available(): boolean[] {
    return this.servers.map((server) => this.read(`balancer/${server.name} available`) === 1);
  }
}
