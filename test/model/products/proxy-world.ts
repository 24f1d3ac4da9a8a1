import { Simulation } from '../../../src/kernel/loop.js';
import type { Handler } from '../../../src/kernel/queue.js';
import { NS_PER_MS } from '../../../src/kernel/time.js';
import type { Gauge, MetricsSink } from '../../../src/metrics/sink.js';
import type { Balancer, ProductPlug } from '../../../src/model/balancer.js';
import { EndpointTable } from '../../../src/model/endpoint.js';
import { Admission, type Caller, Exchange, Failure, type Station } from '../../../src/model/exchange.js';
import { Link } from '../../../src/model/network.js';
import type { Processor } from '../../../src/model/processor.js';
import { SerialProcessor } from '../../../src/model/serial-processor.js';
import { check } from '../../../src/options/fields.js';
import { createDistribution } from '../../../src/random/catalogue.js';
import { RandomSource } from '../../../src/random/stream.js';

/** Latency of every link, one way. */
const LATENCY_NS = 0.1 * NS_PER_MS;

const LATENCY = createDistribution({ kind: 'constant', options: { value: LATENCY_NS } });

/** A core that nobody else uses. */
class OwnCore implements Processor {
  constructor(private readonly simulation: Simulation) {}

  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    if (demandNs === 0) handler.handle(kind, payload);
    else this.simulation.after(demandNs, handler, kind, payload);
  }
}

/** A server that does as it is told. */
export class FakeServer implements Station, Handler {
  up = true;
  /** SYNs are not answered. */
  silent = false;
  status = 200;
  /** Until the answer; Infinity: never, it is {@link held}. */
  delayNs = NS_PER_MS;
  /** Requests that are not answered. */
  readonly held: Exchange[] = [];
  /** Requests it received, by key. */
  readonly seen: number[] = [];
  connections = 0;
  abandoned = 0;
  /** Requests that it breaks off instead of answering. */
  breaks: Failure = Failure.none;

  constructor(
    private readonly simulation: Simulation,
    readonly name: string,
    private readonly index: number,
  ) {}

  listens(): Admission {
    if (this.silent) return Admission.dropped;
    return this.up ? Admission.accepted : Admission.refused;
  }

  connect(): Admission {
    if (this.silent) return Admission.dropped;
    if (!this.up) return Admission.refused;
    this.connections += 1;
    return Admission.accepted;
  }

  accept(exchange: Exchange): void {
    this.seen.push(exchange.keyLow);
    if (!this.up) exchange.breakOff(Failure.reset);
    else if (this.delayNs === Number.POSITIVE_INFINITY) this.held.push(exchange);
    else this.simulation.after(this.delayNs, this, 0, exchange);
  }

  abandon(): void {
    this.abandoned += 1;
  }

  handle(_kind: number, payload: unknown): void {
    const exchange = payload as Exchange;
    if (!this.up) {
      exchange.breakOff(Failure.reset);
    } else if (this.breaks !== Failure.none) {
      exchange.breakOff(this.breaks);
    } else {
      exchange.servedBy = this.index;
      exchange.answer(this.status, 1000);
    }
  }
}

/** How one request ended at the client. */
export interface Ending {
  readonly atMs: number;
  readonly status: number;
  readonly failure: Failure;
  readonly servedBy: number;
  readonly bytes: number;
}

/** What a request is like. */
export interface RequestForm {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly address?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Number of an earlier request, whose connection it uses. */
  readonly after?: number;
}

/** Clients, one balancer of any product, and fake servers. Its own CPU costs nothing unless the options say so. */
export class ProxyWorld<Own extends Balancer = Balancer> implements Caller, Handler {
  readonly simulation = new Simulation();
  readonly servers: FakeServer[];
  readonly balancer: Own;
  readonly endings = new Map<number, Ending>();
  readonly gauges = new Map<string, Gauge>();
  private readonly link: Link;
  private readonly loose = new Map<number, Exchange>();

  /** @param firstPort of the servers' addresses, which consistent hashes depend on. */
  constructor(
    plug: ProductPlug,
    options: Record<string, unknown>,
    serverCount: number,
    seed = '430',
    private readonly firstPort = 8001,
  ) {
    const { simulation } = this;
    const checked = check(plug.options, { cpu: '0s', ...options });
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    this.servers = Array.from({ length: serverCount }, (_, index) => {
      return new FakeServer(simulation, `api-${index + 1}`, index);
    });
    const sink = { gauge: (gauge: Gauge) => this.gauges.set(`${gauge.place} ${gauge.name}`, gauge) };
    this.balancer = plug.create(checked.value, {
      simulation,
      source: new RandomSource(seed).fork('balancer'),
      sink: sink as unknown as MetricsSink,
      endpoints: new EndpointTable(),
      name: 'balancer',
      hosts: this.servers.map((server) => this.hostOf(server)),
      processors: Array.from({ length: plug.workerCount(checked.value, 4) }, () => {
        return new SerialProcessor(new OwnCore(simulation));
      }),
    }) as Own;
    this.link = new Link(simulation, 'client-balancer', this.balancer, LATENCY);
  }

  hostOf(server: FakeServer) {
    return {
      name: server.name,
      service: 'api',
      address: `127.0.0.1:${this.firstPort - 1 + Number(server.name.split('-')[1])}`,
      link: new Link(this.simulation, `balancer-${server.name}`, server, LATENCY),
    };
  }

  /** Sends request number `key` at `atMs`, over a new connection, or over the one of an earlier request. */
  request(key: number, atMs: number, how: RequestForm = {}): void {
    const endpoint = {
      index: 0,
      method: how.method ?? 'GET',
      path: how.path ?? '/',
      name: '/',
      headers: how.headers ?? {},
      requestBytes: 100,
    };
    const address = how.address ?? '127.0.0.1';
    const exchange = new Exchange(this, this.link, endpoint, 7, key, undefined, address);
    this.loose.set(key, exchange);
    this.simulation.schedule(atMs * NS_PER_MS, this, how.after === undefined ? 0 : how.after + 2, exchange);
  }

  /** The connection that request `key` came on. */
  connectionOf(key: number) {
    return this.loose.get(key)!.connection!;
  }

  /** The client of request `key` goes away at `atMs`. */
  giveUp(key: number, atMs: number): void {
    this.simulation.schedule(atMs * NS_PER_MS, this, 1, this.loose.get(key));
  }

  at(atMs: number, action: () => void): void {
    this.simulation.schedule(atMs * NS_PER_MS, { handle: action }, 0);
  }

  handle(kind: number, payload: unknown): void {
    const exchange = payload as Exchange;
    if (kind === 1) {
      if (!exchange.settled) exchange.giveUp(Failure.timeout);
      return;
    }
    if (kind > 1) {
      const before = this.loose.get(kind - 2)!;
      exchange.connection = before.connection;
      exchange.needsConnection = before.closesConnection || before.connection?.open !== true;
    }
    this.link.request(exchange);
  }

  settle(exchange: Exchange): void {
    this.endings.set(exchange.keyLow, {
      atMs: exchange.endedNs / NS_PER_MS,
      status: exchange.status,
      failure: exchange.failure,
      servedBy: exchange.servedBy,
      bytes: exchange.responseBytes,
    });
  }

  /** Runs to `untilMs` and tells the statuses of requests 0, 1, ...; a failure as a negative number. */
  run(untilMs = Number.POSITIVE_INFINITY): number[] {
    this.simulation.run(untilMs * NS_PER_MS);
    return this.statuses();
  }

  statuses(): number[] {
    return [...this.endings.keys()]
      .sort((a, b) => a - b)
      .map((key) => {
        const ending = this.endings.get(key)!;
        return ending.failure === Failure.none ? ending.status : -ending.failure;
      });
  }

  /** Present value of a gauge: `balancer connections_active`. */
  read(name: string): number {
    return this.gauges.get(name)!.read();
  }

  /** Instances that answered, in the order of the requests. */
  servedBy(): number[] {
    return [...this.endings.keys()].sort((a, b) => a - b).map((key) => this.endings.get(key)!.servedBy);
  }
}
