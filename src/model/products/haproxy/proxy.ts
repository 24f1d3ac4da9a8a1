import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import { cancelTimeout, TimeoutList } from '../../../kernel/timeouts.js';
import { NO_HOST, TryResult, WAITS } from '../../balancer.js';
import type { Demand } from '../../demand.js';
import { type Exchange, Failure } from '../../exchange.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import type { ClientSide } from '../../proxy/client-side.js';
import { Forwarder, type ForwarderOwner } from '../../proxy/forwarder.js';
import { Phase } from '../../proxy/proxied-request.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import { Observation } from './health.js';
import type { HaproxyPassage } from './passage.js';
import { type Generation, HaproxyRequest } from './proxied-request.js';
import type { ProxySettings } from './proxy-settings.js';
import { Reuse, ServerPool, type ServerPoolSettings } from './server-pool.js';
import type { HaproxyWorker } from './worker.js';

/** Whole pages with head, seen on the wire (2.6.12). */
const PAGE_BYTES: Readonly<Record<number, number>> = { 502: 206, 503: 214, 504: 195 };

const QUEUED_TOO_LONG = 0;
const TURN_AROUND = 1;

/** What the side of the servers is made of. */
export interface HaproxyProxyParts {
  readonly simulation: Simulation;
  readonly settings: ProxySettings;
  readonly cpu: Demand;
  readonly clients: ClientSide<HaproxyWorker>;
}

/** Requests on their way to a server and back: the states of `backend.c`, and `http_ana.c` for answers. */
export class HaproxyProxy implements ForwarderOwner<HaproxyRequest, HaproxyWorker>, Handler {
  /** Of the present process. */
  generation: Generation | undefined = undefined;
  private readonly simulation: Simulation;
  private readonly settings: ProxySettings;
  private readonly clients: ClientSide<HaproxyWorker>;
  private readonly forwarder: Forwarder<HaproxyRequest, HaproxyWorker>;
  private readonly queued: TimeoutList;
  private readonly turnArounds: TimeoutList;
  private readonly requestOf = new WeakMap<HaproxyPassage, HaproxyRequest>();
  /** Requests that left a queue while another one asked for a server: it is sent before they are. */
  private readonly woken: { readonly request: HaproxyRequest; readonly host: number }[] = [];
  private picks = false;
  private readonly pools = new Map<UpstreamHost, ServerPool>();

  constructor(parts: HaproxyProxyParts) {
    const { simulation, settings } = parts;
    this.simulation = simulation;
    this.settings = settings;
    this.clients = parts.clients;
    this.queued = new TimeoutList(simulation, settings.queueTimeoutNs, this, QUEUED_TOO_LONG);
    this.turnArounds = new TimeoutList(simulation, settings.turnAroundNs, this, TURN_AROUND);
    this.forwarder = new Forwarder({
      simulation,
      connectTimeoutNs: settings.connectTimeoutNs,
      readTimeoutNs: settings.serverTimeoutNs,
      cpu: parts.cpu,
      owner: this,
    });
  }

  /** The connections to `host`. */
  poolOf(host: UpstreamHost): ServerPool {
    return this.pools.get(host)!;
  }

  /** Servers that requests may go to from now on. */
  addPools(hosts: readonly UpstreamHost[], settings: readonly ServerPoolSettings[]): void {
    for (const [index, host] of hosts.entries()) {
      if (!this.pools.has(host)) this.pools.set(host, new ServerPool(this.simulation, settings[index]!));
    }
  }

  /** A request has come on an accepted connection. */
  read(outer: Exchange, connection: ClientConnection, worker: HaproxyWorker): void {
    const request = new HaproxyRequest(outer, connection, worker);
    request.isLater = connection.requestCount > 0;
    if (!this.settings.keepsClients) outer.closesConnection = true;
    this.forwarder.read(request);
  }

  /** The client of `outer` went away. Only `abortonclose` looks at that before there is an answer. */
  abandon(request: HaproxyRequest): void {
    if (!this.settings.abortsOnClose) return;
    if (request.phase === Phase.upstream) {
      this.forwarder.giveUp(request);
      this.closeConnection(request);
      this.finishTry(request, TryResult.success);
    } else if (request.phase === Phase.held) {
      cancelTimeout(request);
      request.generation!.backend.leave(request.passage!, this.simulation.nowNs);
    } else {
      return; // unread or answered: the loop finds out in its turn
    }
    this.end(request, 499, 0);
  }

  /** The loop reads the request and asks for a server. */
  begin(request: HaproxyRequest): void {
    if (!this.clients.begin(request)) {
      request.phase = Phase.done;
      return;
    }
    const generation = this.generation!;
    request.generation = generation;
    request.passage = generation.backend.begin(request.outer);
    this.requestOf.set(request.passage, request);
    this.tryNext(request);
  }

  /** The loop reads the answer: relays it, or tries again. */
  answered(request: HaproxyRequest): void {
    const inner = request.inner!;
    const { retryOn } = this.settings;
    switch (inner.failure) {
      case Failure.none:
        this.relay(request, inner);
        return;
      case Failure.refused:
      case Failure.connectTimeout:
        this.failConnection(request, inner.failure);
        return;
      case Failure.timeout:
        this.failAnswer(request, 504, retryOn.responseTimeout);
        return;
      default:
        this.failAnswer(request, 502, retryOn.emptyResponse);
    }
  }

  taskDone(worker: HaproxyWorker): void {
    this.clients.turn(worker);
  }

  /** A request that waited in a queue has a host, or there is none any more. */
  assigned(passage: HaproxyPassage, host: number): void {
    const request = this.requestOf.get(passage)!;
    cancelTimeout(request);
    if (this.picks) this.woken.push({ request, host });
    else this.resume(request, host);
  }

  handle(kind: number, payload: unknown): void {
    const request = payload as HaproxyRequest;
    if (kind === TURN_AROUND) {
      this.tryNext(request);
      return;
    }
    request.generation!.backend.leave(request.passage!, this.simulation.nowNs);
    this.end(request, 503, PAGE_BYTES[503]!);
  }

  private tryNext(request: HaproxyRequest): void {
    this.picks = true;
    const host = request.generation!.backend.pick(request.passage!, this.simulation.nowNs);
    this.picks = false;
    const woken = this.woken.splice(0);
    if (host === NO_HOST) {
      this.end(request, 503, PAGE_BYTES[503]!);
    } else if (host === WAITS) {
      request.phase = Phase.held;
      this.queued.add(request);
    } else {
      this.send(request, host);
    }
    for (const next of woken) this.resume(next.request, next.host);
  }

  /** A request that waited goes on. */
  private resume(request: HaproxyRequest, host: number): void {
    if (host === NO_HOST) this.end(request, 503, PAGE_BYTES[503]!);
    else this.send(request, host);
  }

  private send(request: HaproxyRequest, hostIndex: number): void {
    const host = request.generation!.hosts[hostIndex]!;
    host.inFlight += 1;
    const kept = this.poolOf(host).take(this.reuseOf(request));
    this.forwarder.send(request, host, kept, this.settings.keepsServers);
  }

  /** Whose connections the request may take. The first of a client takes none that might just be closed, if it could not be sent again. */
  private reuseOf({ isLater }: HaproxyRequest): Reuse {
    const { reuse, retryOn } = this.settings;
    if (reuse === 'never') return Reuse.none;
    const canRepeat = retryOn.connFailure && retryOn.emptyResponse && retryOn.responseTimeout;
    if (isLater || canRepeat || reuse === 'always') return Reuse.any;
    return reuse === 'aggressive' ? Reuse.safe : Reuse.none;
  }

  private relay(request: HaproxyRequest, inner: Exchange): void {
    const { status } = inner;
    this.see(request, Observation.connected);
    if (this.settings.retryOn.statuses.includes(status) && this.mayRetry(request)) {
      this.closeConnection(request);
      this.finishTry(request, TryResult.failed);
      this.tryNext(request);
      return;
    }
    const isGood = status < 500 || status === 501 || status === 505;
    this.see(request, isGood ? Observation.goodAnswer : Observation.badAnswer);
    if (inner.closesConnection) this.closeConnection(request);
    else this.keep(request);
    this.finishTry(request, TryResult.success);
    request.outer.relay(inner);
    this.end(request, status, inner.responseBytes);
  }

  /** No connection: the next try, at once or after a pause, or the end. */
  private failConnection(request: HaproxyRequest, failure: Failure): void {
    const inner = request.inner!;
    this.closeConnection(request);
    this.see(request, Observation.connectionError);
    if (!this.settings.retryOn.connFailure || !this.mayRetry(request)) {
      this.finishTry(request, TryResult.success);
      request.host!.failureCount += 1;
      this.end(request, 503, PAGE_BYTES[503]!);
      return;
    }
    this.finishTry(request, TryResult.failed);
    // A handshake that took too long has been waited for already, and a kept connection may break at any time.
    if (request.passage!.waits && failure !== Failure.connectTimeout && inner.needsConnection) {
      request.phase = Phase.held;
      this.turnArounds.add(request);
    } else {
      this.tryNext(request);
    }
  }

  /** The connection broke before there was an answer, or the answer takes too long. */
  private failAnswer(request: HaproxyRequest, status: number, isRetried: boolean): void {
    this.closeConnection(request);
    this.see(request, Observation.connected);
    if (isRetried && this.mayRetry(request)) {
      this.finishTry(request, TryResult.failed);
      this.tryNext(request);
      return;
    }
    // On a later request of a connection the client is left to try again itself: no answer, but the end of the connection.
    const isSilent = status === 502 && request.isLater;
    if (!isSilent) this.see(request, Observation.badAnswer);
    this.finishTry(request, TryResult.success);
    request.host!.failureCount += 1;
    if (isSilent) this.breakOff(request);
    else this.end(request, status, PAGE_BYTES[status]!);
  }

  private mayRetry(request: HaproxyRequest): boolean {
    return request.passage!.retries < this.settings.retries;
  }

  private see(request: HaproxyRequest, observation: Observation): void {
    const { checks, hosts } = request.generation!;
    checks.observe(hosts.indexOf(request.host!), observation);
  }

  private keep(request: HaproxyRequest): void {
    const connection = request.upstreamConnection!;
    connection.connection = request.inner!.connection;
    this.poolOf(connection.host).save(connection, request.worker.index);
  }

  private closeConnection(request: HaproxyRequest): void {
    this.poolOf(request.host!).drop();
  }

  private finishTry(request: HaproxyRequest, result: TryResult): void {
    const host = request.host!;
    host.inFlight -= 1;
    if (result === TryResult.failed) host.failureCount += 1;
    request.generation!.backend.finish(request.passage!, result, this.simulation.nowNs);
  }

  private breakOff(request: HaproxyRequest): void {
    request.phase = Phase.done;
    request.inner = undefined;
    this.clients.breakOff(request);
  }

  private end(request: HaproxyRequest, status: number, responseBytes: number): void {
    request.phase = Phase.done;
    request.inner = undefined;
    this.clients.end(request, status, responseBytes);
  }
}
