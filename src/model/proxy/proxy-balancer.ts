import type { Gauge } from '../../metrics/sink.js';
import type { BalancedHost, Balancer, BalancerContext } from '../balancer.js';
import type { Admission, Exchange } from '../exchange.js';
import type { Processor } from '../processor.js';
import type { ClientConnection } from './client-connection.js';
import { type ClientSettings, ClientSide, type RequestReader } from './client-side.js';
import type { ConnectionCounters } from './connection-counters.js';
import { UpstreamHost } from './upstream-host.js';
import type { ProxyWorker } from './worker.js';

/** What a product says of its side towards clients. */
export interface ProxyParts<Worker extends ProxyWorker> {
  readonly counters: ConnectionCounters;
  readonly settings: ClientSettings;
  createWorker(processor: Processor, index: number): Worker;
}

/** What all proxies have alike: workers, the side of the clients, a list of hosts, and what is counted of them. */
export abstract class ProxyBalancer<Worker extends ProxyWorker> implements Balancer, RequestReader<Worker> {
  readonly name: string;
  readonly workers: readonly Worker[];
  /** In configuration order. */
  hosts: readonly UpstreamHost[];
  protected readonly clients: ClientSide<Worker>;
  /** Every host there ever was, by name: one that comes back goes on where it was. */
  private readonly everyHost = new Map<string, UpstreamHost>();

  constructor(
    protected readonly context: BalancerContext,
    parts: ProxyParts<Worker>,
  ) {
    const { simulation, name } = context;
    this.name = name;
    this.hosts = context.hosts.map((host) => new UpstreamHost(host));
    for (const host of this.hosts) this.everyHost.set(host.host.name, host);
    this.workers = context.processors.map((processor, index) => parts.createWorker(processor, index));
    const { settings, counters } = parts;
    this.clients = new ClientSide({
      simulation,
      name,
      settings,
      workers: this.workers,
      counters,
      reader: this,
    });
  }

  listens(): Admission {
    return this.clients.listens();
  }

  connect(outer: Exchange): Admission {
    return this.clients.connect(outer);
  }

  accept(outer: Exchange): void {
    this.clients.accept(outer);
  }

  /** A task of a worker's loop is done. */
  taskDone(worker: Worker): void {
    this.clients.turn(worker);
  }

  /** Nothing happens where there is one of that name. */
  addHost(host: BalancedHost): void {
    const { name } = host;
    if (this.hostNamed(name) !== undefined) return;
    let added = this.everyHost.get(name);
    if (added === undefined) {
      added = new UpstreamHost(host);
      this.everyHost.set(name, added);
      for (const gauge of this.hostGauges(added)) this.context.sink.gauge(gauge);
    }
    this.hosts = [...this.hosts, added];
    this.hostsChanged();
  }

  removeHost(name: string): void {
    if (this.hostNamed(name) === undefined) return;
    this.hosts = this.hosts.filter((host) => host.host.name !== name);
    this.hostsChanged();
  }

  requestsOn(name: string): number {
    return this.everyHost.get(name)?.inFlight ?? 0;
  }

  /** Without these, nothing happens by itself. */
  start(): void {}

  abstract abandon(outer: Exchange): void;
  abstract changeHost(name: string, parameters: unknown): void;
  abstract connectionsLost(name: string): void;
  abstract read(outer: Exchange, connection: ClientConnection, worker: Worker): void;
  /** `hosts` has become another list. */
  protected abstract hostsChanged(): void;
  /** The part of the workers that would send a request to `host` now, 0 to 1. */
  protected abstract availability(host: UpstreamHost): number;

  /** The present host of that name. */
  protected hostNamed(name: string): UpstreamHost | undefined {
    return this.hosts.find((host) => host.host.name === name);
  }

  /** Registers the gauges of the place and its hosts; called once by the product, with those that it adds. */
  protected registerGauges(own: readonly Gauge[]): void {
    const backlog: Gauge = {
      place: this.name,
      name: 'backlog',
      cumulative: false,
      read: () => this.clients.backlogLength,
    };
    for (const gauge of [...own, backlog, ...this.hosts.flatMap((host) => this.hostGauges(host))]) {
      this.context.sink.gauge(gauge);
    }
  }

  private hostGauges(host: UpstreamHost): Gauge[] {
    const place = `${this.name}/${host.host.name}`;
    return [
      { place, name: 'in_flight', cumulative: false, read: () => host.inFlight },
      { place, name: 'requests_total', cumulative: true, read: () => host.requestCount },
      { place, name: 'failures_total', cumulative: true, read: () => host.failureCount },
      {
        place,
        name: 'available',
        cumulative: false,
        read: () => (this.hosts.includes(host) ? this.availability(host) : 0),
      },
    ];
  }
}
