import type { Simulation } from '../../../kernel/loop.js';
import { NO_HOST, type Subject, TryResult } from '../../balancer.js';
import type { Demand } from '../../demand.js';
import { type Exchange, Failure } from '../../exchange.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import type { ClientSide } from '../../proxy/client-side.js';
import { Forwarder, type ForwarderOwner } from '../../proxy/forwarder.js';
import { Phase } from '../../proxy/proxied-request.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import {
  conditionOfFailure,
  conditionOfStatus,
  isBlamed,
  isConnectionError,
  repeated,
  statusOf,
} from './next-upstream.js';
import { pageBytes } from './pages.js';
import type { NginxRequest } from './proxied-request.js';
import type { ProxySettings } from './settings.js';
import type { NginxWorker } from './worker.js';

/**
 * What nginx's own `Server` and `Connection: keep-alive` add to the head of a uvicorn answer, seen on the wire. uvicorn's
 * `connection: close`, which it adds in answers to HTTP/1.0, is not passed on, and not counted in the answer's head.
 */
const HEAD_BYTES_ADDED = 29;

/** Makes a product's record of a request. */
export type RequestMaker<Request extends NginxRequest> = (
  outer: Exchange,
  connection: ClientConnection,
  worker: NginxWorker,
) => Request;

/** What the side of the servers is made of. */
export interface NginxProxyParts {
  readonly simulation: Simulation;
  readonly settings: ProxySettings;
  /** True: the servers are asked to keep connections. */
  readonly keepsUpstream: boolean;
  readonly cpu: Demand;
  readonly clients: ClientSide<NginxWorker>;
}

/**
 * Requests on their way to a server and back: `ngx_http_upstream.c`. Products built on nginx have their own words for it in a
 * class of their own.
 */
export class NginxProxy<Request extends NginxRequest = NginxRequest>
  implements ForwarderOwner<Request, NginxWorker>
{
  /** Of the present configuration. */
  hosts: readonly UpstreamHost[] = [];
  protected readonly simulation: Simulation;
  protected readonly clients: ClientSide<NginxWorker>;
  private readonly settings: ProxySettings;
  private readonly forwarder: Forwarder<Request, NginxWorker>;

  /** @param createRequest makes the product's own record of a request. */
  constructor(
    private readonly parts: NginxProxyParts,
    private readonly createRequest: RequestMaker<Request>,
  ) {
    this.simulation = parts.simulation;
    this.settings = parts.settings;
    this.clients = parts.clients;
    this.forwarder = new Forwarder({
      simulation: parts.simulation,
      connectTimeoutNs: parts.settings.connectTimeoutNs,
      readTimeoutNs: parts.settings.readTimeoutNs,
      cpu: parts.cpu,
      owner: this,
    });
  }

  /** A request has come on an accepted connection. */
  read(outer: Exchange, connection: ClientConnection, worker: NginxWorker): void {
    this.forwarder.read(this.createRequest(outer, connection, worker));
  }

  /** The client of `outer` went away. */
  abandon(request: Request): void {
    if (request.phase !== Phase.upstream) return; // unread or answered: the loop finds out in its turn
    this.forwarder.giveUp(request);
    this.finishTry(request, TryResult.success);
    request.worker.releaseSlot();
    this.end(request, 499, 0);
  }

  /** The loop reads the request. */
  begin(request: Request): void {
    if (this.clients.begin(request)) this.enter(request);
    else request.phase = Phase.done;
  }

  /** The loop reads the answer: relays it, or passes the request on. */
  answered(request: Request): void {
    const inner = request.inner!;
    if (inner.failure !== Failure.none) {
      this.passOn(request, conditionOfFailure(inner.failure));
      return;
    }
    const condition = conditionOfStatus(inner.status);
    // On the last permitted try the same status is relayed, and is no failure.
    if (condition !== 0 && request.passage!.tries > 1 && this.mayRepeat(request, condition)) {
      this.passOn(request, condition);
      return;
    }
    this.finishTry(request, TryResult.success);
    if (inner.closesConnection) request.worker.releaseSlot();
    else this.keep(request);
    request.outer.relay(inner);
    this.relay(request, inner);
  }

  taskDone(worker: NginxWorker): void {
    this.clients.turn(worker);
  }

  /** The request asks for a server. */
  protected enter(request: Request): void {
    const { worker } = request;
    request.upstream = worker.upstream;
    request.hosts = this.hosts;
    request.upstreamSinceNs = this.simulation.nowNs;
    request.passage = request.upstream.begin(this.subjectOf(request));
    const triesMax = this.settings.triesMax;
    if (triesMax > 0 && request.passage.tries > triesMax) request.passage.tries = triesMax;
    this.tryNext(request);
  }

  /** What is known of the request when a server is picked. */
  protected subjectOf(request: Request): Subject {
    return request.outer;
  }

  /** No server may be asked: no live upstreams. */
  protected endWithoutHost(request: Request): void {
    this.end(request, 502, pageBytes(502));
  }

  /** The try on the present server failed, and another one follows. */
  protected retrying(_request: Request, _condition: number): void {}

  /** An answer of the proxy itself: also where the answers of all servers were passed over, with the status of the last. */
  protected endWithStatus(request: Request, status: number): void {
    this.end(request, status, pageBytes(status));
  }

  /** A server's answer is relayed. */
  protected relay(request: Request, inner: Exchange): void {
    this.end(request, inner.status, inner.responseBytes + HEAD_BYTES_ADDED);
  }

  private tryNext(request: Request): void {
    const { worker, outer } = request;
    const hostIndex = request.upstream!.pick(request.passage!, this.simulation.nowNs);
    if (hostIndex === NO_HOST) {
      this.endWithoutHost(request);
      return;
    }
    const host = request.hosts[hostIndex]!;
    request.host = host;
    host.inFlight += 1;
    if (outer.abandoned) {
      this.finishTry(request, TryResult.success);
      this.end(request, 499, 0);
      return;
    }
    const kept = worker.keepalive.take(host);
    if (kept === undefined && !worker.takeSlot()) {
      this.finishTry(request, TryResult.success);
      this.endWithStatus(request, 500); // worker_connections are not enough
      return;
    }
    this.forwarder.send(request, host, kept, this.parts.keepsUpstream);
  }

  private keep(request: Request): void {
    const connection = request.upstreamConnection!;
    connection.connection = request.inner!.connection;
    request.worker.keepalive.save(connection);
  }

  /** `ngx_http_upstream_next`: the server is done with, the request perhaps not. */
  private passOn(request: Request, condition: number): void {
    const inner = request.inner!;
    const passage = request.passage!;
    this.finishTry(request, isBlamed(condition) ? TryResult.failed : TryResult.next);
    request.worker.releaseSlot();
    if (isConnectionError(condition)) {
      // The other idle connections to it are gone by then too; and a kept one that broke grants one more try.
      request.worker.keepalive.closeAll(request.host);
      if (!inner.needsConnection) passage.tries += 1;
    }
    if (request.outer.abandoned) {
      this.end(request, 499, 0);
    } else if (passage.tries > 0 && this.mayRepeat(request, condition)) {
      this.retrying(request, condition);
      this.tryNext(request);
    } else {
      this.endWithStatus(request, statusOf(condition, inner.status));
    }
  }

  private mayRepeat(request: Request, condition: number): boolean {
    const nowNs = this.simulation.nowNs;
    const needed = repeated(condition, request.inner!, nowNs);
    if ((this.settings.nextUpstream & needed) !== needed) return false;
    return nowNs - request.upstreamSinceNs < this.settings.triesNsMax;
  }

  private finishTry(request: Request, result: TryResult): void {
    const host = request.host!;
    host.inFlight -= 1;
    if (result === TryResult.failed) host.failureCount += 1;
    request.upstream!.finish(request.passage!, result, this.simulation.nowNs);
  }

  /** The request is over: its client is told. */
  protected end(request: Request, status: number, responseBytes: number): void {
    request.phase = Phase.done;
    request.inner = undefined;
    this.clients.end(request, status, responseBytes);
  }
}
