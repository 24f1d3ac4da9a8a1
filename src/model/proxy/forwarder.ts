import type { Simulation } from '../../kernel/loop.js';
import type { Handler } from '../../kernel/queue.js';
import { NEVER } from '../../kernel/time.js';
import { cancelTimeout, TimeoutList } from '../../kernel/timeouts.js';
import type { Demand } from '../demand.js';
import { type Caller, Exchange, Failure } from '../exchange.js';
import { Phase, type ProxiedRequest } from './proxied-request.js';
import { UpstreamConnection } from './upstream-connection.js';
import type { UpstreamHost } from './upstream-host.js';
import type { ProxyWorker } from './worker.js';

const READ = 0;
const ANSWERED = 1;
const OVERDUE = 2;

/** The product's part of the way of a request: whom to ask, and what to make of the answer. */
export interface ForwarderOwner<Request extends ProxiedRequest, Worker extends ProxyWorker> {
  /** The loop reads the request. */
  begin(request: Request): void;
  /** The loop reads the answer, or finds the failure, of `request.inner`. */
  answered(request: Request): void;
  /** A task of the worker's loop is done. */
  taskDone(worker: Worker): void;
}

/** What a forwarder is made of. */
export interface ForwarderParts<Request extends ProxiedRequest, Worker extends ProxyWorker> {
  readonly simulation: Simulation;
  /** For the handshake with a server, ns. */
  readonly connectTimeoutNs: number;
  /** For the answer, from the moment the request was sent, ns; {@link NEVER}: no limit. */
  readonly readTimeoutNs: number;
  /** CPU of a worker for a request with one answer. */
  readonly cpu: Demand;
  readonly owner: ForwarderOwner<Request, Worker>;
}

/**
 * Carries requests through a proxy's event loops to servers and back. A request costs its worker's loop half of the CPU
 * before it is sent on, and the other half for every answer or failure.
 */
export class Forwarder<Request extends ProxiedRequest<Worker>, Worker extends ProxyWorker = ProxyWorker>
  implements Caller, Handler
{
  private readonly simulation: Simulation;
  private readonly owner: ForwarderOwner<Request, Worker>;
  private readonly waits: TimeoutList;

  constructor(private readonly parts: ForwarderParts<Request, Worker>) {
    this.simulation = parts.simulation;
    this.owner = parts.owner;
    // One list for two limits: whoever waits for the shorter one is looked at then, see `checkOverdue`.
    const shorterNs = Math.min(parts.connectTimeoutNs, parts.readTimeoutNs);
    this.waits = new TimeoutList(parts.simulation, shorterNs, this, OVERDUE);
  }

  /** A request has come whole: it waits for its worker's loop, then `owner.begin` follows. */
  read(request: Request): void {
    request.outer.work = request;
    const demandNs = this.parts.cpu.draw(request.outer);
    const requestDemandNs = Math.floor(demandNs / 2);
    request.responseDemandNs = demandNs - requestDemandNs;
    request.worker.run(requestDemandNs, this, READ, request);
  }

  /**
   * Sends the request to `host`, over `kept` or a new connection; `owner.answered` follows.
   * @param keeps false: the connection is not kept after the answer.
   */
  send(request: Request, host: UpstreamHost, kept: UpstreamConnection | undefined, keeps: boolean): void {
    const { endpoint, keyHigh, keyLow, clientAddress } = request.outer;
    const link = host.host.link;
    const inner = new Exchange(this, link, endpoint, keyHigh, keyLow, request.outer, clientAddress);
    inner.context = request;
    inner.needsConnection = kept === undefined;
    inner.connection = kept?.connection;
    inner.closesConnection = !keeps;
    const connection = kept ?? new UpstreamConnection(host, this.simulation.nowNs);
    connection.requestCount += 1;
    host.requestCount += 1;
    request.host = host;
    request.upstreamConnection = connection;
    request.inner = inner;
    request.phase = Phase.upstream;
    this.waits.add(inner);
    link.request(inner);
  }

  /** Gives up on the present server, because the client went away: no answer follows. */
  giveUp(request: Request): void {
    const inner = request.inner!;
    cancelTimeout(inner);
    inner.giveUp(Failure.closed);
  }

  /** A server answered, or its connection broke. */
  settle(inner: Exchange): void {
    cancelTimeout(inner);
    this.enqueueAnswer(inner.context as Request);
  }

  handle(kind: number, payload: unknown): void {
    if (kind === OVERDUE) {
      this.checkOverdue(payload as Exchange);
      return;
    }
    const request = payload as Request;
    if (kind === READ) this.owner.begin(request);
    else this.owner.answered(request);
    this.owner.taskDone(request.worker);
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
      ? inner.sentNs + this.parts.readTimeoutNs
      : inner.startedNs + this.parts.connectTimeoutNs;
    if (dueNs > nowNs) {
      if (dueNs !== NEVER) this.simulation.schedule(dueNs, this, OVERDUE, inner);
      return;
    }
    inner.giveUp(isConnected ? Failure.timeout : Failure.connectTimeout);
    this.enqueueAnswer(inner.context as Request);
  }

  private enqueueAnswer(request: Request): void {
    request.phase = Phase.answered;
    request.worker.run(request.responseDemandNs, this, ANSWERED, request);
  }
}
