import type { Handler } from '../kernel/queue.js';
import { NEVER, NS_PER_SECOND } from '../kernel/time.js';
import { cancelTimeout, TimeoutList } from '../kernel/timeouts.js';
import type { Subject } from '../model/balancer.js';
import { K6_USER_AGENT } from '../model/endpoint.js';
import { type Caller, Exchange, Failure } from '../model/exchange.js';
import { drawInt32 } from '../random/stream.js';
import type { ToldHost } from './picks-host.js';
import type { PicksWorld } from './picks-world.js';

/** How long a client waits for its answer: k6's default. */
export const CLIENT_TIMEOUT_NS = 60 * NS_PER_SECOND;

/** What every head has in common; nobody looks at it here. */
const HEAD = { host: '127.0.0.1:8080', userAgent: K6_USER_AGENT };

/** One request on its way. */
export class SentRequest {
  /** Hosts it was sent to, in this order. */
  readonly tries: string[] = [];
  /** The host that has it now, and the exchange there. */
  host: ToldHost | undefined = undefined;
  inner: Exchange | undefined = undefined;
  status = 0;
  failure: Failure = Failure.none;
  /** {@link NEVER} while it is under way. */
  endedNs = NEVER;

  constructor(
    readonly name: string,
    readonly sentNs: number,
  ) {}

  get isOver(): boolean {
    return this.endedNs !== NEVER;
  }
}

/** Sends requests into a small world, each over a connection of its own, and sees which hosts they come to. */
export class PicksClient implements Caller, Handler {
  /** Requests that are over. */
  overCount = 0;

  private readonly timeouts: TimeoutList;
  private readonly keyHigh: number;
  private sent = 0;

  constructor(private readonly world: PicksWorld) {
    this.timeouts = new TimeoutList(world.simulation, CLIENT_TIMEOUT_NS, this, 0);
    this.keyHigh = drawInt32(world.source.stream('client/picks'));
    for (const host of world.hosts) this.watch(host);
  }

  /** Sees the requests that come to `host` too. */
  watch(host: ToldHost): void {
    host.watcher = (_, exchange) => this.tried(host, exchange);
  }

  /** Sends one now. It may be over when this returns. */
  send({ clientAddress, endpoint }: Subject, name = ''): SentRequest {
    const { simulation, link, endpoints } = this.world;
    const request = new SentRequest(name, simulation.nowNs);
    const interned = endpoints.intern(endpoint, HEAD);
    const exchange = new Exchange(this, link, interned, this.keyHigh, this.sent, undefined, clientAddress);
    this.sent += 1;
    exchange.context = request;
    this.timeouts.add(exchange);
    link.request(exchange);
    return request;
  }

  /** Runs on until `isDone`, or so many ns; looks whenever a request comes to a host or is over. */
  runUntil(isDone: () => boolean, limitNs: number = NEVER): void {
    const { simulation } = this.world;
    const untilNs = simulation.nowNs + limitNs;
    while (!isDone() && simulation.nowNs < untilNs) simulation.run(untilNs);
  }

  settle(exchange: Exchange): void {
    cancelTimeout(exchange);
    this.end(exchange, exchange.failure);
  }

  /** The client has waited long enough. */
  handle(_kind: number, payload: unknown): void {
    const exchange = payload as Exchange;
    exchange.giveUp(Failure.timeout);
    this.end(exchange, Failure.timeout);
  }

  private end(exchange: Exchange, failure: Failure): void {
    const request = exchange.context as SentRequest;
    request.status = failure === Failure.none ? exchange.status : 0;
    request.failure = failure;
    request.endedNs = this.world.simulation.nowNs;
    this.overCount += 1;
    this.world.simulation.stop();
  }

  /** A try shows as a handshake and then as the request on it, or as the request alone: it is one. */
  private tried(host: ToldHost, inner: Exchange): void {
    const request = requestOf(inner);
    if (request === undefined || request.inner === inner) return;
    request.inner = inner;
    request.host = host;
    request.tries.push(host.name);
    this.world.simulation.stop();
  }
}

/** The request of ours behind an exchange with a host; `undefined` for a health check. */
export function requestOf(inner: Exchange): SentRequest | undefined {
  let outer = inner;
  while (outer.parent !== undefined) outer = outer.parent;
  return outer.context instanceof SentRequest ? outer.context : undefined;
}
