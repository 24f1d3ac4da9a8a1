import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import { NEVER, NS_PER_MS } from '../../../kernel/time.js';
import { cancelTimeout, TimeoutList } from '../../../kernel/timeouts.js';
import type { Demand } from '../../demand.js';
import { type Exchange, Failure } from '../../exchange.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import type { ClientSide } from '../../proxy/client-side.js';
import { Forwarder, type ForwarderOwner } from '../../proxy/forwarder.js';
import { Phase } from '../../proxy/proxied-request.js';
import type { UpstreamConnection } from '../../proxy/upstream-connection.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { EnvoyCluster } from './cluster.js';
import { headBytesAdded, overloadedHeaders, replyBodies, replyBytes } from './local-reply.js';
import type { EnvoyOptions } from './options.js';
import { EnvoyRequest } from './request.js';
import { Retries } from './retries.js';
import { type Reset, Resets, RetryRules, resetOf } from './retry-rules.js';
import type { EnvoyStats } from './stats.js';
import { type Tried, TryAccount, triedOf } from './try-account.js';
import type { PoolUser } from './upstream-pools.js';
import type { EnvoyWorker } from './worker.js';

const ROUTE_TIMEOUT = 0;
const BACKED_OFF = 1;
const RETRY = 2;
const TIMED_OUT = 3;
const LEFT = 4;

/** What an access log has of a request whose client went away. */
const NO_STATUS = 0;

/** What the router is made of. */
export interface RouterParts {
  readonly simulation: Simulation;
  readonly name: string;
  readonly options: EnvoyOptions;
  readonly cpu: Demand;
  readonly cluster: EnvoyCluster;
  readonly breakers: CircuitBreakers;
  readonly stats: EnvoyStats;
  readonly clients: ClientSide<EnvoyWorker>;
}

/**
 * Requests on their way to a host and back: Envoy's router filter, source/common/router/router.cc (1.31).
 * Limits: no hedging, no shadowing, no redirects; HTTP/1.1 on both sides, messages arrive whole.
 */
export class EnvoyRouter implements ForwarderOwner<EnvoyRequest, EnvoyWorker>, PoolUser, Handler {
  /** In configuration order. */
  hosts: readonly UpstreamHost[] = [];
  private readonly simulation: Simulation;
  private readonly cluster: EnvoyCluster;
  private readonly forwarder: Forwarder<EnvoyRequest, EnvoyWorker>;
  private readonly routeTimeouts: TimeoutList;
  private readonly retries: Retries;
  private readonly account: TryAccount;

  constructor(private readonly parts: RouterParts) {
    const { simulation, options, name } = parts;
    this.simulation = simulation;
    this.cluster = parts.cluster;
    this.routeTimeouts = new TimeoutList(simulation, options.timeout || NEVER, this, ROUTE_TIMEOUT);
    this.account = new TryAccount(simulation, parts.cluster.detector, parts.stats);
    this.retries = new Retries({
      simulation,
      rules: new RetryRules(options.retry_policy, name),
      breakers: parts.breakers,
      stats: parts.stats,
    });
    this.forwarder = new Forwarder({
      simulation,
      connectTimeoutNs: options.connect_timeout,
      readTimeoutNs: options.retry_policy.per_try_timeout || NEVER,
      cpu: parts.cpu,
      owner: this,
    });
  }

  /** A request has come on an accepted connection. */
  read(outer: Exchange, connection: ClientConnection, worker: EnvoyWorker): void {
    this.forwarder.read(new EnvoyRequest(outer, connection, worker));
  }

  /** The client went away. */
  abandon(request: EnvoyRequest): void {
    if (request.phase === Phase.held) {
      request.worker.pools.leaveQueue(request);
      this.finishChoice(request);
      this.end(request, NO_STATUS, 0);
    } else if (request.phase === Phase.upstream) {
      const connection = request.upstreamConnection;
      this.forwarder.giveUp(request);
      this.finishTry(request);
      this.end(request, NO_STATUS, 0);
      request.upstreamConnection = connection;
      request.worker.run(0, this, LEFT, request);
    } // unread or answered: the loop finds out in its turn
  }

  begin(request: EnvoyRequest): void {
    if (!this.parts.clients.begin(request)) {
      request.phase = Phase.done;
      return;
    }
    request.readNs = this.simulation.nowNs;
    request.passage = this.cluster.begin(request.outer);
    request.retriesLeft = this.parts.options.retry_policy.num_retries;
    if (request.outer.abandoned) {
      this.end(request, NO_STATUS, 0);
      return;
    }
    this.routeTimeouts.add(request);
    this.tryNext(request);
  }

  answered(request: EnvoyRequest): void {
    const inner = request.inner!;
    if (inner.sentNs <= this.simulation.nowNs) {
      request.hasStarted = true;
      this.account.connected(triedOf(request));
    }
    if (inner.failure === Failure.none) this.headersCame(request, inner);
    else this.resetCame(request, resetOf(inner.failure));
  }

  taskDone(worker: EnvoyWorker): void {
    this.parts.clients.turn(worker);
  }

  send(request: EnvoyRequest, host: UpstreamHost, kept: UpstreamConnection | undefined): void {
    this.parts.breakers.sent += 1;
    this.parts.stats.upstreamRqTotal += 1;
    this.forwarder.send(request, host, kept, true);
  }

  overflowed(request: EnvoyRequest): void {
    this.parts.stats.upstreamRqPendingOverflow += 1;
    this.finishChoice(request);
    this.reply(request, 503, replyBodies.reset('overflow', request.retries), overloadedHeaders);
  }

  connectFailed(request: EnvoyRequest): void {
    const tried = triedOf(request);
    this.finishChoice(request);
    this.failTry(request, Resets.connectFailure, tried);
  }

  handle(kind: number, payload: unknown): void {
    const request = payload as EnvoyRequest;
    if (kind === ROUTE_TIMEOUT) {
      this.routeTimeout(request);
    } else if (kind === BACKED_OFF) {
      if (request.phase === Phase.held) request.worker.run(0, this, RETRY, request);
    } else {
      if (kind === LEFT) request.worker.pools.release(request.upstreamConnection!, 'close');
      else if (kind === TIMED_OUT) this.timeOut(request);
      else if (request.phase === Phase.held) this.tryNext(request);
      this.taskDone(request.worker);
    }
  }

  private tryNext(request: EnvoyRequest): void {
    const { passage, worker } = request;
    const chosen = worker.balancer.chooseHost(passage!, this.simulation.nowNs);
    if (chosen === undefined) {
      this.parts.stats.upstreamCxNoneHealthy += 1;
      this.reply(request, 503, replyBodies.noHealthyUpstream());
      return;
    }
    if (this.cluster.prioritySet.loads.panic[chosen.parameters.priority])
      this.parts.stats.lbHealthyPanic += 1;
    const host = this.hosts[chosen.index]!;
    passage!.tried.push(chosen);
    request.chosen = chosen;
    request.host = host;
    chosen.inFlight += 1;
    host.inFlight += 1;
    worker.pools.newStream(request, host);
  }

  private headersCame(request: EnvoyRequest, inner: Exchange): void {
    const { worker, outer } = request;
    const connection = request.upstreamConnection!;
    const { status } = inner;
    this.account.answered(triedOf(request), status);
    this.finishTry(request);
    const wouldRetry = this.retries.wouldRetryStatus(status);
    if (this.retry(request, wouldRetry)) {
      // The body behind the head is not read: that ends the connection.
      worker.pools.release(connection, 'close');
      return;
    }
    if (wouldRetry && request.timedOut) {
      this.replyTimeout(request);
    } else {
      outer.relay(inner);
      const serviceMs = Math.floor((this.simulation.nowNs - request.readNs) / NS_PER_MS);
      this.end(request, status, inner.responseBytes + headBytesAdded(serviceMs));
    }
    connection.connection = inner.connection;
    worker.pools.release(connection, inner.closesConnection ? 'close' : 'keep');
  }

  private resetCame(request: EnvoyRequest, reset: Reset): void {
    const { worker } = request;
    const connection = request.upstreamConnection!;
    const tried = triedOf(request);
    this.account.countReset(reset);
    this.finishTry(request);
    this.failTry(request, reset, tried);
    if (reset.isConnectFailure) worker.pools.purge(tried.host);
    worker.pools.release(connection, 'close');
  }

  /** A try is over without an answer: another one, or Envoy's own. */
  private failTry(request: EnvoyRequest, reset: Reset, tried: Tried): void {
    this.account.failed(tried, reset.status);
    const wouldRetry = this.retries.wouldRetryReset(reset, request.hasStarted ? 'started' : 'unsent');
    if (this.retry(request, wouldRetry)) return;
    if (reset.status === 504 || (wouldRetry && request.timedOut)) this.replyTimeout(request);
    else this.reply(request, reset.status, replyBodies.reset(reset.reason, request.retries));
  }

  /** True: the request waits for its next try. */
  private retry(request: EnvoyRequest, wouldRetry: boolean): boolean {
    const delayNs = this.retries.next(request, wouldRetry);
    if (delayNs === undefined) return false;
    request.phase = Phase.held;
    if (delayNs === 0) request.worker.run(0, this, RETRY, request);
    else this.simulation.after(delayNs, this, BACKED_OFF, request);
    return true;
  }

  private routeTimeout(request: EnvoyRequest): void {
    request.timedOut = true;
    if (request.phase === Phase.upstream) this.forwarder.giveUp(request);
    else if (request.phase === Phase.held) request.worker.pools.leaveQueue(request);
    else return; // the answer is there, and the loop about to read it
    request.phase = Phase.answered;
    request.worker.run(request.responseDemandNs, this, TIMED_OUT, request);
  }

  private timeOut(request: EnvoyRequest): void {
    const { worker, upstreamConnection: connection } = request;
    if (request.chosen !== undefined) this.parts.stats.upstreamRqTimeout += 1;
    if (connection === undefined) {
      // It waited for a connection, or to be sent again.
      this.finishChoice(request);
      this.replyTimeout(request);
      return;
    }
    if (request.inner!.sentNs <= this.simulation.nowNs) {
      this.account.connected(triedOf(request));
      this.account.failed(triedOf(request), 504);
    }
    this.finishTry(request);
    this.replyTimeout(request);
    worker.pools.release(connection, 'close');
  }

  /** The host has the request no longer. */
  private finishTry(request: EnvoyRequest): void {
    this.parts.breakers.sent -= 1;
    request.upstreamConnection = undefined;
    this.finishChoice(request);
  }

  private finishChoice(request: EnvoyRequest): void {
    if (request.chosen === undefined) return;
    request.chosen.inFlight -= 1;
    request.host!.inFlight -= 1;
    request.chosen = undefined;
  }

  private replyTimeout(request: EnvoyRequest): void {
    this.reply(request, 504, replyBodies.timeout());
  }

  /** Envoy's own answer. */
  private reply(
    request: EnvoyRequest,
    status: 503 | 504,
    body: string,
    headers?: Readonly<Record<string, string>>,
  ): void {
    request.outer.responseHeaders = headers;
    this.end(request, status, replyBytes(status, body, headers));
  }

  private end(request: EnvoyRequest, status: number, responseBytes: number): void {
    cancelTimeout(request);
    this.retries.release(request);
    request.phase = Phase.done;
    request.inner = undefined;
    this.parts.clients.end(request, request.outer.abandoned ? NO_STATUS : status, responseBytes);
  }
}
