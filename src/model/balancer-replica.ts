import type { Handler } from '../kernel/queue.js';
import type { Gauge, HttpSample, MetricsSink } from '../metrics/sink.js';
import type { BalancedHost, Balancer } from './balancer.js';
import type { CpuGroup } from './cpu-group.js';
import { Admission, type Connection, type Exchange, Failure, type Station } from './exchange.js';
import type { Processor } from './processor.js';
import type { SerialProcessor } from './serial-processor.js';

/** One life of a balancer's process, as {@link BalancerReplicaParts.create} makes it. */
export interface BalancerProcess {
  readonly balancer: Balancer;
  /** All it ever had, with links of this life alone. */
  readonly hosts: BalancedHost[];
  readonly processors: readonly SerialProcessor[];
}

/** A change of a balancer's configuration while it runs. */
export type BalancerChange = (process: BalancerProcess) => void;

/** What a life is made with, besides what all lives share. */
export interface LifeParts {
  /** Number of the life, from 0. */
  readonly life: number;
  readonly sink: MetricsSink;
  /** The CPU of this life: once it is over, nothing that is left of it computes. */
  readonly cpu: Processor;
}

/** What a replica is made of. */
export interface BalancerReplicaParts {
  /** `balancer-2` */
  readonly name: string;
  readonly sink: MetricsSink;
  readonly group: CpuGroup;
  create(parts: LifeParts): BalancerProcess;
}

/** Tracked connections and requests that are over are swept out when so many more have come than were left. */
const SWEEP_AT = 64;

/**
 * A balancer whose process may end and start again. It stands before the product's own balancer and knows its connections and
 * requests, so that no product has to: at the end the kernel resets these, closes the idle ones, and whatever the process still
 * had in mind (its views, its timers, its probes) is gone. A new life knows nothing of the one before.
 *
 * Its configuration outlives it: a new life begins with what was changed before.
 *
 * Limits: it listens at once when it starts.
 */
export class BalancerReplica implements Station {
  readonly name: string;
  private process: BalancerProcess | undefined;
  private cpu: LifeCpu;
  private readonly gauges: GaugeKeeper;
  private readonly changes: BalancerChange[] = [];
  private life = 0;
  private connections: Connection[] = [];
  private connectionsSweptAt = SWEEP_AT;
  private requests: Exchange[] = [];
  private requestsSweptAt = SWEEP_AT;
  /** Connections of earlier lives are not among them. */
  private known = new WeakSet<Connection>();

  constructor(private readonly parts: BalancerReplicaParts) {
    this.name = parts.name;
    this.gauges = new GaugeKeeper(parts.sink);
    this.cpu = new LifeCpu(parts.group);
    this.process = this.createProcess();
    parts.sink.gauge({ place: this.name, name: 'up', cumulative: false, read: () => (this.up ? 1 : 0) });
  }

  /** True while its process lives. */
  get up(): boolean {
    return this.process !== undefined;
  }

  listens(): Admission {
    return this.process?.balancer.listens() ?? Admission.refused;
  }

  connect(outer: Exchange): Admission {
    if (this.process === undefined) return Admission.refused;
    const admission = this.process.balancer.connect(outer);
    if (admission === Admission.accepted && outer.connection !== undefined) this.track(outer.connection);
    return admission;
  }

  accept(outer: Exchange): void {
    if (this.process === undefined || !this.knows(outer)) {
      outer.breakOff(Failure.reset);
      return;
    }
    if (this.requests.length >= this.requestsSweptAt) {
      this.requests = this.requests.filter((request) => !request.settled);
      this.requestsSweptAt = 2 * this.requests.length + SWEEP_AT;
    }
    this.requests.push(outer);
    this.process.balancer.accept(outer);
  }

  abandon(outer: Exchange): void {
    if (this.knows(outer)) this.process?.balancer.abandon(outer);
  }

  /** A host's process ended. */
  connectionsLost(name: string): void {
    this.process?.balancer.connectionsLost(name);
  }

  /** Changes its configuration, for this life and those to come. */
  configure(change: BalancerChange): void {
    this.changes.push(change);
    if (this.process !== undefined) change(this.process);
  }

  /** Requests that were sent to the host of that name and are not over. */
  requestsOn(name: string): number {
    return this.process?.balancer.requestsOn(name) ?? 0;
  }

  /** Begins its first life's health checks. */
  begin(): void {
    this.process?.balancer.start();
  }

  /** The process ends at once: what it was asked is reset, and connections to it are refused from now on. */
  kill(): void {
    const { process, requests, connections } = this;
    if (process === undefined) return;
    this.process = undefined;
    this.life += 1;
    const open = requests.filter(
      ({ settled, status, failure }) => !settled && status === 0 && failure === Failure.none,
    );
    // Its hosts see their connections close, those with requests as those without.
    for (const outer of open) {
      outer.abandoned = true;
      process.balancer.abandon(outer);
    }
    for (const connection of connections) connection.close?.();
    for (const { name } of process.hosts) process.balancer.connectionsLost(name);
    this.cpu.end();
    for (const processor of process.processors) processor.clear();
    this.parts.group.clear();
    for (const { link } of process.hosts) link.sever();
    this.gauges.silence();
    this.connections = [];
    this.requests = [];
    this.known = new WeakSet();
    for (const outer of open) outer.breakOff(Failure.reset);
  }

  /** A balancer has no restart policy: it stays down until {@link start} in any case. */
  stop(): void {
    this.kill();
  }

  /** Starts again, and listens at once. */
  start(): void {
    if (this.up) return;
    this.cpu = new LifeCpu(this.parts.group);
    this.process = this.createProcess();
    this.process.balancer.start();
  }

  /** Every demand on its CPU takes `factor` times as long. */
  slowDown(factor: number): void {
    this.parts.group.slowDown(factor);
  }

  private createProcess(): BalancerProcess {
    const process = this.parts.create({ life: this.life, sink: this.gauges, cpu: this.cpu });
    for (const change of this.changes) change(process);
    return process;
  }

  /** True for what came in this life. */
  private knows({ connection }: Exchange): boolean {
    return connection === undefined || this.known.has(connection);
  }

  private track(connection: Connection): void {
    this.known.add(connection);
    if (this.connections.length >= this.connectionsSweptAt) {
      this.connections = this.connections.filter(({ open }) => open);
      this.connectionsSweptAt = 2 * this.connections.length + SWEEP_AT;
    }
    this.connections.push(connection);
  }
}

/** The CPU of one life. */
class LifeCpu implements Processor {
  private ended = false;

  constructor(private readonly group: CpuGroup) {}

  run(demandNs: number, handler: Handler, kind: number, payload: unknown): void {
    if (!this.ended) this.group.run(demandNs, handler, kind, payload);
  }

  end(): void {
    this.ended = true;
  }
}

/** Hands everything on, and remembers the gauges: those of a process that has ended read 0. */
class GaugeKeeper implements MetricsSink {
  private readonly kept: Gauge[] = [];

  constructor(private readonly sink: MetricsSink) {}

  gauge(gauge: Gauge): void {
    this.kept.push(gauge);
    this.sink.gauge(gauge);
  }

  silence(): void {
    for (const gauge of this.kept.splice(0)) this.sink.gauge({ ...gauge, read: () => 0 });
  }

  http(sample: HttpSample): void {
    this.sink.http(sample);
  }

  iteration(scenario: string, durationNs: number): void {
    this.sink.iteration(scenario, durationNs);
  }

  interruptedIteration(scenario: string): void {
    this.sink.interruptedIteration(scenario);
  }

  droppedIterations(scenario: string, count: number): void {
    this.sink.droppedIterations(scenario, count);
  }

  check(name: string, passed: boolean, scenario: string, group: string): void {
    this.sink.check(name, passed, scenario, group);
  }

  data(sentBytes: number, receivedBytes: number): void {
    this.sink.data(sentBytes, receivedBytes);
  }

  served(instanceIndex: number, durationNs: number, status: number): void {
    this.sink.served(instanceIndex, durationNs, status);
  }
}
