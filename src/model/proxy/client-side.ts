import type { Simulation } from '../../kernel/loop.js';
import { KeyedStream, purposeOf } from '../../random/stream.js';
import { Admission, type Exchange, Failure } from '../exchange.js';
import { Fifo } from '../fifo.js';
import { ClientConnection } from './client-connection.js';
import type { ConnectionCounters } from './connection-counters.js';
import type { ProxiedRequest } from './proxied-request.js';
import type { ProxyWorker } from './worker.js';

/** Called when a request has come whole on a connection that a worker has accepted. */
export interface RequestReader<Worker extends ProxyWorker> {
  read(outer: Exchange, connection: ClientConnection, worker: Worker): void;
}

/** How a proxy treats its clients' connections; {@link NEVER} for what it does not limit. */
export interface ClientSettings {
  /** Connections that may wait to be accepted. */
  readonly backlog: number;
  /** How long an idle connection is kept, ns; 0: not at all. */
  readonly clientIdleNsMax: number;
  readonly clientRequestsMax: number;
  readonly clientAgeNsMax: number;
  /** The proxy's own answers (no instance made them) of these statuses are the last on their connection. */
  readonly closesAfter: readonly number[];
  /**
   * `per-worker`: each has a listening socket with a backlog of its own, and the kernel deals connections out by a hash of
   * their addresses, whoever is idle (`reuseport`). `shared` unless told.
   */
  readonly listening?: 'shared' | 'per-worker';
  /** Connections that a worker takes at one turn of its loop (nginx: `multi_accept`); `one` unless told. */
  readonly accepting?: 'one' | 'all';
  /** Connections of all workers; further ones stay in the backlog. No limit unless told. */
  readonly connectionsMax?: number;
}

/** What the side of the clients is made of. */
export interface ClientSideParts<Worker extends ProxyWorker> {
  readonly simulation: Simulation;
  /** The balancer's name, for its streams. */
  readonly name: string;
  readonly settings: ClientSettings;
  readonly workers: readonly Worker[];
  readonly counters: ConnectionCounters;
  readonly reader: RequestReader<Worker>;
}

/** The listening socket of a proxy with its backlog, and the clients' connections. */
export class ClientSide<Worker extends ProxyWorker = ProxyWorker> {
  /** Of the listening sockets: one, or one for each worker. */
  private readonly backlogs: readonly Fifo<ClientConnection>[];
  private readonly stream = new KeyedStream();
  private readonly purpose: number;

  constructor(private readonly parts: ClientSideParts<Worker>) {
    this.purpose = purposeOf(`${parts.name}/worker`);
    const sockets = parts.settings.listening === 'per-worker' ? parts.workers.length : 1;
    this.backlogs = Array.from({ length: sockets }, () => new Fifo<ClientConnection>());
  }

  /** Connections that wait to be accepted. */
  get backlogLength(): number {
    return this.backlogs.reduce((sum, backlog) => sum + backlog.size, 0);
  }

  /**
   * What a SYN would meet now, with several sockets at the least full of them. Linux calls a queue full when it is longer
   * than the backlog, not when it is as long.
   */
  listens(): Admission {
    return this.backlogs.every((backlog) => this.isFull(backlog)) ? Admission.dropped : Admission.accepted;
  }

  /** A SYN: a worker of its socket that is idle accepts at once, else the connection waits. */
  connect(outer: Exchange): Admission {
    const socket = this.draw(outer, this.backlogs.length);
    const backlog = this.backlogs[socket]!;
    if (this.isFull(backlog)) return Admission.dropped;
    const connection = new ClientConnection();
    outer.connection = connection;
    const worker = this.mayAccept() ? this.acceptorOf(outer, socket) : undefined;
    if (worker === undefined) backlog.push(connection);
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
      this.parts.reader.read(outer, connection, connection.worker as Worker);
    }
  }

  /** A task of `worker` is done: where its loop turns, it accepts who waits. True if it turned. */
  turn(worker: Worker): boolean {
    if (!worker.taskDone()) return false;
    this.acceptWaiting(worker);
    return true;
  }

  /** A connection has ended: where there were too many, the next one is accepted. */
  connectionEnded(): void {
    const worker = this.parts.workers.find((candidate) => candidate.pendingCount === 0);
    if (worker !== undefined) this.acceptWaiting(worker);
  }

  /** The loop reads a request. False if its connection has been closed meanwhile: it was reset, and is over. */
  begin(request: ProxiedRequest<Worker>): boolean {
    const { connection, worker, outer } = request;
    if (!connection.open) {
      outer.breakOff(Failure.reset);
      return false;
    }
    if (connection.worker !== undefined) worker.removeIdle(connection);
    connection.requestCount += 1;
    this.parts.counters.requests += 1;
    this.parts.counters.writing += 1;
    return true;
  }

  /** A request that has begun ends: its client gets this answer unless it is gone, and its connection idles or is closed. */
  end(request: ProxiedRequest<Worker>, status: number, responseBytes: number): void {
    const { outer, connection } = request;
    const counters = this.parts.counters;
    counters.writing -= 1;
    counters.responses[status]! += 1;
    if (this.isLast(outer, connection, status)) outer.closesConnection = true;
    if (!outer.abandoned) outer.answer(status, responseBytes);
    this.release(request);
  }

  /** A request that has begun ends without an answer: its connection is closed. */
  breakOff(request: ProxiedRequest<Worker>): void {
    this.parts.counters.writing -= 1;
    request.outer.closesConnection = true;
    if (!request.outer.abandoned) request.outer.breakOff(Failure.closed);
    this.release(request);
  }

  private release({ outer, connection, worker }: ProxiedRequest<Worker>): void {
    if (connection.worker === undefined) return;
    if (outer.closesConnection) worker.close(connection);
    else worker.addIdle(connection);
  }

  private isFull(backlog: Fifo<ClientConnection>): boolean {
    return backlog.size > this.parts.settings.backlog;
  }

  private backlogOf(worker: Worker): Fifo<ClientConnection> {
    if (this.backlogs.length === 1) return this.backlogs[0]!;
    return this.backlogs[this.parts.workers.indexOf(worker)]!;
  }

  /** The idle worker that takes the connection of `outer` at once; `undefined` if none is. */
  private acceptorOf(outer: Exchange, socket: number): Worker | undefined {
    if (this.backlogs.length === 1) return this.idleWorker(outer);
    const worker = this.parts.workers[socket]!;
    return worker.pendingCount === 0 ? worker : undefined;
  }

  private acceptWaiting(worker: Worker): void {
    const backlog = this.backlogOf(worker);
    const acceptsAll = this.parts.settings.accepting === 'all';
    do {
      if (!this.mayAccept()) return;
      const connection = backlog.shift();
      if (connection === undefined) return;
      this.acceptBy(worker, connection);
    } while (acceptsAll || worker.pendingCount === 0);
  }

  private mayAccept(): boolean {
    const { settings, counters } = this.parts;
    return settings.connectionsMax === undefined || counters.active < settings.connectionsMax;
  }

  private isLast(outer: Exchange, connection: ClientConnection, status: number): boolean {
    const settings = this.parts.settings;
    const ageNs = this.parts.simulation.nowNs - connection.acceptedNs;
    return (
      outer.abandoned ||
      (outer.servedBy < 0 && settings.closesAfter.includes(status)) ||
      settings.clientIdleNsMax === 0 ||
      connection.requestCount >= settings.clientRequestsMax ||
      (connection.worker !== undefined && connection.worker.configuration !== connection.configuration) ||
      ageNs > settings.clientAgeNsMax
    );
  }

  /** A caller that does not say which connection it reuses: its connection stands idle meanwhile, this one has no slot. */
  private acceptUnknown(outer: Exchange): void {
    const workers = this.parts.workers;
    this.parts.reader.read(outer, new ClientConnection(), workers[this.draw(outer, workers.length)]!);
  }

  private acceptBy(worker: Worker, connection: ClientConnection): void {
    const counters = this.parts.counters;
    counters.accepts += 1;
    const early = connection.early;
    connection.early = undefined;
    if (!worker.takeSlot()) {
      connection.open = false;
      early?.breakOff(Failure.reset);
      return;
    }
    counters.handled += 1;
    counters.active += 1;
    connection.worker = worker;
    connection.configuration = worker.configuration;
    connection.acceptedNs = this.parts.simulation.nowNs;
    worker.addIdle(connection);
    if (early !== undefined) this.parts.reader.read(early, connection, worker);
  }

  /** Which of several idle workers the kernel wakes is not known: a draw by the request's key. */
  private idleWorker(outer: Exchange): Worker | undefined {
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
