import { record } from '../../options/fields.js';
import { drawBelow } from '../products/envoy/hash64.js';
import type { EnvoyHost } from '../products/envoy/host.js';
import type { EnvoyMethodPlug } from '../products/envoy/method.js';
import { type HostsSource, SourceBalancer } from '../products/envoy/source-balancer.js';

const options = record({});

/** Envoy's random policy. */
export const envoyRandom: EnvoyMethodPlug<typeof options> = {
  name: 'envoy-random',
  product: 'envoy',
  word: 'RANDOM',
  summary: 'any host, whatever its weight',
  source: 'Envoy 1.31, load_balancing_policies/random/random_lb.cc',
  options,
  example: 'algorithm: RANDOM',
  create: (_, { table }) => ({
    createThread: (stream, nowNs) => new Random(table, stream).initialize(nowNs),
  }),
};

class Random extends SourceBalancer {
  protected refresh(): void {}

  protected pickFrom({ hosts }: HostsSource): EnvoyHost {
    return hosts[drawBelow(this.stream, hosts.length)]!;
  }
}
