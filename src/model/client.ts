import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER, NS_PER_SECOND } from '../kernel/time.js';
import { cancelTimeout, type Expiring, TimeoutList } from '../kernel/timeouts.js';
import type { HttpSample, MetricsSink } from '../metrics/sink.js';
import type { Distribution } from '../random/distribution.js';
import { KeyedStream, purposeOf } from '../random/stream.js';
import { CONNECTION_CLOSE_BYTES } from './endpoint.js';
import { type Caller, type Connection, type Endpoint, Exchange, Failure } from './exchange.js';
import type { Link } from './network.js';
import type { Processor } from './processor.js';

/** k6's error codes (lib/netext/httpext/error_codes.go), as far as the model can cause them. */
export const ErrorCode = {
  none: 0,
  /** `EOF`: closed before an answer. */
  other: 1000,
  requestTimeout: 1050,
  dialTimeout: 1211,
  dialRefused: 1212,
  resetByPeer: 1220,
  /** Added to a status of 400 and above. */
  httpBase: 1000,
} as const;

/** Dial timeout of k6's transport (internal/js/runner.go, newVU). */
const DIAL_TIMEOUT_NS = 30 * NS_PER_SECOND;
/** Methods that Go's transport sends again when a reused connection dies before the answer (net/http, isReplayable). */
const REPLAYABLE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

const SEND = 0;
const RECEIVED = 1;
const TIMEOUT = 2;
const DIAL_TIMEOUT = 3;

const BEFORE_SEND = purposeOf('client/cpu-before-send');
const AFTER_RECEIVE = purposeOf('client/cpu-after-receive');

/** One place the client sends to. */
export interface ClientTarget {
  readonly link: Link;
  /**
   * How long the server keeps an idle connection (nginx `keepalive_timeout`, uvicorn `--timeout-keep-alive`); the client
   * sees it close, and opens another for its next request. Absent: for ever.
   */
  readonly keepaliveTimeoutNs?: number | undefined;
}

/** CPU time that the load generator itself needs for a request. */
export interface ClientCpu {
  /** Where it computes; shared by all its virtual users. */
  readonly processor: Processor;
  /** Before the request's clock starts: the script, building the request. In ns. */
  readonly beforeSend?: Distribution | undefined;
  /** Between the arrival of the answer and its being seen: it delays the measurement and the user's next step. In ns. */
  readonly afterReceive?: Distribution | undefined;
}

export interface HttpClientOptions {
  readonly simulation: Simulation;
  readonly sink: MetricsSink;
  readonly targets: readonly ClientTarget[];
  /** k6's option of that name: `Connection: close`, a new connection for each request. */
  readonly noConnectionReuse?: boolean | undefined;
  /** k6's option of that name: idle connections are closed at the end of each iteration. */
  readonly noVUConnectionReuse?: boolean | undefined;
  readonly cpu?: ClientCpu | undefined;
}

/** What a call sends and how it is judged: fixed when the iteration is compiled. */
export interface RequestPlan {
  readonly endpoint: Endpoint;
  /** Index into the client's targets. */
  readonly target: number;
  /** Whole call, connecting included; `NEVER` for none. */
  readonly timeoutNs: number;
  /** 1 at the statuses that are expected; others make `http_req_failed` 1. See `expectedStatuses`. */
  readonly expected: Uint8Array;
}

/** Whoever makes calls: a virtual user. */
export interface CallOwner {
  /** Address that hashes see. */
  readonly address: string;
  readonly scenario: string;
  readonly group: string;
  readonly connections: IdleConnections;
  /** Bytes on its sockets since it last reported them; the client adds to both. */
  sentBytes: number;
  receivedBytes: number;
  /** The call is over, and its results are set. May be called before {@link HttpClient.begin} returns. */
  callEnded(call: Call): void;
}

/** One `http.request` of k6 and its result; used again for the owner's next one. */
export class Call implements Expiring {
  /** HTTP status, 0 without an answer. */
  status = 0;
  /** See {@link ErrorCode}. */
  errorCode = 0;
  responseBytes = 0;
  /** Index of the instance that answered, -1 if none. */
  servedBy = -1;
  /** k6's `timings.blocked` (and `connecting`): until the connection stood; 0 if it was reused or never stood. */
  blockedNs = 0;
  /** k6's `timings.duration`: from the sent request to the end of the answer; excludes connecting. */
  durationNs = 0;

  plan: RequestPlan | undefined = undefined;
  /** The exchange under way; none while the load generator computes before it, and after the call. */
  exchange: Exchange | undefined = undefined;
  keyHigh = 0;
  keyLow = 0;
  retried = false;
  /** The owner was interrupted: nothing is reported any more. */
  cancelled = false;

  timeoutList: TimeoutList | undefined = undefined;
  timeoutAtNs = 0;
  timeoutPrevious: Expiring | undefined = undefined;
  timeoutNext: Expiring | undefined = undefined;

  constructor(readonly owner: CallOwner) {}
}

/** One place's idle connections, the latest last. */
interface IdleStack {
  readonly connections: (Connection | undefined)[];
  readonly sinceNs: number[];
}

/** The kept-alive connections of one virtual user, per target; last in, first out, as Go's transport has them. */
export class IdleConnections {
  /** What {@link take} took: undefined too where the station keeps no account of its connections. */
  taken: Connection | undefined = undefined;

  private readonly stacks: IdleStack[] = [];

  /** Takes an idle connection to `target` that the server has not closed (nor is known to after `keepaliveNs`); false if there is none. */
  take(target: number, nowNs: number, keepaliveNs: number): boolean {
    const stack = this.stacks[target];
    if (stack === undefined) return false;
    while (stack.sinceNs.length > 0) {
      const connection = stack.connections.pop();
      const sinceNs = stack.sinceNs.pop()!;
      if (connection?.open === false || nowNs - sinceNs >= keepaliveNs) continue;
      this.taken = connection;
      return true;
    }
    return false;
  }

  /** Gives a connection back. */
  put(target: number, nowNs: number, connection: Connection | undefined): void {
    while (this.stacks.length <= target) this.stacks.push({ connections: [], sinceNs: [] });
    const stack = this.stacks[target]!;
    stack.connections.push(connection);
    stack.sinceNs.push(nowNs);
  }

  /** Closes all. */
  clear(): void {
    for (const stack of this.stacks) {
      stack.connections.length = 0;
      stack.sinceNs.length = 0;
    }
  }
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
  private readonly noConnectionReuse: boolean;
  private readonly cpu: ClientCpu | undefined;
  private readonly stream = new KeyedStream();
  private readonly dialTimeouts: TimeoutList;
  private readonly timeouts = new Map<number, TimeoutList>();
  private readonly sample: HttpSample = newSample();

  constructor(options: HttpClientOptions) {
    this.simulation = options.simulation;
    this.sink = options.sink;
    this.targets = options.targets;
    this.noConnectionReuse = options.noConnectionReuse ?? false;
    this.noVUConnectionReuse = options.noVUConnectionReuse ?? false;
    this.cpu = options.cpu;
    this.dialTimeouts = new TimeoutList(options.simulation, DIAL_TIMEOUT_NS, this, DIAL_TIMEOUT);
  }

  /** Starts a call; `call.owner.callEnded` follows, at once where nothing takes time. */
  begin(call: Call, plan: RequestPlan, keyHigh: number, keyLow: number): void {
    call.plan = plan;
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
      this.transmit(call, true, undefined);
      return;
    }
    cancelTimeout(call);
    const demandNs = this.demandNs(call, this.cpu?.afterReceive, AFTER_RECEIVE);
    if (demandNs > 0) this.cpu!.processor.run(demandNs, this, RECEIVED, call);
    else this.end(call);
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
    else if (kind === RECEIVED) this.end(call);
    else this.abandon(call.exchange!, Failure.timeout);
  }

  private send(call: Call): void {
    this.timeoutsOf(call.plan!.timeoutNs).add(call);
    const target = call.plan!.target;
    const keepaliveNs = this.targets[target]!.keepaliveTimeoutNs ?? NEVER;
    const { connections } = call.owner;
    if (connections.take(target, this.simulation.nowNs, keepaliveNs))
      this.transmit(call, false, connections.taken);
    else this.transmit(call, true, undefined);
  }

  private transmit(call: Call, needsConnection: boolean, connection: Connection | undefined): void {
    const plan = call.plan!;
    const link = this.targets[plan.target]!.link;
    const address = call.owner.address;
    const exchange = new Exchange(this, link, plan.endpoint, call.keyHigh, call.keyLow, undefined, address);
    exchange.context = call;
    exchange.needsConnection = needsConnection;
    exchange.connection = connection;
    exchange.closesConnection = this.noConnectionReuse;
    call.exchange = exchange;
    if (needsConnection) this.dialTimeouts.add(exchange);
    link.request(exchange);
  }

  private isReplayed(call: Call, exchange: Exchange): boolean {
    if (exchange.needsConnection || call.retried) return false;
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
    call.servedBy = call.status === 0 ? -1 : exchange.servedBy;
    this.countBytes(call, exchange);
    if (!exchange.closesConnection) {
      call.owner.connections.put(call.plan!.target, nowNs, exchange.connection);
    }
    this.report(call, exchange.endpoint);
    call.exchange = undefined;
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
    sample.failed = call.plan!.expected[call.status] !== 1;
    sample.method = endpoint.method;
    sample.name = endpoint.name;
    sample.scenario = owner.scenario;
    sample.group = owner.group;
    sample.servedBy = call.servedBy;
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

function errorCodeOf(exchange: Exchange): number {
  switch (exchange.failure) {
    case Failure.none:
      return exchange.status >= 400 ? ErrorCode.httpBase + exchange.status : ErrorCode.none;
    case Failure.refused:
      return ErrorCode.dialRefused;
    case Failure.reset:
      return ErrorCode.resetByPeer;
    case Failure.connectTimeout:
      return ErrorCode.dialTimeout;
    case Failure.timeout:
      return ErrorCode.requestTimeout;
    default:
      return ErrorCode.other;
  }
}

function newSample(): HttpSample {
  return {
    endNs: 0,
    blockedNs: 0,
    connectingNs: 0,
    tlsHandshakingNs: 0,
    sendingNs: 0,
    waitingNs: 0,
    receivingNs: 0,
    status: 0,
    errorCode: 0,
    failed: false,
    method: '',
    name: '',
    scenario: '',
    group: '',
    servedBy: -1,
  };
}
