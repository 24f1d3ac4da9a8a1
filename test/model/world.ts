import { ModelBuilder } from '../../src/experiment/build-model.js';
import { checkModel } from '../../src/input/model-file.js';
import { Simulation } from '../../src/kernel/loop.js';
import type { Handler } from '../../src/kernel/queue.js';
import { NS_PER_MS } from '../../src/kernel/time.js';
import type { Gauge, MetricsSink } from '../../src/metrics/sink.js';
import { EndpointTable } from '../../src/model/endpoint.js';
import { type Caller, type Connection, Exchange, Failure } from '../../src/model/exchange.js';
import type { Instance } from '../../src/model/instance.js';
import type { Link } from '../../src/model/network.js';
import { RandomSource } from '../../src/random/stream.js';

const SEND = 0;
/** Ten minutes: longer than anything in these tests. */
const RUN_MS = 600_000;

/** Gives a handful of metrics to nobody, but keeps the gauges. */
export class DeafSink implements MetricsSink {
  readonly gauges: Gauge[] = [];
  readonly servedLines: string[] = [];

  http(): void {}
  iteration(): void {}
  interruptedIteration(): void {}
  droppedIterations(): void {}
  check(): void {}
  data(): void {}
  served(instanceIndex: number, durationNs: number, status: number): void {
    this.servedLines.push(`${instanceIndex} ${durationNs / NS_PER_MS} ${status}`);
  }
  gauge(gauge: Gauge): void {
    this.gauges.push(gauge);
  }
}

/** What a test asks for. */
interface Wanted {
  readonly name: string;
  readonly instance: Instance;
  readonly link: Link;
  readonly path: string;
  readonly key: number;
  readonly connectionOf: string | undefined;
  readonly abandonAfterMs: number | undefined;
}

/**
 * The smallest world around a model: its instances without client and balancer, and requests sent by hand. Every answer is
 * a line: `105 a 200` says that `a` was answered at 105 ms with 200; a failure stands by its name.
 */
export class World implements Handler, Caller {
  readonly simulation = new Simulation();
  readonly sink = new DeafSink();
  readonly lines: string[] = [];
  /** What came of each request, by its name. */
  readonly ended = new Map<string, Exchange>();
  readonly builder: ModelBuilder;
  private readonly endpoints = new EndpointTable();
  private readonly links = new Map<Instance, Link>();
  /** Connections by the name of the request that was answered on them. */
  private readonly connections = new Map<string, Connection>();
  private sent = 0;

  /** @param model as in a YAML file. @throws where it has mistakes. */
  constructor(model: object, seed = '1') {
    const checked = checkModel(model);
    if (checked.model === undefined) throw new Error(JSON.stringify(checked.findings));
    const { simulation, sink, endpoints } = this;
    this.builder = new ModelBuilder(checked.model, {
      simulation,
      source: new RandomSource(seed),
      sink,
      endpoints,
    });
  }

  private linkTo(instance: Instance): Link {
    let link = this.links.get(instance);
    if (link === undefined) {
      link = this.builder.createLink('client', instance.service.name, instance);
      this.links.set(instance, link);
    }
    return link;
  }

  instance(name: string): Instance {
    return this.builder.instances.find((instance) => instance.name === name)!;
  }

  /** Sends `GET path` at `atMs` to an instance (the first one unless named), on a new connection unless told on whose. */
  send(
    atMs: number,
    name: string,
    options: Partial<Omit<Wanted, 'name' | 'link' | 'instance'>> & { to?: string } = {},
  ): this {
    const instance = options.to === undefined ? this.builder.instances[0]! : this.instance(options.to);
    const wanted: Wanted = {
      name,
      instance,
      link: this.linkTo(instance),
      path: options.path ?? '/',
      key: options.key ?? ++this.sent,
      connectionOf: options.connectionOf,
      abandonAfterMs: options.abandonAfterMs,
    };
    this.simulation.schedule(atMs * NS_PER_MS, this, SEND, wanted);
    return this;
  }

  /** Does something at `atMs`. */
  at(atMs: number, act: () => void): this {
    this.simulation.schedule(atMs * NS_PER_MS, { handle: act }, SEND);
    return this;
  }

  /** Writes a line of one's own. */
  log(text: string): void {
    this.lines.push(`${this.simulation.nowNs / NS_PER_MS} ${text}`);
  }

  /** Runs on to `untilMs` and returns the lines. Some servers never rest: there is no end to wait for. */
  run(untilMs = RUN_MS): string[] {
    this.simulation.run(untilMs * NS_PER_MS);
    return this.lines;
  }

  handle(_kind: number, payload: unknown): void {
    const wanted = payload as Wanted;
    const endpoint = this.endpoints.intern(
      { method: 'GET', path: wanted.path },
      { host: 'h', userAgent: 'u' },
    );
    const exchange = new Exchange(this, wanted.link, endpoint, 0, wanted.key, undefined, '10.0.0.1');
    if (wanted.connectionOf !== undefined) {
      exchange.needsConnection = false;
      exchange.connection = this.connections.get(wanted.connectionOf);
    }
    exchange.context = wanted.name;
    if (wanted.abandonAfterMs !== undefined) {
      const giveUp = () => {
        if (!exchange.settled) exchange.giveUp(Failure.timeout);
      };
      this.simulation.after(wanted.abandonAfterMs * NS_PER_MS, { handle: giveUp }, SEND);
    }
    wanted.link.request(exchange);
  }

  settle(exchange: Exchange): void {
    this.ended.set(String(exchange.context), exchange);
    if (exchange.connection !== undefined)
      this.connections.set(String(exchange.context), exchange.connection);
    const failure = Object.entries(Failure).find(([, value]) => value === exchange.failure)![0];
    this.log(`${String(exchange.context)} ${exchange.failure === Failure.none ? exchange.status : failure}`);
  }
}

/** What a model has beside the service `api`. */
interface Surroundings {
  readonly cores?: number;
  /** Of the host. */
  readonly speed?: number;
  /** A database of that name. */
  readonly postgres?: object;
  /** Other services. */
  readonly services?: object;
  /** One-way latencies; 0 where nothing is said. */
  readonly latency?: object;
}

/** A model with one service `api` on a host `host`, and no way takes any time. */
export function apiModel(
  service: object,
  { cores = 1, speed = 1, postgres, services, latency }: Surroundings = {},
): object {
  return {
    hosts: { host: { cores, speed } },
    network: { default: '0ms', ...latency },
    services: {
      api: { routes: { 'GET /': [] }, ...service },
      ...services,
      ...(postgres === undefined ? {} : { postgres }),
    },
  };
}
