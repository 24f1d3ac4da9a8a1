import { record } from '../../options/fields.js';
import { EdfBalancer } from '../products/envoy/edf-balancer.js';
import type { EnvoyHost } from '../products/envoy/host.js';
import type { EnvoyMethodPlug } from '../products/envoy/method.js';
import { slowStartField, slowStartOf } from '../products/envoy/slow-start.js';
import type { HostsSource } from '../products/envoy/source-balancer.js';

const options = record({ slow_start_config: slowStartField().optional() });

/** Envoy's default policy. */
export const envoyRoundRobin: EnvoyMethodPlug<typeof options> = {
  name: 'envoy-round-robin',
  product: 'envoy',
  word: 'ROUND_ROBIN',
  summary:
    'each host in turn from a place that every worker thread draws; an EDF schedule where weights differ',
  source: 'Envoy 1.31, load_balancing_policies/round_robin/round_robin_lb.h and common/load_balancer_impl.cc',
  options,
  example: 'algorithm: ROUND_ROBIN',
  create: (checked, { table }) => ({
    createThread: (stream, nowNs) =>
      new RoundRobin(table, stream, slowStartOf(checked.slow_start_config), nowNs).initialize(nowNs),
  }),
};

class RoundRobin extends EdfBalancer {
  protected hostWeight(host: EnvoyHost): number {
    return host.weight;
  }

  protected unweightedPick(source: HostsSource): EnvoyHost {
    return source.hosts[this.nextTurn(source)]!;
  }
}
