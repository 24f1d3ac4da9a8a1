import type { HaproxyBalancer } from '../../../src/model/products/haproxy/balancer.js';
import { haproxy } from '../../../src/model/products/haproxy.js';
import { ProxyWorld } from './proxy-world.js';

/** Clients, HAProxy with one thread and fake servers. */
export class HaproxyWorld extends ProxyWorld<HaproxyBalancer> {
  constructor(options: Record<string, unknown>, serverCount: number, seed = '430') {
    super(haproxy, { nbthread: 1, ...options }, serverCount, seed);
  }

  /** Servers that would get a request now, such as `[1, 0]`. */
  available(): number[] {
    return this.servers.map((server) => this.read(`balancer/${server.name} available`));
  }
}
