import { addressOf, type BalancerSpec } from '../input/model-file.js';
import { balancerNames } from '../input/model-names.js';
import { NS_PER_SECOND } from '../kernel/time.js';
import type { MetricsSink } from '../metrics/sink.js';
import type { BalancedHost, ProductPlug } from '../model/balancer.js';
import { type BalancerChange, type BalancerProcess, BalancerReplica } from '../model/balancer-replica.js';
import type { Station } from '../model/exchange.js';
import type { Rotation } from '../model/failure.js';
import type { Instance } from '../model/instance.js';
import type { Processor } from '../model/processor.js';
import { products } from '../model/products/index.js';
import { SerialProcessor } from '../model/serial-processor.js';
import type { AnyField, Checked } from '../options/fields.js';
import type { RandomSource } from '../random/stream.js';
import type { ModelBuilder, ModelContext } from './build-model.js';

/** The place that the model's one balancer is, in `network`, gauges and streams; of several, what their names begin with. */
export const BALANCER_PLACE = 'balancer';

/** Whether the events of an experiment end or start a balancer; one that nobody ends needs nobody who watches over it. */
export type BalancerLives = 'one' | 'several';

/** The balancers in front of the instances of the model's services, ready to be called. */
export interface BuiltBalancers {
  readonly stations: readonly Station[];
  /** Those whose process may end: all, or none. */
  readonly replicas: readonly BalancerReplica[];
  readonly rotation: Rotation;
}

/** A balancer as its rotation sees it. */
type Configured = Pick<BalancerReplica, 'name' | 'configure' | 'connectionsLost' | 'requestsOn'>;

/** Builds the balancer, or each replica of it, and begins its health checks. */
export function buildBalancers(
  spec: BalancerSpec,
  builder: ModelBuilder,
  context: ModelContext,
  lives: BalancerLives,
): BuiltBalancers {
  const count = spec.replicas?.count ?? 1;
  if (count === 1 && lives === 'one') {
    const { create, group } = processMaker(spec, builder, context, BALANCER_PLACE);
    const process = create({ source: context.source.fork(BALANCER_PLACE), sink: context.sink, cpu: group });
    const { balancer } = process;
    balancer.start();
    const configured: Configured = {
      name: BALANCER_PLACE,
      configure: (change) => change(process),
      connectionsLost: (name) => balancer.connectionsLost(name),
      requestsOn: (name) => balancer.requestsOn(name),
    };
    return { stations: [balancer], replicas: [], rotation: rotationOf(spec, builder, [configured]) };
  }
  const places = count === 1 ? [BALANCER_PLACE] : balancerNames(count);
  const replicas = places.map((place) => {
    const { create, group } = processMaker(spec, builder, context, place);
    const source = context.source.fork(place);
    const replica = new BalancerReplica({
      name: place,
      sink: context.sink,
      group,
      create: ({ life, sink, cpu }) =>
        create({ source: life === 0 ? source : source.fork(`life/${life}`), sink, cpu }),
    });
    return replica;
  });
  for (const replica of replicas) replica.begin();
  return { stations: replicas, replicas, rotation: rotationOf(spec, builder, replicas) };
}

/** What differs between the lives of a balancer. */
interface Life {
  readonly source: RandomSource;
  readonly sink: MetricsSink;
  readonly cpu: Processor;
}

function processMaker(spec: BalancerSpec, builder: ModelBuilder, context: ModelContext, place: string) {
  const plug = products.find((candidate) => candidate.name === spec.product) as ProductPlug;
  const options = spec.options as Checked<AnyField>;
  const group = builder.createGroup(place, spec.on);
  const cores = spec.on === undefined ? 1 : builder.hosts.get(spec.on)!.cores;
  const workerCount = plug.workerCount(options, cores);
  // Several balancers read one clock.
  const clock = place === BALANCER_PLACE ? {} : { clockPhaseNs: clockPhaseNs(context) };
  const create = ({ source, sink, cpu }: Life): BalancerProcess => {
    const hosts = hostsOf(spec, builder, place);
    const processors = Array.from({ length: workerCount }, () => new SerialProcessor(cpu));
    const { simulation, endpoints } = context;
    const parts = { simulation, source, sink, endpoints, name: place, hosts, processors, ...clock };
    return { balancer: plug.create(options, parts), hosts, processors };
  };
  return { create, group };
}

/** The part of a second that had passed on the wall clock, as a balancer alone draws it. */
function clockPhaseNs({ source }: ModelContext): number {
  return Math.floor(source.fork(BALANCER_PLACE).stream('clock-phase').next() * NS_PER_SECOND);
}

/** The instances of the balanced services, each with a way from `place` to it. */
function hostsOf(spec: BalancerSpec, builder: ModelBuilder, place: string): BalancedHost[] {
  return instancesOf(spec, builder).map((instance) => hostOf(instance, builder, place));
}

function hostOf(instance: Instance, builder: ModelBuilder, place: string): BalancedHost {
  const service = instance.service.name;
  const link = builder.createLink(place, service, instance, BALANCER_PLACE);
  return { name: instance.name, service, address: addressOf(instance.name), link };
}

function instancesOf({ services }: BalancerSpec, builder: ModelBuilder): Instance[] {
  return services.flatMap((service) => builder.instancesOf.get(service)!);
}

function rotationOf(spec: BalancerSpec, builder: ModelBuilder, balancers: readonly Configured[]): Rotation {
  const plug = products.find((candidate) => candidate.name === spec.product) as ProductPlug;
  const rotation = new BuiltRotation(plug, balancers, builder);
  for (const instance of instancesOf(spec, builder)) rotation.include(instance);
  return rotation;
}

class BuiltRotation implements Rotation {
  private readonly included = new Set<Instance>();
  private readonly watched = new Set<Instance>();

  constructor(
    private readonly plug: ProductPlug,
    private readonly balancers: readonly Configured[],
    private readonly builder: ModelBuilder,
  ) {}

  /** `instance` is a host. The balancers are told when its process ends. */
  include(instance: Instance): void {
    this.included.add(instance);
    if (this.watched.has(instance)) return;
    this.watched.add(instance);
    instance.whenLost(() => {
      for (const balancer of this.balancers) balancer.connectionsLost(instance.name);
    });
  }

  has(instance: Instance): boolean {
    return this.included.has(instance);
  }

  join(instance: Instance): void {
    this.include(instance);
    for (const each of this.balancers) {
      each.configure(({ balancer, hosts }) => {
        const host = hostOf(instance, this.builder, each.name);
        hosts.push(host);
        balancer.addHost(host);
      });
    }
  }

  leave(instance: Instance): void {
    this.included.delete(instance);
    this.configure(({ balancer }) => balancer.removeHost(instance.name));
  }

  takeOut(instance: Instance): void {
    if (this.plug.aside === undefined) this.configure(({ balancer }) => balancer.removeHost(instance.name));
    else this.change(instance, this.plug.aside.out);
  }

  bringBack(instance: Instance): void {
    if (this.plug.aside === undefined) this.join(instance);
    else this.change(instance, this.plug.aside.back);
  }

  change(instance: Instance, parameters: unknown): void {
    this.configure(({ balancer }) => balancer.changeHost(instance.name, parameters));
  }

  requestsOn(instance: Instance): number {
    return this.balancers.reduce((sum, balancer) => sum + balancer.requestsOn(instance.name), 0);
  }

  private configure(change: BalancerChange): void {
    for (const balancer of this.balancers) balancer.configure(change);
  }
}
