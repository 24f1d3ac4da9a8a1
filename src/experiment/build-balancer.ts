import { addressOf, type BalancerSpec } from '../input/model-file.js';
import type { BalancedHost, Balancer, ProductPlug } from '../model/balancer.js';
import { products } from '../model/products/index.js';
import { SerialProcessor } from '../model/serial-processor.js';
import type { AnyField, Checked } from '../options/fields.js';
import type { ModelBuilder, ModelContext } from './build-model.js';

/** The place that the model's one balancer is, in `network`, gauges and streams. */
export const BALANCER_PLACE = 'balancer';

/** Builds the balancer in front of the instances of its services. */
export function buildBalancer(spec: BalancerSpec, builder: ModelBuilder, context: ModelContext): Balancer {
  const plug = products.find((candidate) => candidate.name === spec.product) as ProductPlug;
  const options = spec.options as Checked<AnyField>;
  const hosts: BalancedHost[] = [];
  for (const service of spec.services) {
    for (const instance of builder.instancesOf.get(service)!) {
      const link = builder.createLink(BALANCER_PLACE, service, instance);
      hosts.push({ name: instance.name, service, address: addressOf(instance.name), link });
    }
  }
  const group = builder.createGroup(BALANCER_PLACE, spec.on);
  const cores = spec.on === undefined ? 1 : builder.hosts.get(spec.on)!.cores;
  const workerCount = plug.workerCount(options, cores);
  const balancer = plug.create(options, {
    simulation: context.simulation,
    source: context.source.fork(BALANCER_PLACE),
    sink: context.sink,
    endpoints: context.endpoints,
    name: BALANCER_PLACE,
    hosts,
    processors: Array.from({ length: workerCount }, () => new SerialProcessor(group)),
  });
  for (const service of spec.services) {
    for (const instance of builder.instancesOf.get(service)!) {
      instance.whenLost(() => balancer.connectionsLost(instance.name));
    }
  }
  return balancer;
}
