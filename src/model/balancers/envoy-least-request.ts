import { type Checked, choice, count, number, record } from '../../options/fields.js';
import { pow } from '../../random/math.js';
import type { RandomStream } from '../../random/stream.js';
import { EdfBalancer } from '../products/envoy/edf-balancer.js';
import { drawBelow } from '../products/envoy/hash64.js';
import type { EnvoyHost } from '../products/envoy/host.js';
import type { EnvoyMethodPlug } from '../products/envoy/method.js';
import type { PrioritySet } from '../products/envoy/priority-set.js';
import { slowStartField, slowStartOf } from '../products/envoy/slow-start.js';
import type { HostsSource } from '../products/envoy/source-balancer.js';

const options = record({
  choice_count: count({ min: 2, max: 1_000_000 })
    .default(2)
    .describe('hosts drawn, with replacement, where weights are equal'),
  active_request_bias: number({ min: 0 })
    .default(1)
    .describe('where weights differ: power of the active requests that a weight is divided by'),
  selection_method: choice(['N_CHOICES', 'FULL_SCAN'])
    .default('N_CHOICES')
    .describe('FULL_SCAN: all hosts are looked at; a tie is drawn'),
  slow_start_config: slowStartField().optional(),
});
type LeastRequestOptions = Checked<typeof options>;

/**
 * Envoy's power of two choices. Requests that wait for a connection are not active.
 * Limits: the runtime guards of later versions (pending requests count, a bias makes equal weights an EDF schedule) are off.
 */
export const envoyLeastRequest: EnvoyMethodPlug<typeof options> = {
  name: 'envoy-least-request',
  product: 'envoy',
  word: 'LEAST_REQUEST',
  summary:
    'the host with fewer active requests of two drawn; an EDF schedule by weight over active requests where weights differ',
  source: 'Envoy 1.31, load_balancing_policies/least_request/least_request_lb.cc',
  options,
  example: 'algorithm: { LEAST_REQUEST: { choice_count: 3 } }',
  create: (checked, { table }) => ({
    createThread: (stream, nowNs) => new LeastRequest(table, stream, checked, nowNs).initialize(nowNs),
  }),
};

class LeastRequest extends EdfBalancer {
  constructor(
    table: PrioritySet,
    stream: RandomStream,
    private readonly options: LeastRequestOptions,
    nowNs: number,
  ) {
    super(table, stream, slowStartOf(options.slow_start_config), nowNs);
  }

  protected hostWeight(host: EnvoyHost, nowNs: number): number {
    const bias = this.options.active_request_bias;
    const requests = host.activeCount(nowNs) + 1;
    if (bias === 1) return host.weight / requests;
    return bias === 0 ? host.weight : host.weight / pow(requests, bias);
  }

  protected unweightedPick({ hosts }: HostsSource, nowNs: number): EnvoyHost {
    return this.options.selection_method === 'FULL_SCAN'
      ? this.scanAll(hosts, nowNs)
      : this.drawSome(hosts, nowNs);
  }

  /** The first drawn wins ties, and a host may be drawn twice. */
  private drawSome(hosts: readonly EnvoyHost[], nowNs: number): EnvoyHost {
    let best = hosts[drawBelow(this.stream, hosts.length)]!;
    for (let drawn = 1; drawn < this.options.choice_count; drawn += 1) {
      const host = hosts[drawBelow(this.stream, hosts.length)]!;
      if (host.activeCount(nowNs) < best.activeCount(nowNs)) best = host;
    }
    return best;
  }

  /** A reservoir of one among equals: the k-th replaces the one before it with probability 1/k. */
  private scanAll(hosts: readonly EnvoyHost[], nowNs: number): EnvoyHost {
    let best = hosts[0]!;
    let ties = 1;
    for (let index = 1; index < hosts.length; index += 1) {
      const host = hosts[index]!;
      const difference = host.activeCount(nowNs) - best.activeCount(nowNs);
      if (difference > 0) continue;
      ties = difference < 0 ? 1 : ties + 1;
      if (difference < 0 || drawBelow(this.stream, ties) === 0) best = host;
    }
    return best;
  }
}
