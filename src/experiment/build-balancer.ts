import { addressOf, type BalancerSpec } from '../input/model-file.js';
import { balancerNames } from '../input/model-names.js';
import { NS_PER_SECOND } from '../kernel/time.js';
import type { MetricsSink } from '../metrics/sink.js';
import type { BalancedHost, Balancer, ProductPlug } from '../model/balancer.js';
import { type BalancerProcess, BalancerReplica } from '../model/balancer-replica.js';
import type { Station } from '../model/exchange.js';
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
}

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
    const { balancer } = create({
      source: context.source.fork(BALANCER_PLACE),
      sink: context.sink,
      cpu: group,
    });
    watchLosses(spec, builder, balancer);
    balancer.start();
    return { stations: [balancer], replicas: [] };
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
    watchLosses(spec, builder, replica);
    return replica;
  });
  for (const replica of replicas) replica.begin();
  return { stations: replicas, replicas };
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
  return spec.services.flatMap((service) =>
    builder.instancesOf.get(service)!.map((instance) => {
      const link = builder.createLink(place, service, instance, BALANCER_PLACE);
      return { name: instance.name, service, address: addressOf(instance.name), link };
    }),
  );
}

/** Tells a balancer of every instance whose process ends. */
function watchLosses(
  { services }: BalancerSpec,
  builder: ModelBuilder,
  balancer: Pick<Balancer, 'connectionsLost'>,
): void {
  for (const instance of services.flatMap((service) => builder.instancesOf.get(service)!)) {
    instance.whenLost(() => balancer.connectionsLost(instance.name));
  }
}
