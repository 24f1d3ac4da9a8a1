import type { NginxBalancer } from '../../../src/model/products/nginx/balancer.js';
import { nginx } from '../../../src/model/products/nginx.js';
import { ProxyWorld } from './proxy-world.js';

/** Clients, nginx and fake servers. */
export class NginxWorld extends ProxyWorld<NginxBalancer> {
  constructor(options: Record<string, unknown>, serverCount: number, seed?: string, firstPort?: number) {
    super(nginx, options, serverCount, seed, firstPort);
  }
}
