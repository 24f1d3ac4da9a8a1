import type { Simulation } from '../../../kernel/loop.js';
import { KeyedStream, purposeOf } from '../../../random/stream.js';
import { Admission, type Exchange, Failure } from '../../exchange.js';
import { Fifo } from '../../fifo.js';
import { ClientConnection } from './client-connection.js';
import type { ProxySettings } from './settings.js';
import type { StubStatus } from './stub-status.js';
import type { NginxWorker } from './worker.js';

/** Called when a request has come whole on a connection that a worker has accepted. */
export interface RequestReader {
  read(outer: Exchange, connection: ClientConnection, worker: NginxWorker): void;
}

/** What the side of the clients is made of. */
export interface ClientSideParts {
  readonly simulation: Simulation;
  readonly name: string;
  readonly settings: ProxySettings;
  readonly workers: readonly NginxWorker[];
  readonly status: StubStatus;
  readonly reader: RequestReader;
}

/** The listening socket with its backlog, and the clients' connections. */
export class ClientSide {
  private readonly backlog = new Fifo<ClientConnection>();
  private readonly stream = new KeyedStream();
  private readonly purpose: number;

  constructor(private readonly parts: ClientSideParts) {
    this.purpose = purposeOf(`${parts.name}/worker`);
  }

  /** Connections that wait to be accepted. */
  get backlogLength(): number {
    return this.backlog.size;
  }

  /** A SYN: an idle worker accepts at once, else the connection waits. */
  connect(outer: Exchange): Admission {
    // Linux calls a queue full when it is longer than the backlog, not when it is as long.
    if (this.backlog.size > this.parts.settings.backlog) return Admission.dropped;
    const connection = new ClientConnection();
    outer.connection = connection;
    const worker = this.idleWorker(outer);
    if (worker === undefined) this.backlog.push(connection);
    else this.acceptBy(worker, connection);
    return Admission.accepted;
  }

  /** A request has come whole. */
  accept(outer: Exchange): void {
    const connection = outer.connection;
    if (!(connection instanceof ClientConnection)) {
      this.acceptUnknown(outer);
    } else if (!connection.open) {
      outer.breakOff(Failure.reset);
    } else if (connection.worker === undefined) {
      connection.early = outer;
    } else {
      this.parts.reader.read(outer, connection, connection.worker);
    }
  }

  /** A task of `worker` is done: where its loop turns, it accepts who waits. */
  turn(worker: NginxWorker): void {
    if (!worker.taskDone()) return;
    do {
      const connection = this.backlog.shift();
      if (connection === undefined) return;
      this.acceptBy(worker, connection);
    } while (worker.pendingCount === 0);
  }

  /** Marks the answer of `outer` as the last on its connection where it is. */
  decideKeepalive(outer: Exchange, connection: ClientConnection, status: number): void {
    const settings = this.parts.settings;
    // nginx does not trust itself after its own 500 (`ngx_http_send_special_response`), and forgets its own connections.
    const ageNs = this.parts.simulation.nowNs - connection.acceptedNs;
    if (
      outer.abandoned ||
      (status === 500 && outer.servedBy < 0) ||
      settings.clientIdleNsMax === 0 ||
      connection.requestCount >= settings.clientRequestsMax ||
      ageNs > settings.clientAgeNsMax
    ) {
      outer.closesConnection = true;
    }
  }

  /** The request is over: its connection idles or is closed. */
  release(outer: Exchange, connection: ClientConnection, worker: NginxWorker): void {
    if (connection.worker === undefined) return;
    if (outer.closesConnection) worker.close(connection);
    else worker.addIdle(connection);
  }

  /** A caller that does not say which connection it reuses: its connection stands idle meanwhile, this one has no slot. */
  private acceptUnknown(outer: Exchange): void {
    const workers = this.parts.workers;
    this.parts.reader.read(outer, new ClientConnection(), workers[this.draw(outer, workers.length)]!);
  }

  private acceptBy(worker: NginxWorker, connection: ClientConnection): void {
    const status = this.parts.status;
    status.accepts += 1;
    const early = connection.early;
    connection.early = undefined;
    if (!worker.takeSlot()) {
      connection.open = false;
      early?.breakOff(Failure.reset);
      return;
    }
    status.handled += 1;
    status.active += 1;
    connection.worker = worker;
    connection.acceptedNs = this.parts.simulation.nowNs;
    worker.addIdle(connection);
    if (early !== undefined) this.parts.reader.read(early, connection, worker);
  }

  /** Which of several idle workers the kernel wakes is not known: a draw by the request's key. */
  private idleWorker(outer: Exchange): NginxWorker | undefined {
    const workers = this.parts.workers;
    let idleCount = 0;
    for (const worker of workers) if (worker.pendingCount === 0) idleCount += 1;
    if (idleCount === 0) return undefined;
    let skip = idleCount === 1 ? 0 : this.draw(outer, idleCount);
    for (const worker of workers) {
      if (worker.pendingCount > 0) continue;
      if (skip === 0) return worker;
      skip -= 1;
    }
    return undefined;
  }

  private draw(outer: Exchange, count: number): number {
    if (count === 1) return 0;
    return Math.floor(this.stream.rekey(outer.keyHigh, outer.keyLow, this.purpose).next() * count);
  }
}
