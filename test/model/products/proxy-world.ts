import type { ToldHost } from '../../../src/experiment/picks-host.js';
import { PicksWorld } from '../../../src/experiment/picks-world.js';
import type { Simulation } from '../../../src/kernel/loop.js';
import type { Handler } from '../../../src/kernel/queue.js';
import { NS_PER_MS } from '../../../src/kernel/time.js';
import type { BalancedHost, Balancer, HostAddress, ProductPlug } from '../../../src/model/balancer.js';
import { type Caller, Exchange, Failure } from '../../../src/model/exchange.js';
import { check } from '../../../src/options/fields.js';

/** Latency of every link, one way. */
const LATENCY_NS = 0.1 * NS_PER_MS;

export { ToldHost as FakeServer } from '../../../src/experiment/picks-host.js';

/** How one request ended at the client. */
export interface Ending {
  readonly atMs: number;
  readonly status: number;
  readonly failure: Failure;
  readonly servedBy: number;
  readonly bytes: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a request is, and over which connection it goes. */
export interface RequestSetup {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the user. */
  readonly address?: string;
  /** The request whose connection it takes over; a new one unless told. */
  readonly after?: number;
}

/** Clients, one balancer of any product, and fake servers. Its own CPU costs nothing unless the options say so. */
export class ProxyWorld<Own extends Balancer = Balancer> implements Caller, Handler {
  readonly simulation: Simulation;
  readonly servers: ToldHost[];
  readonly balancer: Own;
  readonly endings = new Map<number, Ending>();
  private readonly world: PicksWorld<Own>;
  private readonly loose = new Map<number, Exchange>();

  /** @param firstPort of the servers' addresses, which consistent hashes depend on. */
  constructor(
    plug: ProductPlug,
    options: Record<string, unknown>,
    serverCount: number,
    seed = '430',
    private readonly firstPort = 8001,
  ) {
    const checked = check(plug.options, { cpu: '0s', ...options });
    if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
    this.world = new PicksWorld<Own>({
      product: plug,
      options: checked.value,
      hosts: Array.from({ length: serverCount }, (_, index) => this.addressOf(`api-${index + 1}`)),
      seed,
      cores: 4,
      latencyNs: LATENCY_NS,
    });
    this.simulation = this.world.simulation;
    this.balancer = this.world.balancer;
    this.servers = [...this.world.hosts];
  }

  hostOf(server: ToldHost): BalancedHost {
    return { ...this.addressOf(server.name), link: this.world.linkTo(server) };
  }

  /** Sends request number `key` at `atMs`, over a new connection, or over the one of an earlier request. */
  request(key: number, atMs: number, how: RequestSetup = {}): void {
    const endpoint = {
      index: 0,
      method: how.method ?? 'GET',
      path: how.path ?? '/',
      name: '/',
      headers: how.headers ?? {},
      requestBytes: 100,
    };
    const address = how.address ?? '127.0.0.1';
    const exchange = new Exchange(this, this.world.link, endpoint, 7, key, undefined, address);
    this.loose.set(key, exchange);
    this.simulation.schedule(atMs * NS_PER_MS, this, how.after === undefined ? 0 : how.after + 2, exchange);
  }

  /** The connection that request `key` came on. */
  connectionOf(key: number) {
    return this.loose.get(key)!.connection!;
  }

  /** Headers of the answer to request `key` beside those every answer has. */
  headersOf(key: number) {
    return this.loose.get(key)!.responseHeaders;
  }

  /** The body of the answer to request `key`, as a text. */
  bodyOf(key: number) {
    return this.loose.get(key)!.responseBody;
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
    this.world.link.request(exchange);
  }

  settle(exchange: Exchange): void {
    this.endings.set(exchange.keyLow, {
      atMs: exchange.endedNs / NS_PER_MS,
      status: exchange.status,
      failure: exchange.failure,
      servedBy: exchange.servedBy,
      bytes: exchange.responseBytes,
      headers: exchange.responseHeaders ?? {},
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
    return this.world.read(name);
  }

  /** Instances that answered, in the order of the requests. */
  servedBy(): number[] {
    return [...this.endings.keys()].sort((a, b) => a - b).map((key) => this.endings.get(key)!.servedBy);
  }

  private addressOf(name: string): HostAddress {
    const port = this.firstPort - 1 + Number(name.split('-')[1]);
    return { name, service: 'api', address: `127.0.0.1:${port}` };
  }
}
