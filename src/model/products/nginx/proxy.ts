import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import { cancelTimeout, TimeoutList } from '../../../kernel/timeouts.js';
import { NO_HOST, TryResult } from '../../balancer.js';
import type { Demand } from '../../demand.js';
import { Exchange, Failure } from '../../exchange.js';
import type { ClientConnection } from './client-connection.js';
import type { RequestReader } from './client-side.js';
import { UpstreamConnection } from './keepalive-cache.js';
import {
  conditionOfFailure,
  conditionOfStatus,
  isBlamed,
  isConnectionError,
  repeated,
  statusOf,
} from './next-upstream.js';
import { Phase, ProxiedRequest } from './proxied-request.js';
import type { ProxySettings } from './settings.js';
import type { StubStatus } from './stub-status.js';
import type { UpstreamHost } from './upstream-host.js';
import type { NginxWorker } from './worker.js';

const READ = 0;
const ANSWERED = 1;
const OVERDUE = 2;

/** Whole pages with head, seen on the wire (1.22.1). */
const PAGE_BYTES: Readonly<Record<number, number>> = { 500: 339, 502: 314, 504: 329 };

/**
 * What nginx's own `Server` and `Connection: keep-alive` add to the head of a uvicorn answer, seen on the wire. uvicorn's
 * `connection: close`, which it adds in answers to HTTP/1.0, is not passed on, and not counted in the answer's head.
 */
const HEAD_BYTES_ADDED = 29;

/** Who is told that a request is over, and that the loop is done with a task. */
export interface ProxyOwner {
  /** Before the answer leaves: the owner may mark it as the last of its connection. */
  ending(request: ProxiedRequest, status: number): void;
  /** The request is over. */
  ended(request: ProxiedRequest): void;
  /** A task of the worker's loop is done. */
  taskDone(worker: NginxWorker): void;
}

/** What the side of the servers is made of. */
export interface ProxyParts {
  readonly simulation: Simulation;
  readonly settings: ProxySettings;
  /** True: the servers are asked to keep connections. */
  readonly keepsUpstream: boolean;
  readonly cpu: Demand;
  readonly status: StubStatus;
  readonly owner: ProxyOwner;
}

/**
 * Requests on their way to a server and back: `ngx_http_upstream.c`. A request costs its worker's loop half of the CPU
 * before it is sent on, and the other half for every answer or failure.
 */
export class NginxProxy implements RequestReader, Handler {
  /** Of the present configuration. */
  hosts: readonly UpstreamHost[] = [];
  private readonly simulation: Simulation;
  private readonly settings: ProxySettings;
  private readonly owner: ProxyOwner;
  private readonly waits: TimeoutList;

  constructor(private readonly parts: ProxyParts) {
    this.simulation = parts.simulation;
    this.settings = parts.settings;
    this.owner = parts.owner;
    // One list for two limits: whoever waits for the shorter one is looked at then, see `checkOverdue`.
    const shorterNs = Math.min(parts.settings.connectTimeoutNs, parts.settings.readTimeoutNs);
    this.waits = new TimeoutList(parts.simulation, shorterNs, this, OVERDUE);
  }

  /** A request has come on an accepted connection. */
  read(outer: Exchange, connection: ClientConnection, worker: NginxWorker): void {
    const request = new ProxiedRequest(outer, connection, worker, this.hosts);
    outer.work = request;
    const demandNs = this.parts.cpu.draw(outer);
    const requestDemandNs = Math.floor(demandNs / 2);
    request.responseDemandNs = demandNs - requestDemandNs;
    worker.run(requestDemandNs, this, READ, request);
  }

  /** The client of `outer` went away. */
  abandon(request: ProxiedRequest): void {
    if (request.phase !== Phase.upstream) return; // unread or answered: the loop finds out in its turn
    const inner = request.inner!;
    cancelTimeout(inner);
    inner.giveUp(Failure.closed);
    this.finishTry(request, TryResult.success);
    request.worker.releaseSlot();
    this.end(request, 499, 0);
  }

  /** A server answered, or its connection broke. */
  settle(inner: Exchange): void {
    cancelTimeout(inner);
    this.enqueueAnswer(inner.context as ProxiedRequest);
  }

  handle(kind: number, payload: unknown): void {
    if (kind === OVERDUE) {
      this.checkOverdue(payload as Exchange);
      return;
    }
    const request = payload as ProxiedRequest;
    if (kind === READ) this.begin(request);
    else this.takeAnswer(request);
    this.owner.taskDone(request.worker);
  }

  /** The loop reads the request and asks for a server. */
  private begin(request: ProxiedRequest): void {
    const { connection, worker, outer } = request;
    if (!connection.open) {
      request.phase = Phase.done;
      outer.breakOff(Failure.reset);
      return;
    }
    if (connection.worker !== undefined) worker.removeIdle(connection);
    connection.requestCount += 1;
    this.parts.status.requests += 1;
    this.parts.status.writing += 1;
    request.upstream = worker.upstream;
    request.hosts = this.hosts;
    request.upstreamSinceNs = this.simulation.nowNs;
    request.passage = request.upstream.begin(outer);
    const triesMax = this.settings.triesMax;
    if (triesMax > 0 && request.passage.tries > triesMax) request.passage.tries = triesMax;
    this.tryNext(request);
  }

  private tryNext(request: ProxiedRequest): void {
    const { worker, outer } = request;
    const hostIndex = request.upstream.pick(request.passage!, this.simulation.nowNs);
    if (hostIndex === NO_HOST) {
      this.end(request, 502, PAGE_BYTES[502]!); // no live upstreams
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
      this.end(request, 500, PAGE_BYTES[500]!); // worker_connections are not enough
      return;
    }
    this.send(request, host, kept);
  }

  private send(request: ProxiedRequest, host: UpstreamHost, kept: UpstreamConnection | undefined): void {
    const { endpoint, keyHigh, keyLow, clientAddress } = request.outer;
    const link = host.host.link;
    const inner = new Exchange(this, link, endpoint, keyHigh, keyLow, request.outer, clientAddress);
    inner.context = request;
    inner.needsConnection = kept === undefined;
    inner.connection = kept?.connection;
    inner.closesConnection = !this.parts.keepsUpstream;
    const connection = kept ?? new UpstreamConnection(host, this.simulation.nowNs);
    connection.requestCount += 1;
    host.requestCount += 1;
    request.upstreamConnection = connection;
    request.inner = inner;
    request.phase = Phase.upstream;
    this.waits.add(inner);
    link.request(inner);
  }

  /**
   * The shorter of both limits has passed since the start. Which one counts, and when, depends on when the connection
   * stood; only requests that wait that long are looked at a second time, by an event of their own.
   */
  private checkOverdue(inner: Exchange): void {
    if (inner.settled) return;
    const nowNs = this.simulation.nowNs;
    const isConnected = inner.sentNs <= nowNs;
    const dueNs = isConnected
      ? inner.sentNs + this.settings.readTimeoutNs
      : inner.startedNs + this.settings.connectTimeoutNs;
    if (dueNs > nowNs) {
      this.simulation.schedule(dueNs, this, OVERDUE, inner);
      return;
    }
    inner.giveUp(isConnected ? Failure.timeout : Failure.connectTimeout);
    this.enqueueAnswer(inner.context as ProxiedRequest);
  }

  private enqueueAnswer(request: ProxiedRequest): void {
    request.phase = Phase.answered;
    request.worker.run(request.responseDemandNs, this, ANSWERED, request);
  }

  /** The loop reads the answer: relays it, or passes the request on. */
  private takeAnswer(request: ProxiedRequest): void {
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
    request.outer.servedBy = inner.servedBy;
    this.end(request, inner.status, inner.responseBytes + HEAD_BYTES_ADDED);
  }

  private keep(request: ProxiedRequest): void {
    const connection = request.upstreamConnection!;
    connection.connection = request.inner!.connection;
    request.worker.keepalive.save(connection);
  }

  /** `ngx_http_upstream_next`: the server is done with, the request perhaps not. */
  private passOn(request: ProxiedRequest, condition: number): void {
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
      this.tryNext(request);
    } else {
      const status = statusOf(condition, inner.status);
      this.end(request, status, PAGE_BYTES[status] ?? inner.responseBytes);
    }
  }

  private mayRepeat(request: ProxiedRequest, condition: number): boolean {
    const nowNs = this.simulation.nowNs;
    const needed = repeated(condition, request.inner!, nowNs);
    if ((this.settings.nextUpstream & needed) !== needed) return false;
    return nowNs - request.upstreamSinceNs < this.settings.triesNsMax;
  }

  private finishTry(request: ProxiedRequest, result: TryResult): void {
    const host = request.host!;
    host.inFlight -= 1;
    if (result === TryResult.failed) host.failureCount += 1;
    request.upstream.finish(request.passage!, result, this.simulation.nowNs);
  }

  private end(request: ProxiedRequest, status: number, responseBytes: number): void {
    const { outer } = request;
    request.phase = Phase.done;
    request.inner = undefined;
    this.parts.status.writing -= 1;
    this.parts.status.responses[status]! += 1;
    this.owner.ending(request, status);
    if (!outer.abandoned) outer.answer(status, responseBytes);
    this.owner.ended(request);
  }
}
