import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER, NS_PER_SECOND } from '../kernel/time.js';
import { cancelTimeout, TimeoutList } from '../kernel/timeouts.js';
import { newHttpSample } from '../metrics/http-sample.js';
import type { HttpSample, MetricsSink } from '../metrics/sink.js';
import type { Distribution } from '../random/distribution.js';
import { KeyedStream, purposeOf } from '../random/stream.js';
import { type Call, errorCodeOf, isFailure, type RequestPlan } from './call.js';
import type { ClientCpu } from './client-cpu.js';
import { AddressSelector, type DnsSelect } from './dns-select.js';
import { CONNECTION_CLOSE_BYTES } from './endpoint.js';
import { type Caller, type Endpoint, Exchange, Failure } from './exchange.js';
import type { NetpollTimers } from './netpoll-timers.js';
import type { Link } from './network.js';

/** Dial timeout of k6's transport (internal/js/runner.go, newVU). */
const DIAL_TIMEOUT_NS = 30 * NS_PER_SECOND;
/** Methods that Go's transport sends again when a reused connection dies before the answer (net/http, isReplayable). */
const REPLAYABLE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

const SEND = 0;
const RECEIVED = 1;
const TIMEOUT = 2;
const DIAL_TIMEOUT = 3;
const UNREACHABLE = 4;

/** How long k6 takes to find out that nobody is there: a refused dial on loopback, a name that a near resolver does not know. */
const UNREACHABLE_NS = 200_000;

const BEFORE_SEND = purposeOf('client/cpu-before-send');
const AFTER_RECEIVE = purposeOf('client/cpu-after-receive');

/** One place the client sends to, by its name. */
export interface ClientTarget {
  /** The ways to the addresses that the name has; at least one. */
  readonly links: readonly Link[];
  /** Which of them a new connection goes to: k6's `dns.select`, `random` unless told. */
  readonly select?: DnsSelect | undefined;
  /**
   * How long the server keeps an idle connection (nginx `keepalive_timeout`, uvicorn `--timeout-keep-alive`); the client
   * sees it close, and opens another for its next request. Absent: for ever.
   */
  readonly keepaliveTimeoutNs?: number | undefined;
}

/** What {@link HttpClient} needs: where requests go, who hears of them, and k6's options of connections. */
export interface HttpClientOptions {
  readonly simulation: Simulation;
  readonly sink: MetricsSink;
  readonly targets: readonly ClientTarget[];
  /** k6's option of that name: `Connection: close`, a new connection for each request. */
  readonly noConnectionReuse?: boolean | undefined;
  /** k6's option of that name: idle connections are closed at the end of each iteration. */
  readonly noVUConnectionReuse?: boolean | undefined;
  readonly cpu?: ClientCpu | undefined;
  /** Told whenever the process is awake. */
  readonly timers?: NetpollTimers | undefined;
}

/**
 * k6's HTTP client (Go's net/http with k6's tracer, v1.8.1): keep-alive connections per virtual user and target, timeouts,
 * one silent retry of a replayable request on a stale connection, timings by k6's definitions.
 *
 * Limits: HTTP/1.1 without TLS; sending and receiving take no time (an answer arrives whole); a 3xx answer is an answer
 * (it has no `Location` to follow).
 */
export class HttpClient implements Caller, Handler {
  /** True: the owner's idle connections end with its iteration. */
  readonly noVUConnectionReuse: boolean;

  private readonly simulation: Simulation;
  private readonly sink: MetricsSink;
  private readonly targets: readonly ClientTarget[];
  /** One per target. */
  private readonly selectors: readonly AddressSelector[];
  private readonly noConnectionReuse: boolean;
  private readonly cpu: ClientCpu | undefined;
  private readonly timers: NetpollTimers | undefined;
  private readonly stream = new KeyedStream();
  private readonly dialTimeouts: TimeoutList;
  private readonly timeouts = new Map<number, TimeoutList>();
  private readonly sample: HttpSample = newHttpSample();

  constructor(options: HttpClientOptions) {
    this.simulation = options.simulation;
    this.sink = options.sink;
    this.targets = options.targets;
    this.selectors = options.targets.map(({ select = 'random' }) => new AddressSelector(select));
    this.noConnectionReuse = options.noConnectionReuse ?? false;
    this.noVUConnectionReuse = options.noVUConnectionReuse ?? false;
    this.cpu = options.cpu;
    this.timers = options.timers;
    this.dialTimeouts = new TimeoutList(options.simulation, DIAL_TIMEOUT_NS, this, DIAL_TIMEOUT);
  }

  /** Starts a call; `call.owner.callEnded` follows, at once where nothing takes time. */
  begin(call: Call, plan: RequestPlan, keyHigh: number, keyLow: number): void {
    call.plan = plan;
    call.group = call.owner.group;
    call.exchange = undefined;
    call.keyHigh = keyHigh;
    call.keyLow = keyLow;
    call.retried = false;
    const demandNs = this.demandNs(call, this.cpu?.beforeSend, BEFORE_SEND);
    if (demandNs > 0) this.cpu!.processor.run(demandNs, this, SEND, call);
    else this.send(call);
  }

  /** The owner is interrupted: the call never happened as far as k6's metrics go, but the server is left with it. */
  cancel(call: Call): void {
    call.cancelled = true;
    cancelTimeout(call);
    const exchange = call.exchange;
    if (exchange === undefined) return;
    if (exchange.settled) {
      this.countBytes(call, exchange);
      return;
    }
    cancelTimeout(exchange);
    this.countBytes(call, exchange);
    exchange.giveUp(Failure.closed);
  }

  /** The answer, or the broken connection, has reached the client. */
  settle(exchange: Exchange): void {
    const call = exchange.context as Call;
    if (exchange.timeoutList !== undefined) cancelTimeout(exchange);
    if (exchange.failure !== Failure.none && this.isReplayed(call, exchange)) {
      call.retried = true;
      this.dial(call);
      return;
    }
    cancelTimeout(call);
    const demandNs = this.demandNs(call, this.cpu?.afterReceive, AFTER_RECEIVE);
    if (demandNs > 0) this.cpu!.processor.run(demandNs, this, RECEIVED, call);
    else this.end(call);
    this.timers?.awake();
  }

  handle(kind: number, payload: unknown): void {
    if (kind === DIAL_TIMEOUT) {
      const exchange = payload as Exchange;
      // Only now is it known whether the connection stands: links report no handshake, to save an event per connection.
      if (exchange.sentNs > this.simulation.nowNs) this.abandon(exchange, Failure.connectTimeout);
      return;
    }
    const call = payload as Call;
    if (call.cancelled) return;
    if (kind === SEND) this.send(call);
    else if (kind === UNREACHABLE) this.endUnreachable(call);
    else if (kind === RECEIVED) this.end(call);
    else this.abandon(call.exchange!, Failure.timeout);
    this.timers?.awake();
  }

  private send(call: Call): void {
    const target = call.plan!.target;
    if (target < 0) {
      this.simulation.after(UNREACHABLE_NS, this, UNREACHABLE, call);
      return;
    }
    this.timeoutsOf(call.plan!.timeoutNs).add(call);
    const keepaliveNs = this.targets[target]!.keepaliveTimeoutNs ?? NEVER;
    const { connections } = call.owner;
    if (!connections.take(target, this.simulation.nowNs, keepaliveNs)) {
      this.dial(call);
      return;
    }
    const exchange = this.exchangeOf(call, connections.takenLink!);
    exchange.needsConnection = false;
    exchange.connection = connections.taken;
    exchange.link.request(exchange);
  }

  /** Sends the call over a new connection, to one of the addresses of its target. */
  private dial(call: Call): void {
    const { target } = call.plan!;
    const { links } = this.targets[target]!;
    const exchange = this.exchangeOf(call, links[this.selectors[target]!.next(links.length, call)]!);
    this.dialTimeouts.add(exchange);
    exchange.link.request(exchange);
  }

  private exchangeOf(call: Call, link: Link): Exchange {
    const plan = call.plan!;
    const address = call.owner.address;
    const exchange = new Exchange(this, link, plan.endpoint, call.keyHigh, call.keyLow, undefined, address);
    exchange.context = call;
    exchange.closesConnection = this.noConnectionReuse || plan.manners?.connections === 'closed';
    call.exchange = exchange;
    return exchange;
  }

  private isReplayed(call: Call, exchange: Exchange): boolean {
    if (exchange.needsConnection || call.retried) return false;
    if (call.plan!.manners?.staleConnections === 'fail') return false;
    if (exchange.failure !== Failure.reset && exchange.failure !== Failure.closed) return false;
    return REPLAYABLE_METHODS.has(exchange.endpoint.method);
  }

  private abandon(exchange: Exchange, failure: Failure): void {
    const call = exchange.context as Call;
    cancelTimeout(call);
    cancelTimeout(exchange);
    exchange.giveUp(failure);
    this.end(call);
  }

  /** Sets the call's results, reports the sample and tells the owner. */
  private end(call: Call): void {
    const exchange = call.exchange!;
    const nowNs = this.simulation.nowNs;
    const connected = exchange.sentNs <= nowNs;
    call.blockedNs = connected ? exchange.sentNs - exchange.startedNs : 0;
    call.durationNs = connected ? nowNs - exchange.sentNs : 0;
    call.status = exchange.failure === Failure.none ? exchange.status : 0;
    call.errorCode = errorCodeOf(exchange);
    call.responseBytes = call.status === 0 ? 0 : exchange.responseBytes;
    call.bodyBytes = call.status === 0 ? 0 : exchange.bodyBytes;
    call.servedBy = call.status === 0 ? -1 : exchange.servedBy;
    call.responseHeaders = call.status === 0 ? undefined : exchange.responseHeaders;
    call.responseBody = call.status === 0 ? undefined : exchange.responseBody;
    this.countBytes(call, exchange);
    if (!exchange.closesConnection) {
      call.owner.connections.put(call.plan!.target, nowNs, exchange);
    }
    this.report(call, exchange.endpoint);
    call.exchange = undefined;
    call.owner.callEnded(call);
  }

  /** Nobody is where the call was to go: no connection, no bytes. */
  private endUnreachable(call: Call): void {
    call.blockedNs = 0;
    call.durationNs = 0;
    call.status = 0;
    call.errorCode = -call.plan!.target;
    call.responseBytes = 0;
    call.servedBy = -1;
    call.responseHeaders = undefined;
    this.report(call, call.plan!.endpoint);
    call.owner.callEnded(call);
  }

  private report(call: Call, endpoint: Endpoint): void {
    const sample = this.sample;
    const owner = call.owner;
    sample.endNs = this.simulation.nowNs;
    sample.blockedNs = call.blockedNs;
    sample.connectingNs = call.blockedNs;
    sample.waitingNs = call.durationNs;
    sample.status = call.status;
    sample.errorCode = call.errorCode;
    sample.unjudged = call.plan!.expected === undefined;
    sample.failed = isFailure(call);
    sample.method = endpoint.method;
    sample.name = endpoint.name;
    sample.scenario = owner.scenario;
    sample.group = call.group;
    sample.tags = call.plan!.tags;
    sample.error = call.plan!.error;
    sample.servedBy = call.servedBy;
    sample.bodyBytes = call.bodyBytes;
    sample.responseBytes = call.responseBytes;
    sample.keepsConnection = call.exchange?.closesConnection === false;
    this.sink.http(sample);
  }

  private countBytes(call: Call, exchange: Exchange): void {
    if (exchange.sentNs > this.simulation.nowNs) return;
    const closeBytes = this.noConnectionReuse ? CONNECTION_CLOSE_BYTES : 0;
    call.owner.sentBytes += exchange.endpoint.requestBytes + closeBytes;
    if (exchange.settled && exchange.failure === Failure.none) {
      call.owner.receivedBytes += exchange.responseBytes;
    }
  }

  private demandNs(call: Call, distribution: Distribution | undefined, purpose: number): number {
    if (distribution === undefined) return 0;
    if (distribution.constant !== undefined) return Math.round(distribution.constant);
    return Math.round(distribution.sample(this.stream.rekey(call.keyHigh, call.keyLow, purpose)));
  }

  private timeoutsOf(durationNs: number): TimeoutList {
    let list = this.timeouts.get(durationNs);
    if (list === undefined) {
      list = new TimeoutList(this.simulation, durationNs, this, TIMEOUT);
      this.timeouts.set(durationNs, list);
    }
    return list;
  }
}
