import type { Simulation } from '../kernel/loop.js';
import type { Handler } from '../kernel/queue.js';
import { NEVER } from '../kernel/time.js';
import type { MetricsSink } from '../metrics/sink.js';
import type { CpuGroup } from './cpu-group.js';
import { Chance } from './demand.js';
import { Admission, type Exchange, Failure, type Station } from './exchange.js';
import { instanceGauges } from './instance-gauges.js';
import type { InstanceOptions } from './instance-options.js';
import { Job } from './job.js';
import { JobList } from './job-list.js';
import { RestartManager } from './restart.js';
import type { Server } from './server.js';
import { type ServerConnection, ServerConnections } from './server-connections.js';
import type { Service } from './service.js';

const STARTED = 0;
const RESTART = 1;

/** One running copy of a service: listens, serves, and may die. */
export class Instance implements Station, Handler {
  readonly name: string;
  readonly index: number;
  /** True while it listens. */
  up = true;
  /** Number of its life: what was scheduled for an earlier one is void. */
  epoch = 0;
  /** SYNs dropped because the backlog was full. */
  droppedCount = 0;
  outOfMemoryCount = 0;
  server: Server;
  /** Probability that a request is answered with `errorStatus` at once (a failure under way). */
  errorRate = 0;
  errorStatus = 500;

  private readonly lossWatchers: (() => void)[] = [];
  private listeningWatchers: (() => void)[] = [];
  private readonly connections: ServerConnections;
  private readonly jobs = new JobList();
  private allocatedBytes = 0;
  private upSinceNs = 0;
  private readonly restarts: RestartManager;
  /** The life that a start under way leads to. */
  private startingEpoch = -1;
  private readonly errors: Chance;

  constructor(
    private readonly simulation: Simulation,
    readonly service: Service,
    private readonly group: CpuGroup,
    private readonly options: InstanceOptions,
    private readonly sink: MetricsSink,
  ) {
    this.name = options.name;
    this.index = options.index;
    this.restarts = new RestartManager(options.restart);
    this.errors = new Chance(`${service.name}/errors`);
    this.server = service.createServer(group);
    this.connections = new ServerConnections(simulation, this.server.keepaliveNs);
    if (options.startsUp) {
      this.register();
    } else {
      this.up = false;
      this.closeServer();
    }
  }

  /** Work that its host does per ns of CPU. */
  get hostSpeed(): number {
    return this.group.hostSpeed;
  }

  /** CPU that a unit of work takes on its host now, against the mean of all times. */
  get slowness(): number {
    return this.group.slowness;
  }

  /** Open connections, idle ones included. */
  get connectionCount(): number {
    return this.connections.count;
  }

  get inFlight(): number {
    return this.jobs.size;
  }

  get memoryBytes(): number {
    const memory = this.options.memory;
    if (!this.up) return 0;
    return (
      memory.baseBytes +
      memory.perConnectionBytes * this.connectionCount +
      memory.perRequestBytes * this.jobs.size +
      this.allocatedBytes
    );
  }

  listens(): Admission {
    if (!this.up) return Admission.refused;
    return this.server.admits() ? Admission.accepted : Admission.dropped;
  }

  connect(exchange: Exchange): Admission {
    if (!this.up) return Admission.refused;
    if (!this.server.admits()) {
      this.droppedCount += 1;
      return Admission.dropped;
    }
    this.server.connected();
    exchange.connection = this.connections.accept();
    return Admission.accepted;
  }

  accept(exchange: Exchange): void {
    const connection = exchange.connection as ServerConnection;
    // A request whose caller has gone meanwhile was sent before: it is read and served all the same.
    const arrives = connection.open || exchange.abandoned;
    if (!this.up || !arrives || !connection.isOf(this.connections)) {
      exchange.breakOff(Failure.reset);
      return;
    }
    this.connections.use(connection);
    const route = this.service.routeFor(exchange.endpoint);
    const job = new Job(exchange, this, this.server.processFor(exchange), route, this.simulation.nowNs);
    exchange.work = job;
    this.jobs.add(job);
    this.server.accept(job);
    this.checkMemory();
  }

  /** The handler does not notice that its client has gone: its work goes on, only the connection is closed. */
  abandon(exchange: Exchange): void {
    const connection = exchange.connection;
    if (connection !== undefined) this.connections.close(connection as ServerConnection);
  }

  /** Runs the next step of `job`'s handler, or ends it. */
  advance(job: Job): void {
    if (job.dead) return;
    if (job.position === 0 && this.errorRate > 0 && this.errors.happens(job.exchange, this.errorRate)) {
      this.fail(job, this.errorStatus);
      return;
    }
    const steps = job.route.steps;
    if (job.position < steps.length) {
      const step = steps[job.position]!;
      job.position += 1;
      step.start(job);
    } else {
      this.server.finish(job);
    }
  }

  /** Ends `job`'s handler with an error status: an exception that the framework turns into an answer. */
  fail(job: Job, status: number): void {
    job.status = status;
    job.content = undefined;
    job.position = job.route.steps.length;
    while (job.filling !== undefined) job.filling.cache.giveUp(job);
    this.server.finish(job);
  }

  /** The server has written `job`'s answer. */
  respond(job: Job): void {
    // The server passed its thread on first, and the next job's memory killed the process.
    if (job.dead) return;
    const exchange = job.exchange;
    this.jobs.delete(job);
    this.allocatedBytes -= job.allocatedBytes;
    job.dead = true;
    if (this.server.keepaliveNs === 0) exchange.closesConnection = true;
    const connection = exchange.connection as ServerConnection;
    if (exchange.closesConnection) this.connections.close(connection);
    else this.connections.rest(connection);
    this.report(job, job.status);
    exchange.servedBy = this.index;
    exchange.bodyBytes = job.bodyBytes;
    const content = job.content ?? this.options.content;
    exchange.responseHeaders = content?.headers;
    exchange.responseBody = content?.body;
    const headBytes = this.options.headBytes + (content?.headerBytes ?? 0);
    exchange.answer(job.status, headBytes + job.bodyBytes);
  }

  /** Calls `watcher` whenever the process ends: its kernel closes every connection, and the other ends see it. */
  whenLost(watcher: () => void): void {
    this.lossWatchers.push(watcher);
  }

  /** Calls `act` once, when the process listens: now if it does. */
  onceListening(act: () => void): void {
    if (this.up) act();
    else this.listeningWatchers.push(act);
  }

  /** Takes memory for `job` until it ends. */
  allocate(job: Job, sizeBytes: number): void {
    job.allocatedBytes += sizeBytes;
    this.allocatedBytes += sizeBytes;
    this.checkMemory();
  }

  /** The process ends at once (`kill -9`, a crash): every request on it is reset; the restart policy decides what follows. */
  kill(): void {
    if (!this.up) return;
    this.die();
    this.scheduleRestart();
  }

  /** `docker stop`: ends, and stays down until `start`. */
  stop(): void {
    if (this.up) this.die();
    else this.epoch += 1;
  }

  /** Starts again; listens after its start time. */
  start(): void {
    this.boot();
  }

  /** A new instance: reports have it from now on, and its process is started. */
  appear(): void {
    this.register();
    this.start();
  }

  /** Every demand on its CPU takes `factor` times as long. */
  slowDown(factor: number): void {
    this.group.slowDown(factor);
  }

  handle(kind: number, payload: unknown): void {
    if (payload !== this.epoch) return;
    if (kind === RESTART) {
      this.boot();
    } else {
      this.up = true;
      this.upSinceNs = this.simulation.nowNs;
      this.server = this.service.createServer(this.group);
      const watchers = this.listeningWatchers;
      this.listeningWatchers = [];
      for (const watcher of watchers) watcher();
    }
  }

  private report({ exchange, startedNs }: Job, status: number): void {
    if (exchange.endpoint.isUncounted === true) return;
    this.sink.served(this.index, this.simulation.nowNs - startedNs, status);
  }

  /** What the recorder reads once a second. */
  private register(): void {
    const gauges = instanceGauges(this, this.group, this.options.memory.limitBytes);
    for (const gauge of gauges) this.sink.gauge(gauge);
  }

  private die(): void {
    this.up = false;
    this.epoch += 1;
    const jobs = this.jobs.takeAll();
    this.connections.closeAll();
    this.allocatedBytes = 0;
    this.closeServer();
    for (const watcher of this.lossWatchers) watcher();
    for (const job of jobs) {
      job.dead = true;
      this.report(job, 0);
      job.exchange.breakOff(Failure.reset);
    }
  }

  private closeServer(): void {
    this.server.close();
    this.group.clear();
    this.group.forgetWatchers();
  }

  private scheduleRestart(): void {
    const delayNs = this.restarts.died(this.simulation.nowNs - this.upSinceNs);
    if (delayNs !== undefined) this.simulation.after(delayNs, this, RESTART, this.epoch);
  }

  private boot(): void {
    if (this.up || this.startingEpoch === this.epoch) return;
    this.startingEpoch = this.epoch;
    const startTimeNs = this.options.startTime.draw({ keyHigh: this.index, keyLow: this.epoch });
    if (startTimeNs === 0) this.handle(STARTED, this.epoch);
    else this.simulation.after(startTimeNs, this, STARTED, this.epoch);
  }

  /** The kernel's out-of-memory killer. */
  private checkMemory(): void {
    const limitBytes = this.options.memory.limitBytes;
    if (limitBytes === NEVER || this.memoryBytes <= limitBytes) return;
    this.outOfMemoryCount += 1;
    this.kill();
  }
}
