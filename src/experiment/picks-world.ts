import { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import type { Gauge, MetricsSink } from '../metrics/sink.js';
import type { BalancedHost, Balancer, HostAddress, ProductPlug } from '../model/balancer.js';
import { EndpointTable } from '../model/endpoint.js';
import { Link } from '../model/network.js';
import type { Processor } from '../model/processor.js';
import { SerialProcessor } from '../model/serial-processor.js';
import type { AnyField, Checked } from '../options/fields.js';
import { createDistribution } from '../random/catalogue.js';
import type { Distribution } from '../random/distribution.js';
import { RandomSource } from '../random/stream.js';
import { ToldHost } from './picks-host.js';

/** The place that the balancer is: under one seed, its streams are those of a whole model. */
const BALANCER_PLACE = 'balancer';

/** What a small world is made of. */
export interface PicksWorldParts {
  readonly product: ProductPlug;
  /** The product's own checked options. */
  readonly options: unknown;
  /** In configuration order. */
  readonly hosts: readonly HostAddress[];
  readonly seed: string;
  /** Of the balancer's host: as many workers are there as the product makes of it. */
  readonly cores: number;
  /** Of every link, one way. */
  readonly latencyNs: number;
  /** Part of a second that has passed on the wall clock at the start; drawn if absent. */
  readonly clockPhaseNs?: number;
}

/** A core that nobody else uses. */
class OwnCore implements Processor {
  constructor(private readonly simulation: Simulation) {}

  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    if (demandNs === 0) handler.handle(kind, payload);
    else this.simulation.after(demandNs, handler, kind, payload);
  }
}

/** Keeps gauges, for whoever asks; nothing else is measured here. */
class GaugeSink implements MetricsSink {
  readonly gauges = new Map<string, Gauge>();

  gauge(gauge: Gauge): void {
    this.gauges.set(`${gauge.place} ${gauge.name}`, gauge);
  }

  http(): void {}
  iteration(): void {}
  interruptedIteration(): void {}
  droppedIterations(): void {}
  check(): void {}
  data(): void {}
  served(): void {}
}

/**
 * The smallest world that has a balancer in it: a way for clients to it, the balancer of any product as the whole model makes
 * it, each worker on a core of its own, and hosts that do as they are told.
 */
export class PicksWorld<Own extends Balancer = Balancer> {
  readonly simulation = new Simulation();
  readonly source: RandomSource;
  readonly endpoints = new EndpointTable();
  readonly balancer: Own;
  /** From clients to the balancer. */
  readonly link: Link;

  private readonly toldHosts: ToldHost[] = [];
  private readonly sink = new GaugeSink();
  private readonly latency: Distribution;

  constructor(parts: PicksWorldParts) {
    const { product, simulation } = { ...parts, simulation: this.simulation };
    const options = parts.options as Checked<AnyField>;
    this.source = new RandomSource(parts.seed);
    this.latency = createDistribution({ kind: 'constant', options: { value: parts.latencyNs } });
    const workerCount = product.workerCount(options, parts.cores);
    const { clockPhaseNs } = parts;
    this.balancer = product.create(options, {
      simulation,
      source: this.source.fork(BALANCER_PLACE),
      sink: this.sink,
      endpoints: this.endpoints,
      name: BALANCER_PLACE,
      hosts: parts.hosts.map((host) => this.createHost(host)),
      processors: Array.from({ length: workerCount }, () => new SerialProcessor(new OwnCore(simulation))),
      ...(clockPhaseNs === undefined ? {} : { clockPhaseNs }),
    }) as Own;
    this.link = new Link(simulation, `client-${BALANCER_PLACE}`, this.balancer, this.latency);
  }

  /** Every host that was ever made; `servedBy` counts in this list. */
  get hosts(): readonly ToldHost[] {
    return this.toldHosts;
  }

  /** A host with the way to it, for the balancer. */
  createHost(address: HostAddress): BalancedHost {
    const host = new ToldHost(this.simulation, address.name, this.toldHosts.length);
    this.toldHosts.push(host);
    return { ...address, link: this.linkTo(host) };
  }

  /** A way from the balancer to `host`. */
  linkTo(host: ToldHost): Link {
    return new Link(this.simulation, `${BALANCER_PLACE}-${host.name}`, host, this.latency);
  }

  /** Present value of a gauge: `balancer connections_active`. @throws TypeError where there is none. */
  read(name: string): number {
    const gauge = this.sink.gauges.get(name);
    if (gauge === undefined) throw new TypeError(`no gauge is named "${name}"`);
    return gauge.read();
  }
}
