import type { EventSpec } from '../input/experiment.js';
import type { Model } from '../input/model-file.js';
import type { Simulation } from '../kernel/loop.js';
import type { ClientTarget } from '../model/client.js';
import type { ClientCpu } from '../model/client-cpu.js';
import type { ClientOptions } from '../model/client-options.js';
import { type FailureContext, type FailurePlug, Timeline } from '../model/failure.js';
import { failures } from '../model/failures/index.js';
import type { Instance } from '../model/instance.js';
import { PROMETHEUS_PLACE, Scraper } from '../model/scraper.js';
import type { AnyField, Checked } from '../options/fields.js';
import { createDistribution } from '../random/catalogue.js';
import type { Distribution, DistributionSpec } from '../random/distribution.js';
import { BALANCER_PLACE, type BuiltBalancers, buildBalancers } from './build-balancer.js';
import { ModelBuilder, type ModelContext } from './build-model.js';

/** The place that the load generator is, in `network` and in gauges. */
export const CLIENT_PLACE = 'client';

/** A model as it stands in one simulation, with what happens to it. */
export interface World {
  readonly builder: ModelBuilder;
  readonly balancers: BuiltBalancers | undefined;
  /** What clients talk to: the balancers, or without one the only instance of the service that no other calls. */
  readonly entry: ClientTarget;
}

/** Builds the model, before the load generator. */
export function buildWorld(model: Model, events: readonly EventSpec[], context: ModelContext): World {
  const builder = new ModelBuilder(model, context);
  const balancers = balancersOf(model, events, builder, context);
  return { builder, balancers, entry: entryOf(model, builder, balancers) };
}

/** Begins to scrape what the model says, after the events that create instances: a service's targets are all of them. */
export function startScrapes({ prometheus }: Model, world: World, context: ModelContext): void {
  if (prometheus === undefined) return;
  const { builder, balancers } = world;
  const scraper = new Scraper(prometheus, context);
  for (const target of prometheus.targets) {
    const stations = target === BALANCER_PLACE ? balancers?.stations : builder.instancesOf.get(target);
    for (const station of stations ?? []) {
      scraper.watch(station.name, builder.createLink(PROMETHEUS_PLACE, target, station));
    }
  }
}

/** The model's balancers; `undefined` where it has none. */
function balancersOf(
  model: Model,
  events: readonly EventSpec[],
  builder: ModelBuilder,
  context: ModelContext,
): BuiltBalancers | undefined {
  if (model.balancer === undefined) return undefined;
  const isMeant = events.some(({ kind, options }) => {
    const target = (options as Readonly<Record<string, unknown>>)[kind];
    return target === BALANCER_PLACE;
  });
  return buildBalancers(model.balancer, builder, context, isMeant ? 'several' : 'one');
}

function entryOf(model: Model, builder: ModelBuilder, balancers: BuiltBalancers | undefined): ClientTarget {
  if (balancers === undefined) {
    const [instance] = builder.instancesOf.get(model.entry)! as [Instance];
    return { links: [builder.createLink(CLIENT_PLACE, instance.service.name, instance)] };
  }
  return {
    links: balancers.stations.map((station) => builder.createLink(CLIENT_PLACE, BALANCER_PLACE, station)),
    select: model.balancer?.replicas?.select,
  };
}

/** A distribution of a file; `undefined` where it has none. */
export function maybeCreate(spec: DistributionSpec | undefined): Distribution | undefined {
  return spec === undefined ? undefined : createDistribution(spec);
}

/** The load generator's own CPU, on its host or on a machine of its own. */
export function clientCpu(spec: ClientOptions, builder: ModelBuilder): ClientCpu | undefined {
  if (spec.cpu === undefined) return undefined;
  return {
    processor: builder.createGroup(CLIENT_PLACE, spec.on),
    beforeSend: maybeCreate(spec.cpu.before_send),
    afterReceive: maybeCreate(spec.cpu.after_receive),
  };
}

/** Puts the experiment's events on the clock; in their order, for an event acts on what those before it have created. */
export function addEvents(
  events: readonly EventSpec[],
  simulation: Simulation,
  { builder, balancers }: World,
): void {
  const timeline = new Timeline(simulation);
  const context: FailureContext = {
    simulation,
    instances: (name) => [
      ...(builder.instancesOf.get(name) ?? builder.instances.filter((instance) => instance.name === name)),
    ],
    createInstances: (service, count) => builder.addReplicas(service, count, 'later'),
    rotation: balancers?.rotation,
    balancers: (name) =>
      (balancers?.replicas ?? []).filter((each) => name === each.name || name === BALANCER_PLACE),
    database: (name) => builder.databases.get(name),
  };
  for (const event of events) {
    const plug = failures.find((candidate) => candidate.name === event.kind) as FailurePlug;
    timeline.add(plug.create(event.options as Checked<AnyField>, context), event.atNs, event.untilNs);
  }
}
