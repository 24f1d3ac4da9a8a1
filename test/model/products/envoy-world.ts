import type { EnvoyBalancer } from '../../../src/model/products/envoy/balancer.js';
import { envoy } from '../../../src/model/products/envoy.js';
import { ProxyWorld } from './proxy-world.js';

/** Clients, Envoy with one worker thread, and fake servers. */
export class EnvoyWorld extends ProxyWorld<EnvoyBalancer> {
  constructor(options: Record<string, unknown>, serverCount: number, seed = '430') {
    super(envoy, { concurrency: 1, ...options }, serverCount, seed);
    this.balancer.start();
  }
}
