import type { Handler } from '../../../kernel/queue.js';
import { NEVER } from '../../../kernel/time.js';
import { createDistribution } from '../../../random/catalogue.js';
import type { BalancerContext } from '../../balancer.js';
import { Demand } from '../../demand.js';
import type { Endpoint, Exchange } from '../../exchange.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import type { ClientSettings } from '../../proxy/client-side.js';
import { ProxyBalancer } from '../../proxy/proxy-balancer.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { EnvoyCluster } from './cluster.js';
import { HealthChecker, type HealthCheckOwner } from './health-checker.js';
import type { EnvoyHost } from './host.js';
import type { EnvoyOptions, ServerOptions } from './options.js';
import type { EnvoyRequest } from './request.js';
import { EnvoyRouter } from './router.js';
import { EnvoyStats } from './stats.js';
import { UpstreamPools } from './upstream-pools.js';
import { EnvoyWorker } from './worker.js';

const TICK = 0;

/** `User-Agent` of health checks. */
const HEALTH_CHECK_AGENT = 'Envoy/HC';

/**
 * Envoy as a reverse proxy: one listener, one route, one cluster. Changes of hosts and of their health reach all threads at
 * once, and requests under way end where they are.
 *
 * Limits: HTTP/1.1 on both sides; no filters but the router; no TLS, no degraded hosts, no subsets, no zone aware routing.
 */
export class EnvoyBalancer extends ProxyBalancer<EnvoyWorker> implements HealthCheckOwner, Handler {
  readonly stats: EnvoyStats;
  readonly cluster: EnvoyCluster;
  readonly breakers: CircuitBreakers;
  private readonly router: EnvoyRouter;
  private readonly checker: HealthChecker | undefined;

  constructor(
    private readonly options: EnvoyOptions,
    context: BalancerContext,
  ) {
    const { simulation, name, source } = context;
    const settings = clientSettings(options);
    const stats = new EnvoyStats();
    const breakers = new CircuitBreakers(options.circuit_breakers);
    const cluster = new EnvoyCluster({ options, hosts: context.hosts, stream: source.stream('main/random') });
    super(context, {
      counters: stats,
      settings,
      createWorker: (processor, index) =>
        new EnvoyWorker(
          { simulation, processor, clientIdleNsMax: settings.clientIdleNsMax, counters: stats },
          cluster.method.createThread(source.stream(`worker/${index}/random`), simulation.nowNs),
          new UpstreamPools({ simulation, settings: poolSettings(options), breakers, stats }),
        ),
    });
    this.stats = stats;
    this.cluster = cluster;
    this.breakers = breakers;
    const cpu = new Demand(createDistribution(options.cpu), `${name}/cpu`);
    this.router = new EnvoyRouter({
      simulation,
      name,
      options,
      cpu,
      cluster,
      breakers,
      stats,
      clients: this.clients,
    });
    this.router.hosts = this.hosts;
    for (const worker of this.workers) worker.pools.user = this.router;
    this.checker = this.createChecker();
    this.registerGauges(stats.gauges(name, { cluster, breakers, nowNs: () => simulation.nowNs }));
  }

  override start(): void {
    for (const host of this.cluster.hosts) this.checker?.add(host, this.hosts[host.index]!.host.link);
    this.scheduleTick();
  }

  read(outer: Exchange, connection: ClientConnection, worker: EnvoyWorker): void {
    this.router.read(outer, connection, worker);
  }

  abandon(outer: Exchange): void {
    // Without a request yet, there is nothing to end: it follows, and its turn finds the client gone.
    if (outer.work !== undefined) this.router.abandon(outer.work as EnvoyRequest);
  }

  changeHost(name: string, parameters: unknown): void {
    this.cluster.changeHost(name, parameters as ServerOptions, this.context.simulation.nowNs);
  }

  connectionsLost(name: string): void {
    const host = this.hostNamed(name);
    if (host !== undefined) this.closeIdle(host);
  }

  override removeHost(name: string): void {
    const host = this.hostNamed(name);
    super.removeHost(name);
    if (host !== undefined) this.closeIdle(host);
  }

  checked(host: EnvoyHost, result: 'healthy' | 'unhealthy', transition: string): void {
    const { nowNs } = this.context.simulation;
    this.stats.healthCheckAttempt += 1;
    if (result === 'unhealthy') this.stats.healthCheckFailure += 1;
    if (transition === 'changed') this.cluster.prioritySet.healthChanged(host, nowNs);
    if (result === 'healthy' && !host.failedActiveCheck) this.cluster.detector?.checkSucceeded(host, nowNs);
  }

  /** The interval of outlier detection has passed. */
  handle(): void {
    this.cluster.detector!.tick(this.context.simulation.nowNs);
    this.scheduleTick();
  }

  protected hostsChanged(): void {
    this.router.hosts = this.hosts;
    const addresses = this.hosts.map((host) => host.host);
    const fresh = this.cluster.setHosts(addresses, this.context.simulation.nowNs);
    this.checker?.retain(this.cluster.hosts);
    for (const host of fresh) this.checker?.add(host, this.hosts[host.index]!.host.link);
  }

  protected availability(host: UpstreamHost): number {
    const { prioritySet, hosts } = this.cluster;
    return prioritySet.isUsable(hosts[this.hosts.indexOf(host)]!) ? 1 : 0;
  }

  private scheduleTick(): void {
    const interval = this.options.outlier_detection?.interval;
    if (interval !== undefined) this.context.simulation.after(interval, this, TICK);
  }

  private closeIdle(host: UpstreamHost): void {
    for (const worker of this.workers) worker.pools.closeIdle(host);
  }

  private createChecker(): HealthChecker | undefined {
    const [options] = this.options.health_checks;
    if (options === undefined) return undefined;
    const { simulation, name, source } = this.context;
    return new HealthChecker({
      simulation,
      name,
      options,
      endpoint: this.healthEndpoint(options.http_health_check?.path),
      stream: source.stream('main/health-check'),
      hasTraffic: () => this.stats.upstreamCxTotal > 0,
      owner: this,
    });
  }

  private healthEndpoint(path: string | undefined): Endpoint | undefined {
    if (path === undefined) return undefined;
    const host = this.hosts[0]?.host.service ?? this.name;
    return this.context.endpoints.intern({ method: 'GET', path }, { host, userAgent: HEALTH_CHECK_AGENT });
  }
}

function clientSettings(options: EnvoyOptions): ClientSettings {
  const { common_http_protocol_options: protocol } = options.http_connection_manager;
  return {
    backlog: options.tcp_backlog_size,
    clientIdleNsMax: protocol.idle_timeout || NEVER,
    clientRequestsMax: protocol.max_requests_per_connection || NEVER,
    clientAgeNsMax: protocol.max_connection_duration || NEVER,
    closesAfter: [],
    // `enable_reuse_port` is on since 1.20, and a worker takes all connections that wait.
    listening: 'per-worker',
    accepting: 'all',
  };
}

function poolSettings({ common_http_protocol_options: protocol }: EnvoyOptions) {
  return {
    idlePerHostMax: NEVER,
    requestsMax: protocol.max_requests_per_connection || NEVER,
    idleNsMax: protocol.idle_timeout || NEVER,
  };
}
