import { Simulation } from '../../src/kernel/loop.js';
import type { Handler } from '../../src/kernel/queue.js';
import { NS_PER_MS } from '../../src/kernel/time.js';
import { CpuGroup } from '../../src/model/cpu-group.js';
import { EndpointTable } from '../../src/model/endpoint.js';
import { Admission, type Caller, type Endpoint, Exchange } from '../../src/model/exchange.js';
import { Host } from '../../src/model/host.js';
import type { Instance } from '../../src/model/instance.js';
import type { Link } from '../../src/model/network.js';
import { createDistribution } from '../../src/random/catalogue.js';
import type { Distribution, DistributionSpec } from '../../src/random/distribution.js';
import { drawInt32, RandomSource, type RandomStream } from '../../src/random/stream.js';
import { World } from '../model/world.js';
import { REPLICATIONS } from './estimate.js';

/** The mean demand of every customer in this folder. */
export const MEAN_NS = NS_PER_MS;

export const exponential: DistributionSpec = { kind: 'exponential', options: { mean: MEAN_NS } };
export const deterministic: DistributionSpec = { kind: 'constant', options: { value: MEAN_NS } };
/** Coefficient of variation 3: median = mean / sqrt(1 + 9), sigma² = ln 10. */
export const lognormalCv3: DistributionSpec = {
  kind: 'lognormal',
  options: { median: MEAN_NS / Math.sqrt(10), sigma: Math.sqrt(Math.LN10) },
};

/** What one replication saw, after its warm-up; times in units of the mean demand. */
export interface Observation {
  readonly meanTime: number;
  /** Share of the customers who found no place. */
  readonly loss: number;
  /** Share of those who found a place that found no idle server. */
  readonly waited: number;
  /** Time average of customers present. */
  readonly meanNumber: number;
  /** Arrivals per mean demand, the lost left out. */
  readonly throughput: number;
  /** Cores in use, time average. */
  readonly busy: number;
}

export interface OpenQueueOptions {
  readonly servers: number;
  /** Arrival rate times mean demand / servers. */
  readonly load: number;
  readonly warmUpCount: number;
  readonly count: number;
}

/** Poisson arrivals, and the accounts of who is there. */
abstract class Arrivals implements Handler {
  readonly simulation: Simulation;
  private readonly stream: RandomStream;
  private readonly gap: Distribution;
  private arrived = 0;
  private present = 0;
  private presentNs = 0;
  private changedNs = 0;
  private beganNs = 0;
  private busyBeforeNs = 0;
  private lost = 0;
  private entered = 0;
  private served = 0;
  private waited = 0;
  private sumNs = 0;
  private averages: Pick<Observation, 'meanNumber' | 'throughput' | 'busy'> | undefined = undefined;

  constructor(
    simulation: Simulation,
    source: RandomSource,
    private readonly options: OpenQueueOptions,
  ) {
    this.simulation = simulation;
    this.stream = source.stream('gaps');
    const mean = MEAN_NS / (options.servers * options.load);
    this.gap = createDistribution({ kind: 'exponential', options: { mean } });
    this.next();
  }

  /** A customer comes; calls `enter` or `lose` at once, and `leave` in time. */
  protected abstract arrive(counted: boolean): void;
  /** Core-ns in use so far. */
  protected abstract get busyNs(): number;

  handle(): void {
    if (this.arrived === this.options.warmUpCount) this.begin();
    const counting = this.options.warmUpCount + this.options.count;
    if (this.arrived === counting) this.endCount();
    const counted = this.arrived >= this.options.warmUpCount && this.arrived < counting;
    this.arrived += 1;
    this.next();
    this.arrive(counted);
  }

  protected enter({ counted, waits }: { counted: boolean; waits: boolean }): void {
    this.account(1);
    if (!counted) return;
    this.entered += 1;
    if (waits) this.waited += 1;
  }

  protected lose(counted: boolean): void {
    if (counted) this.lost += 1;
  }

  protected leave(arrivedNs: number, counted: boolean): void {
    this.account(-1);
    if (!counted) return;
    this.served += 1;
    this.sumNs += this.simulation.nowNs - arrivedNs;
    if (this.averages !== undefined && this.served === this.entered) this.simulation.stop();
  }

  /** Others go on coming until the last one counted has left: to count only those who left in time would favour the short. */
  observe(): Observation {
    this.simulation.run();
    return {
      meanTime: this.sumNs / this.served / MEAN_NS,
      loss: this.lost / this.options.count,
      waited: this.waited / this.entered,
      ...this.averages!,
    };
  }

  private endCount(): void {
    this.account(0);
    const lengthNs = this.simulation.nowNs - this.beganNs;
    this.averages = {
      meanNumber: this.presentNs / lengthNs,
      throughput: (this.entered / lengthNs) * MEAN_NS,
      busy: (this.busyNs - this.busyBeforeNs) / lengthNs,
    };
    if (this.served === this.entered) this.simulation.stop();
  }

  private begin(): void {
    this.account(0);
    this.beganNs = this.simulation.nowNs;
    this.presentNs = 0;
    this.busyBeforeNs = this.busyNs;
  }

  private next(): void {
    this.simulation.after(Math.round(this.gap.sample(this.stream)), this, 0);
  }

  private account(change: number): void {
    const nowNs = this.simulation.nowNs;
    this.presentNs += this.present * (nowNs - this.changedNs);
    this.changedNs = nowNs;
    this.present += change;
  }
}

/** Customers of a `CpuGroup` on a `Host`: processor sharing over the host's cores. */
class SharedQueue extends Arrivals {
  private readonly host: Host;
  private readonly group: CpuGroup;
  private readonly demands: RandomStream;
  private readonly leaving: Handler;

  constructor(
    source: RandomSource,
    options: OpenQueueOptions,
    private readonly demand: Distribution,
  ) {
    super(new Simulation(), source, options);
    this.host = new Host('host', options.servers);
    this.group = new CpuGroup(this.simulation, this.host, { name: 'group' });
    this.demands = source.stream('demands');
    this.leaving = {
      handle: (kind, payload) => this.leave(payload as number, kind === 1),
    };
  }

  protected get busyNs(): number {
    return this.host.busyUntilNs(this.simulation.nowNs);
  }

  protected arrive(counted: boolean): void {
    const demandNs = Math.max(1, Math.round(this.demand.sample(this.demands)));
    this.enter({ counted, waits: this.group.runnable >= this.host.cores });
    this.group.run(demandNs, this.leaving, counted ? 1 : 0, this.simulation.nowNs);
  }
}

/** Requests to an instance with as many threads as its host has cores: first come, first served. */
class ThreadQueue extends Arrivals implements Caller {
  private readonly instance: Instance;
  private readonly link: Link;
  private readonly endpoint: Endpoint;
  private readonly keys: RandomStream;

  constructor(
    private readonly world: World,
    source: RandomSource,
    options: OpenQueueOptions,
  ) {
    super(world.simulation, source, options);
    this.instance = world.builder.instances[0]!;
    this.link = world.builder.createLink('client', 'api', this.instance);
    this.endpoint = new EndpointTable().intern({ method: 'GET', path: '/' }, { host: 'h', userAgent: 'u' });
    this.keys = source.stream('keys');
  }

  protected get busyNs(): number {
    return this.world.builder.hosts.get('host')!.busyUntilNs(this.simulation.nowNs);
  }

  protected arrive(counted: boolean): void {
    const key = drawInt32(this.keys);
    const exchange = new Exchange(this, this.link, this.endpoint, drawInt32(this.keys), key, undefined, '');
    exchange.startedNs = this.simulation.nowNs;
    exchange.context = counted;
    exchange.closesConnection = true;
    // Whom the kernel drops would come again after a second: here he is lost.
    if (this.instance.connect(exchange) !== Admission.accepted) {
      this.lose(counted);
      return;
    }
    const { busyCount, capacity } = this.instance.server;
    this.enter({ counted, waits: busyCount === capacity });
    this.instance.accept(exchange);
  }

  settle(exchange: Exchange): void {
    this.leave(exchange.startedNs, exchange.context === true);
  }
}

/** Replications of processor sharing: arrivals at a `CpuGroup` that has a `Host` of `servers` cores to itself. */
export function sharedQueue(options: OpenQueueOptions, demand: DistributionSpec): Observation[] {
  return replicate((source) => new SharedQueue(source, options, createDistribution(demand)));
}

/**
 * Replications of first come, first served: arrivals at an instance with `servers` threads, which has a host of as many
 * cores to itself. `places`, threads included, bounds those present; there is one place more than threads at least.
 */
export function threadQueue(
  options: OpenQueueOptions & { readonly places?: number },
  demand: DistributionSpec,
): Observation[] {
  const backlog = options.places === undefined ? 1_000_000 : options.places - options.servers;
  const server = { kind: 'thread-pool', threads: options.servers, backlog };
  const cpu = writtenDistribution(demand);
  return replicate((source) => {
    const world = new World({
      hosts: { host: { cores: options.servers } },
      network: { default: '0ms' },
      services: { api: { server, routes: { 'GET /': [{ cpu }] } } },
    });
    return new ThreadQueue(world, source, options);
  });
}

function replicate(create: (source: RandomSource) => Arrivals): Observation[] {
  return Array.from({ length: REPLICATIONS }, (_, index) =>
    create(new RandomSource(`theory#${index}`)).observe(),
  );
}

/** As a model file writes it. */
function writtenDistribution({ kind, options }: DistributionSpec): object {
  const written = Object.entries(options as Record<string, number>).map(([key, value]) => {
    return [key, key === 'sigma' ? value : `${value}ns`];
  });
  return { [kind]: Object.fromEntries(written) };
}
