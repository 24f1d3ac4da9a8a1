import type { Simulation } from '../../../kernel/loop.js';
import { NS_PER_SECOND } from '../../../kernel/time.js';
import { NO_HOST, TryResult } from '../../balancer.js';
import type { Demand } from '../../demand.js';
import { type Exchange, Failure } from '../../exchange.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import type { ClientSide } from '../../proxy/client-side.js';
import { Forwarder, type ForwarderOwner } from '../../proxy/forwarder.js';
import { Phase } from '../../proxy/proxied-request.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import { PlainRequest } from './proxied-request.js';
import type { PlainSelector } from './selector.js';
import type { Dispatcher } from './worker.js';

/** Bytes of an answer of the proxy's own: a status line, `content-length: 0` and a date. */
const OWN_ANSWER_BYTES = 100;

/** Told when a dispatcher could not connect to a host, and when it could. */
export type ConnectObserver = (selector: PlainSelector, host: number, connected: boolean) => void;

/** What the side of the servers is made of. */
export interface PlainProxyParts {
  readonly simulation: Simulation;
  readonly connectTimeoutNs: number;
  readonly requestTimeoutNs: number;
  readonly retries: number;
  readonly keepsUpstream: boolean;
  readonly cpu: Demand;
  readonly clients: ClientSide<Dispatcher>;
  readonly connects: ConnectObserver;
}

/**
 * Requests on their way to a server and back: picked once, sent over a kept or a new connection, relayed as they come
 * back. A refused, timed out or broken connection counts against the host and may be followed by another pick; an answer
 * of any status is relayed.
 */
export class PlainProxy implements ForwarderOwner<PlainRequest, Dispatcher> {
  /** Of the present configuration. */
  hosts: readonly UpstreamHost[] = [];
  private readonly simulation: Simulation;
  private readonly clients: ClientSide<Dispatcher>;
  private readonly forwarder: Forwarder<PlainRequest, Dispatcher>;

  constructor(private readonly parts: PlainProxyParts) {
    this.simulation = parts.simulation;
    this.clients = parts.clients;
    this.forwarder = new Forwarder({
      simulation: parts.simulation,
      connectTimeoutNs: parts.connectTimeoutNs,
      readTimeoutNs: parts.requestTimeoutNs,
      cpu: parts.cpu,
      owner: this,
    });
  }

  /** A request has come on an accepted connection. */
  read(outer: Exchange, connection: ClientConnection, worker: Dispatcher): void {
    this.forwarder.read(new PlainRequest(outer, connection, worker));
  }

  /** The client of a request went away. */
  abandon(request: PlainRequest): void {
    if (request.phase !== Phase.upstream) return; // unread or answered: the loop finds out in its turn
    this.forwarder.giveUp(request);
    this.finishTry(request, TryResult.success);
    this.end(request, 499, 0);
  }

  /** The loop reads the request and picks a server. */
  begin(request: PlainRequest): void {
    if (!this.clients.begin(request)) {
      request.phase = Phase.done;
      return;
    }
    request.passage = request.worker.selector.begin(request.outer);
    request.retriesLeft = this.parts.retries;
    this.tryNext(request);
  }

  /** The loop reads the answer: relays it, or asks another server. */
  answered(request: PlainRequest): void {
    const inner = request.inner!;
    this.observeConnect(request, inner);
    if (inner.failure !== Failure.none) {
      this.failed(request, inner.failure);
      return;
    }
    const passage = request.passage!;
    passage.status = inner.status;
    passage.retryAfterNs = retryAfterNs(inner.responseHeaders);
    this.finishTry(request, TryResult.success);
    if (!inner.closesConnection) {
      const connection = request.upstreamConnection!;
      connection.connection = inner.connection;
      request.worker.connections.save(connection);
    }
    request.outer.relay(inner);
    this.end(request, inner.status, inner.responseBytes);
  }

  taskDone(worker: Dispatcher): void {
    this.clients.turn(worker);
  }

  private tryNext(request: PlainRequest): void {
    const { worker, outer } = request;
    const index = worker.selector.pick(request.passage!, this.simulation.nowNs);
    if (index === NO_HOST) {
      this.end(request, 503, OWN_ANSWER_BYTES);
      return;
    }
    const host = this.hosts[index]!;
    request.host = host;
    host.inFlight += 1;
    if (outer.abandoned) {
      this.finishTry(request, TryResult.success);
      this.end(request, 499, 0);
      return;
    }
    this.forwarder.send(request, host, worker.connections.take(host), this.parts.keepsUpstream);
  }

  private failed(request: PlainRequest, failure: Failure): void {
    const isTimeout = failure === Failure.timeout || failure === Failure.connectTimeout;
    this.finishTry(request, TryResult.failed);
    if (request.outer.abandoned) {
      this.end(request, 499, 0);
    } else if (request.retriesLeft > 0 && failure !== Failure.timeout) {
      request.retriesLeft -= 1;
      this.tryNext(request);
    } else {
      this.end(request, isTimeout ? 504 : 502, OWN_ANSWER_BYTES);
    }
  }

  private observeConnect(request: PlainRequest, inner: Exchange): void {
    if (!inner.needsConnection) return;
    const host = request.passage!.host!;
    if (host.index < 0) return;
    const isRefused = inner.failure === Failure.refused || inner.failure === Failure.connectTimeout;
    this.parts.connects(request.worker.selector, host.index, !isRefused);
  }

  private finishTry(request: PlainRequest, result: TryResult): void {
    const host = request.host!;
    host.inFlight -= 1;
    if (result === TryResult.failed) host.failureCount += 1;
    request.worker.selector.finish(request.passage!, result, this.simulation.nowNs);
  }

  private end(request: PlainRequest, status: number, responseBytes: number): void {
    request.phase = Phase.done;
    request.inner = undefined;
    this.clients.end(request, status, responseBytes);
  }
}

/** Seconds of a `Retry-After` header; 0 where there is none, or a date. */
function retryAfterNs(headers: Readonly<Record<string, string>> | undefined): number {
  const text = headers?.['Retry-After'] ?? headers?.['retry-after'];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) * NS_PER_SECOND : 0;
}
