import type { HostSpec } from '../input/model-fields.js';
import { cpusOf, type DatabaseSpec, type Model, type ServiceSpec } from '../input/model-file.js';
import type { Simulation } from '../kernel/loop.js';
import { NEVER } from '../kernel/time.js';
import type { MetricsSink } from '../metrics/sink.js';
import { commonContent } from '../model/answer.js';
import { Cache } from '../model/cache.js';
import { CpuGroup } from '../model/cpu-group.js';
import { Database } from '../model/database.js';
import { Demand } from '../model/demand.js';
import { Drift } from '../model/drift.js';
import type { EndpointTable } from '../model/endpoint.js';
import type { Station } from '../model/exchange.js';
import { Host } from '../model/host.js';
import { Instance } from '../model/instance.js';
import { Link } from '../model/network.js';
import { Pool } from '../model/pool.js';
import type { ServerPlug } from '../model/server.js';
import { servers } from '../model/servers/index.js';
import { Service } from '../model/service.js';
import { databaseGauges, groupGauges, hostGauges } from '../model/world.js';
import type { AnyField, Checked } from '../options/fields.js';
import { createDistribution } from '../random/catalogue.js';
import type { DistributionSpec } from '../random/distribution.js';
import type { RandomSource } from '../random/stream.js';
import { compileRoutes } from './program.js';

/** What the model of one run is built from. */
export interface ModelContext {
  readonly simulation: Simulation;
  readonly source: RandomSource;
  readonly sink: MetricsSink;
  readonly endpoints: EndpointTable;
}

/** Builds hosts, databases, services and instances; the last place where the model's names are looked up. */
export class ModelBuilder {
  readonly hosts = new Map<string, Host>();
  readonly databases = new Map<string, Database>();
  /** Instances by service, and all in the order of their index. */
  readonly instancesOf = new Map<string, Instance[]>();
  readonly instances: Instance[] = [];
  private readonly services = new Map<string, { readonly service: Service; readonly spec: ServiceSpec }>();
  private readonly unlimited = new Host('unlimited', NEVER);

  constructor(
    private readonly model: Model,
    private readonly context: ModelContext,
  ) {
    for (const [name, spec] of Object.entries(model.hosts)) this.addHost(name, spec);
    for (const [name, spec] of Object.entries(model.databases)) this.addDatabase(name, spec);
    for (const [name, spec] of Object.entries(model.services)) this.addService(name, spec);
  }

  /** The CPU of something that is placed `on` a host, or that is never short of CPU where it is placed nowhere. */
  createGroup(name: string, on: string | undefined): CpuGroup {
    const host = on === undefined ? this.unlimited : this.hosts.get(on)!;
    const group = new CpuGroup(this.context.simulation, host, { name });
    for (const gauge of groupGauges(name, group)) this.context.sink.gauge(gauge);
    return group;
  }

  /** The way from place `from` (where it is one of several: of `kind`) to `station`, which stands at place `to`. */
  createLink(from: string, to: string, station: Station, kind: string = from): Link {
    const own = this.maybeLinkSpec(from, station.name, to);
    const spec = own ?? this.linkSpec(kind, station.name, to);
    return new Link(this.context.simulation, `${from}-${station.name}`, station, createDistribution(spec));
  }

  /**
   * The one-way latency between `from` and a place with several names (an instance, then its service): the first pair that
   * the model has, in either order, else the default.
   */
  linkSpec(from: string, ...names: readonly string[]): DistributionSpec {
    const { network } = this.model;
    const own = this.maybeLinkSpec(from, ...names);
    return own ?? network.default?.latency ?? { kind: 'constant', options: { value: 0 } };
  }

  private maybeLinkSpec(from: string, ...names: readonly string[]): DistributionSpec | undefined {
    const { network } = this.model;
    for (const to of names) {
      const spec = network[`${from}-${to}`] ?? network[`${to}-${from}`];
      if (spec !== undefined) return spec.latency;
    }
    return undefined;
  }

  private addHost(name: string, spec: HostSpec): void {
    const host = this.createHost(name, spec);
    this.hosts.set(name, host);
    for (const gauge of hostGauges(host, this.context.simulation)) this.context.sink.gauge(gauge);
  }

  /** When the kernel's ticks come is unknown, hence drawn; and so is how its speed drifts. */
  private createHost(name: string, { cores, speed, tick: intervalNs, drift }: HostSpec): Host {
    const { source } = this.context;
    const phaseRatio = intervalNs === 0 ? 0 : source.stream(`tick/${name}`).next();
    const tick = { intervalNs, phaseNs: Math.floor(phaseRatio * intervalNs) };
    return new Host(name, cores, {
      speed,
      ...(intervalNs > 0 && { tick }),
      ...(drift !== undefined && { drift: new Drift(drift, source.stream(`drift/${name}`)) }),
    });
  }

  private addDatabase(name: string, spec: DatabaseSpec): void {
    const group = this.quotaGroup(name, spec);
    for (const gauge of groupGauges(name, group)) this.context.sink.gauge(gauge);
    const opening = {
      cpu: new Demand(createDistribution(spec.connectCpu), `${name}/connect_cpu`),
      time: new Demand(createDistribution(spec.connect), `${name}/connect`),
    };
    const database = new Database(this.context.simulation, name, group, spec.maxConnections, opening);
    this.databases.set(name, database);
    for (const gauge of databaseGauges(database)) this.context.sink.gauge(gauge);
  }

  private addService(name: string, spec: ServiceSpec): void {
    const routes = compileRoutes({
      simulation: this.context.simulation,
      serviceName: name,
      service: spec,
      endpoints: this.context.endpoints,
      linksTo: (target) =>
        this.instancesOf.get(target)!.map((instance) => this.createLink(name, target, instance)),
    });
    const plug = servers.find((candidate) => candidate.name === spec.server.kind) as ServerPlug;
    const service = new Service({
      name,
      routes,
      createServer: (group) =>
        plug.create(spec.server.options as Checked<AnyField>, {
          simulation: this.context.simulation,
          service: name,
          group,
          phaseRatio: this.context.source.stream(`server/${group.name}/phase`).next(),
          createPools: () => this.createPools(name, group.name, spec),
          createCaches: () => this.createCaches(spec),
          demand: (distribution, purpose) =>
            new Demand(createDistribution(distribution), `${name}/${purpose}`),
        }),
    });
    this.instancesOf.set(name, []);
    this.services.set(name, { service, spec });
    this.addReplicas(name, spec.replicas, 'up');
  }

  /** More instances of a service, numbered on; `later`: they are not there until {@link Instance.appear}. */
  addReplicas(serviceName: string, count: number, when: 'up' | 'later'): readonly Instance[] {
    const { service, spec } = this.services.get(serviceName)!;
    const instances = this.instancesOf.get(serviceName)!;
    const present = instances.length;
    for (let index = present; index < present + count; index += 1) {
      const replica = { ...spec, cpus: cpusOf(spec, index), startsUp: when === 'up' };
      instances.push(this.createInstance(service, replica, `${serviceName}-${index + 1}`));
    }
    return instances.slice(present);
  }

  private createInstance(service: Service, spec: ReplicaSpec, name: string): Instance {
    const instance = new Instance(
      this.context.simulation,
      service,
      this.quotaGroup(name, spec),
      {
        name,
        index: this.instances.length,
        memory: {
          baseBytes: spec.memory.baseBytes,
          perConnectionBytes: spec.memory.perConnectionBytes,
          perRequestBytes: spec.memory.perRequestBytes,
          limitBytes: spec.memLimitBytes ?? NEVER,
        },
        restart: spec.restart,
        startTime: new Demand(createDistribution(spec.startTime), `${name}/start_time`),
        startsUp: spec.startsUp,
        headBytes: spec.headBytes,
        content: commonContent(spec.headers ?? {}, name),
      },
      this.context.sink,
    );
    this.instances.push(instance);
    return instance;
  }

  /** A group under the place's quota; where the kernel's period began is unknown, hence drawn. */
  private quotaGroup(name: string, spec: Placed): CpuGroup {
    const { simulation, source } = this.context;
    const host = this.hosts.get(spec.on)!;
    const weight = spec.cpuShares;
    if (spec.cpus === undefined) return new CpuGroup(simulation, host, { name, weight });
    const phaseRatio = source.stream(`quota/${name}`).next();
    const quota = {
      quotaNs: spec.cpus * spec.cpuPeriodNs,
      periodNs: spec.cpuPeriodNs,
      phaseNs: Math.floor(phaseRatio * spec.cpuPeriodNs),
    };
    return new CpuGroup(simulation, host, { name, weight, quota });
  }

  private createPools(serviceName: string, instanceName: string, spec: ServiceSpec): Pool[] {
    return Object.entries(spec.pools).map(([name, pool]) => {
      const latency = createDistribution(this.linkSpec(pool.to, instanceName, serviceName));
      const roundTrip = new Demand(twice(latency), `${serviceName}/pools/${name}/round_trip`);
      return new Pool(
        this.context.simulation,
        name,
        this.databases.get(pool.to)!,
        { poolSize: pool.poolSize, maxOverflow: pool.maxOverflow, poolTimeoutNs: pool.poolTimeoutNs },
        roundTrip,
        {
          connect: new Demand(
            createDistribution(pool.connectCpu),
            `${serviceName}/pools/${name}/connect_cpu`,
          ),
          rollback: new Demand(
            createDistribution(pool.rollbackCpu),
            `${serviceName}/pools/${name}/rollback_cpu`,
          ),
        },
      );
    });
  }

  private createCaches(spec: ServiceSpec): Cache[] {
    return Object.entries(spec.caches).map(
      ([name, cache]) =>
        new Cache(this.context.simulation, name, {
          ttlNs: cache.ttlNs ?? NEVER,
          size: cache.size ?? NEVER,
          singleFlight: cache.singleFlight,
        }),
    );
  }
}

/** A service as one of its replicas has it. */
type ReplicaSpec = Omit<ServiceSpec, 'cpus'> & Placed & { readonly startsUp: boolean };

interface Placed {
  readonly on: string;
  readonly cpus: number | undefined;
  readonly cpuPeriodNs: number;
  readonly cpuShares: number;
}

function twice(distribution: ReturnType<typeof createDistribution>): ReturnType<typeof createDistribution> {
  return {
    kind: distribution.kind,
    mean: 2 * distribution.mean,
    variance: 4 * distribution.variance,
    min: 2 * distribution.min,
    max: 2 * distribution.max,
    constant: distribution.constant === undefined ? undefined : 2 * distribution.constant,
    sample: (stream) => 2 * distribution.sample(stream),
  };
}
