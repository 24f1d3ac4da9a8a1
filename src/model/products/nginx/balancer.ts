import { NS_PER_SECOND } from '../../../kernel/time.js';
import type { Gauge } from '../../../metrics/sink.js';
import { createDistribution } from '../../../random/catalogue.js';
import type { BalancedHost, Balancer, BalancerContext } from '../../balancer.js';
import { Demand } from '../../demand.js';
import type { Admission, Exchange } from '../../exchange.js';
import { ClientSide } from './client-side.js';
import type { NginxOptions, ServerOptions } from './options.js';
import type { ProxiedRequest } from './proxied-request.js';
import { NginxProxy, type ProxyOwner } from './proxy.js';
import { createUpstream, keepaliveSettings, proxySettings } from './settings.js';
import { StubStatus } from './stub-status.js';
import type { NginxUpstream } from './upstream.js';
import { UpstreamHost } from './upstream-host.js';
import { NginxWorker } from './worker.js';

/**
 * nginx as a reverse proxy. Every change of its servers is a reload of its configuration: new workers with a fresh view of
 * the upstream, while requests under way end under the old one.
 *
 * Limits: requests and answers arrive whole; TLS, access rules and `limit_req` are not here.
 */
export class NginxBalancer implements Balancer, ProxyOwner {
  readonly name: string;
  readonly status = new StubStatus();
  readonly workers: readonly NginxWorker[];

  private hosts: UpstreamHost[];
  private readonly changes = new Map<string, ServerOptions>();
  private readonly clients: ClientSide;
  private readonly proxy: NginxProxy;
  private readonly clockPhaseNs: number;
  private reloads = 0;

  constructor(
    private readonly options: NginxOptions,
    private readonly context: BalancerContext,
  ) {
    const { simulation, name, source } = context;
    const settings = proxySettings(options);
    this.name = name;
    this.clockPhaseNs = Math.floor(source.stream('clock-phase').next() * NS_PER_SECOND);
    this.hosts = context.hosts.map((host) => new UpstreamHost(host));
    const upstreams = this.createUpstreams();
    const keepalive = keepaliveSettings(options);
    this.workers = context.processors.map(
      (processor, index) =>
        new NginxWorker({
          simulation,
          processor,
          connectionsMax: settings.workerConnections,
          clientIdleNsMax: settings.clientIdleNsMax,
          keepalive,
          upstream: upstreams[index]!,
          status: this.status,
        }),
    );
    this.proxy = new NginxProxy({
      simulation,
      settings,
      keepsUpstream: keepalive.connectionsMax > 0,
      cpu: new Demand(createDistribution(options.cpu), `${name}/cpu`),
      status: this.status,
      owner: this,
    });
    this.proxy.hosts = this.hosts;
    const { workers, status, proxy: reader } = this;
    this.clients = new ClientSide({ simulation, name, settings, workers, status, reader });
    for (const gauge of this.gauges()) context.sink.gauge(gauge);
  }

  connect(outer: Exchange): Admission {
    return this.clients.connect(outer);
  }

  accept(outer: Exchange): void {
    this.clients.accept(outer);
  }

  abandon(outer: Exchange): void {
    // Without a request yet, there is nothing to end: it follows, and its turn finds the client gone.
    if (outer.work !== undefined) this.proxy.abandon(outer.work as ProxiedRequest);
  }

  /** Open source nginx does nothing by itself. */
  start(): void {}

  addHost(host: BalancedHost): void {
    const added = new UpstreamHost(host);
    this.hosts = [...this.hosts, added];
    for (const gauge of this.hostGauges(added)) this.context.sink.gauge(gauge);
    this.reload();
  }

  removeHost(name: string): void {
    if (!this.hosts.some((host) => host.host.name === name)) return;
    this.hosts = this.hosts.filter((host) => host.host.name !== name);
    this.reload();
  }

  changeHost(name: string, parameters: unknown): void {
    this.changes.set(name, { ...this.changes.get(name), ...(parameters as ServerOptions) });
    this.reload();
  }

  connectionsLost(name: string): void {
    const host = this.hosts.find((candidate) => candidate.host.name === name);
    if (host === undefined) return;
    for (const worker of this.workers) worker.keepalive.closeAll(host);
  }

  ending(request: ProxiedRequest, status: number): void {
    this.clients.decideKeepalive(request.outer, request.connection, status);
  }

  ended(request: ProxiedRequest): void {
    this.clients.release(request.outer, request.connection, request.worker);
  }

  taskDone(worker: NginxWorker): void {
    this.clients.turn(worker);
  }

  private reload(): void {
    this.reloads += 1;
    const upstreams = this.createUpstreams();
    for (const [index, worker] of this.workers.entries()) {
      worker.upstream = upstreams[index]!;
      worker.closeIdle();
    }
    this.proxy.hosts = this.hosts;
  }

  /** One per worker; one for all with `zone`. */
  private createUpstreams(): NginxUpstream[] {
    const { processors, source } = this.context;
    const create = (worker: number) =>
      createUpstream(this.options, {
        hosts: this.hosts.map((host) => host.host),
        changes: this.changes,
        stream: source.stream(`worker/${worker}/${this.reloads}/random`),
        clockPhaseNs: this.clockPhaseNs,
      });
    if (this.options.zone === false) return processors.map((_, index) => create(index));
    const shared = create(0);
    return processors.map(() => shared);
  }

  private gauges(): Gauge[] {
    return [
      ...this.status.gauges(this.name),
      { place: this.name, name: 'backlog', cumulative: false, read: () => this.clients.backlogLength },
      ...this.hosts.flatMap((host) => this.hostGauges(host)),
    ];
  }

  private hostGauges(host: UpstreamHost): Gauge[] {
    const place = `${this.name}/${host.host.name}`;
    return [
      { place, name: 'in_flight', cumulative: false, read: () => host.inFlight },
      { place, name: 'requests_total', cumulative: true, read: () => host.requestCount },
      { place, name: 'failures_total', cumulative: true, read: () => host.failureCount },
      { place, name: 'available', cumulative: false, read: () => this.availability(host) },
    ];
  }

  /** The part of the workers that would send a request to `host` now. */
  private availability(host: UpstreamHost): number {
    const index = this.hosts.indexOf(host);
    if (index < 0) return 0;
    const nowNs = this.context.simulation.nowNs;
    const available = this.workers.filter((worker) => worker.upstream.available(index, nowNs));
    return available.length / this.workers.length;
  }
}
