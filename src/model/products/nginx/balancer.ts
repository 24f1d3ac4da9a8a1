import { NS_PER_SECOND } from '../../../kernel/time.js';
import { createDistribution } from '../../../random/catalogue.js';
import type { BalancerContext, HostAddress } from '../../balancer.js';
import { Demand } from '../../demand.js';
import type { Exchange } from '../../exchange.js';
import { nginxLimitConn } from '../../policies/nginx-limit-conn.js';
import { nginxLimitReq } from '../../policies/nginx-limit-req.js';
import type { Policy } from '../../policy.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import { ProxyBalancer } from '../../proxy/proxy-balancer.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import { KeepaliveCache } from './keepalive-cache.js';
import { LimitedNginxProxy } from './limited-proxy.js';
import type { NginxOptions, ServerOptions } from './options.js';
import { NginxRequest } from './proxied-request.js';
import { NginxProxy, type NginxProxyParts, type RequestMaker } from './proxy.js';
import { createUpstream, keepaliveSettings, proxySettings } from './settings.js';
import { StubStatus } from './stub-status.js';
import type { NginxUpstream } from './upstream.js';
import { NginxWorker } from './worker.js';

/**
 * nginx as a reverse proxy. Every change of its servers is a reload of its configuration: new workers with a fresh view of
 * the upstream, while requests under way end under the old one.
 *
 * Limits: requests and answers arrive whole; TLS and access rules are not here.
 */
export class NginxBalancer extends ProxyBalancer<NginxWorker> {
  readonly status: StubStatus;

  private readonly changes: Map<string, ServerOptions>;
  private readonly proxy: NginxProxy;
  private readonly clockPhaseNs: number;
  private reloads = 0;

  constructor(
    private readonly options: NginxOptions,
    context: BalancerContext,
  ) {
    const { simulation, name, source } = context;
    const settings = proxySettings(options);
    const status = new StubStatus();
    const keepalive = keepaliveSettings(options);
    const changes = new Map<string, ServerOptions>();
    const clockPhaseNs =
      context.clockPhaseNs ?? Math.floor(source.stream('clock-phase').next() * NS_PER_SECOND);
    const upstreams = createUpstreams(options, {
      context,
      hosts: context.hosts,
      changes,
      clockPhaseNs,
      reloads: 0,
    });
    super(context, {
      counters: status,
      settings,
      createWorker: (processor, index) =>
        new NginxWorker({
          simulation,
          processor,
          clientIdleNsMax: settings.clientIdleNsMax,
          counters: status,
          connectionsMax: settings.workerConnections,
          createKeepalive: (slots) => new KeepaliveCache(simulation, keepalive, slots),
          upstream: upstreams[index]!,
        }),
    });
    this.status = status;
    this.changes = changes;
    this.clockPhaseNs = clockPhaseNs;
    this.proxy = createProxy(options, {
      simulation,
      settings,
      keepsUpstream: keepalive.connectionsMax > 0,
      cpu: new Demand(createDistribution(options.cpu), `${name}/cpu`),
      clients: this.clients,
    });
    this.proxy.hosts = this.hosts;
    this.registerGauges(status.gauges(name, refusals(options)));
  }

  read(outer: Exchange, connection: ClientConnection, worker: NginxWorker): void {
    this.proxy.read(outer, connection, worker);
  }

  abandon(outer: Exchange): void {
    // Without a request yet, there is nothing to end: it follows, and its turn finds the client gone.
    if (outer.work !== undefined) this.proxy.abandon(outer.work as NginxRequest);
  }

  changeHost(name: string, parameters: unknown): void {
    this.changes.set(name, { ...this.changes.get(name), ...(parameters as ServerOptions) });
    this.hostsChanged();
  }

  connectionsLost(name: string): void {
    const host = this.hostNamed(name);
    if (host === undefined) return;
    for (const worker of this.workers) worker.keepalive.closeAll(host);
  }

  /** A reload. */
  protected hostsChanged(): void {
    this.reloads += 1;
    const { context, changes, clockPhaseNs, reloads } = this;
    const hosts = this.hosts.map((host) => host.host);
    const upstreams = createUpstreams(this.options, { context, hosts, changes, clockPhaseNs, reloads });
    for (const [index, worker] of this.workers.entries()) {
      worker.upstream = upstreams[index]!;
      worker.configuration = this.reloads;
      worker.closeIdle();
    }
    this.proxy.hosts = this.hosts;
  }

  protected availability(host: UpstreamHost): number {
    const index = this.hosts.indexOf(host);
    const nowNs = this.context.simulation.nowNs;
    const available = this.workers.filter((worker) => worker.upstream.available(index, nowNs));
    return available.length / this.workers.length;
  }
}

/** The statuses of its limits. */
function refusals(options: NginxOptions): number[] {
  const { limit_req, limit_req_status = 503, limit_conn, limit_conn_status = 503 } = options;
  return [
    ...(limit_req === undefined ? [] : [limit_req_status]),
    ...(limit_conn === undefined ? [] : [limit_conn_status]),
  ];
}

/** With the limits that there are. `limit_req` comes first: handlers of a phase run in the reverse order of their modules. */
function createProxy(options: NginxOptions, parts: NginxProxyParts): NginxProxy {
  const policies: Policy[] = [];
  if (options.limit_req !== undefined) policies.push(nginxLimitReq.create(options, undefined));
  if (options.limit_conn !== undefined) policies.push(nginxLimitConn.create(options, undefined));
  const createRequest: RequestMaker<NginxRequest> = (...request) => new NginxRequest(...request);
  if (policies.length === 0) return new NginxProxy(parts, createRequest);
  return new LimitedNginxProxy(parts, createRequest, policies);
}

/** What the upstreams of one configuration are made of. */
interface Configuration {
  readonly context: BalancerContext;
  readonly hosts: readonly HostAddress[];
  readonly changes: ReadonlyMap<string, ServerOptions>;
  readonly clockPhaseNs: number;
  readonly reloads: number;
}

/** One per worker; one for all with `zone`. */
function createUpstreams(options: NginxOptions, configuration: Configuration): NginxUpstream[] {
  const { context, hosts, changes, clockPhaseNs, reloads } = configuration;
  const create = (worker: number) =>
    createUpstream(options, {
      hosts,
      changes,
      stream: context.source.stream(`worker/${worker}/${reloads}/random`),
      clockPhaseNs,
    });
  if (options.zone === false) return context.processors.map((_, index) => create(index));
  const shared = create(0);
  return context.processors.map(() => shared);
}
