import { addressOf, type BalancerSpec } from '../input/model-file.js';
import type { BalancedHost, Balancer, ProductPlug } from '../model/balancer.js';
import type { Rotation } from '../model/failure.js';
import type { Instance } from '../model/instance.js';
import { products } from '../model/products/index.js';
import { SerialProcessor } from '../model/serial-processor.js';
import type { AnyField, Checked } from '../options/fields.js';
import type { ModelBuilder, ModelContext } from './build-model.js';

/** The place that the model's one balancer is, in `network`, gauges and streams. */
export const BALANCER_PLACE = 'balancer';

/** A balancer, and what the timeline may do to it. */
export interface BuiltBalancer {
  readonly balancer: Balancer;
  readonly rotation: Rotation;
}

/** Builds the balancer in front of the instances of its services. */
export function buildBalancer(
  spec: BalancerSpec,
  builder: ModelBuilder,
  context: ModelContext,
): BuiltBalancer {
  const plug = products.find((candidate) => candidate.name === spec.product) as ProductPlug;
  const options = spec.options as Checked<AnyField>;
  const instances = spec.services.flatMap((service) => builder.instancesOf.get(service)!);
  const hosts = instances.map((instance) => hostOf(instance, builder));
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
  const rotation = new BuiltRotation(plug, balancer, builder);
  for (const instance of instances) rotation.include(instance);
  return { balancer, rotation };
}

function hostOf(instance: Instance, builder: ModelBuilder): BalancedHost {
  const service = instance.service.name;
  const link = builder.createLink(BALANCER_PLACE, service, instance);
  return { name: instance.name, service, address: addressOf(instance.name), link };
}

class BuiltRotation implements Rotation {
  private readonly included = new Set<Instance>();
  private readonly watched = new Set<Instance>();

  constructor(
    private readonly plug: ProductPlug,
    private readonly balancer: Balancer,
    private readonly builder: ModelBuilder,
  ) {}

  /** `instance` is a host. The balancer is told when its process ends. */
  include(instance: Instance): void {
    this.included.add(instance);
    if (this.watched.has(instance)) return;
    this.watched.add(instance);
    instance.whenLost(() => this.balancer.connectionsLost(instance.name));
  }

  has(instance: Instance): boolean {
    return this.included.has(instance);
  }

  join(instance: Instance): void {
    this.include(instance);
    this.balancer.addHost(hostOf(instance, this.builder));
  }

  leave(instance: Instance): void {
    this.included.delete(instance);
    this.balancer.removeHost(instance.name);
  }

  takeOut(instance: Instance): void {
    if (this.plug.aside === undefined) this.balancer.removeHost(instance.name);
    else this.change(instance, this.plug.aside.out);
  }

  bringBack(instance: Instance): void {
    if (this.plug.aside === undefined) this.join(instance);
    else this.change(instance, this.plug.aside.back);
  }

  change(instance: Instance, parameters: unknown): void {
    this.balancer.changeHost(instance.name, parameters);
  }

  requestsOn(instance: Instance): number {
    return this.balancer.requestsOn(instance.name);
  }
}
