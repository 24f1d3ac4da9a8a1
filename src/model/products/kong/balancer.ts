import { createDistribution } from '../../../random/catalogue.js';
import type { BalancerContext } from '../../balancer.js';
import { Demand } from '../../demand.js';
import type { Exchange } from '../../exchange.js';
import type { Policy } from '../../policy.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import { ConnectionPool } from '../../proxy/connection-pool.js';
import { ProxyBalancer } from '../../proxy/proxy-balancer.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import { NodeHealth } from './health.js';
import { KongMetrics } from './metrics.js';
import type { KongOptions, TargetOptions } from './options.js';
import { kongPlugin } from './plugins-field.js';
import type { KongRequest } from './proxied-request.js';
import { KongProxy } from './proxy.js';
import { createUpstream, poolSettings, proxySettings, writtenHealth } from './settings.js';
import type { KongUpstream } from './upstream.js';
import { KongWorker } from './worker.js';

/**
 * A Kong node. Every change of its targets makes new balancers in all workers (`targets.lua`, `on_target_event`): shuffled
 * anew, nothing in flight, averages forgotten, pointer back at its start, and the intervals of the health checks begin again. Health
 * is kept, and so are connections.
 *
 * Limits: one upstream, service and route; targets have one address each; checks of type `tcp` run here, while Kong leaves them
 * to its stream module; no DNS, no TLS; the Admin API is `changeHost`.
 */
export class KongBalancer extends ProxyBalancer<KongWorker> {
  private readonly changes = new Map<string, TargetOptions>();
  private readonly health: NodeHealth;
  private readonly proxy: KongProxy;
  /** By worker. */
  private upstreams: readonly KongUpstream[];
  private rebuilds = 0;

  constructor(
    private readonly options: KongOptions,
    context: BalancerContext,
  ) {
    const { simulation, name } = context;
    const settings = proxySettings(options);
    const pools = poolSettings(options);
    const metrics = new KongMetrics();
    const upstreams = context.processors.map((_, worker) => {
      const stream = context.source.stream(`worker/${worker}/0/random`);
      return createUpstream(options, { hosts: context.hosts, changes: new Map(), stream, nowNs: 0 });
    });
    super(context, {
      counters: metrics,
      settings,
      createWorker: (processor, index) =>
        new KongWorker(
          {
            simulation,
            processor,
            clientIdleNsMax: settings.clientIdleNsMax,
            counters: metrics,
            connectionsMax: settings.workerConnections,
            createKeepalive: (slots) => new ConnectionPool(simulation, pools, slots),
            upstream: upstreams[index]!,
          },
          index,
        ),
    });
    this.upstreams = upstreams;
    this.health = new NodeHealth({
      options,
      context,
      linkTo: (target) => this.hostNamed(target)?.host.link,
      tell: (target, isHealthy) => this.setAvailable(target, isHealthy),
    });
    this.proxy = new KongProxy(
      {
        simulation,
        settings,
        keepsUpstream: pools.idlePerHostMax > 0,
        cpu: new Demand(createDistribution(options.cpu), `${name}/cpu`),
        clients: this.clients,
      },
      {
        name,
        version: options.version,
        paths: options.paths,
        policies: createPolicies(options, context),
        checker: this.health.checker,
      },
    );
    this.proxy.hosts = this.hosts;
    this.watchTargets();
    this.registerGauges(metrics.gauges(name));
    for (const host of this.hosts) this.registerHealth(host);
  }

  override start(): void {
    this.health.start();
  }

  read(outer: Exchange, connection: ClientConnection, worker: KongWorker): void {
    this.proxy.read(outer, connection, worker);
  }

  abandon(outer: Exchange): void {
    // Without a request yet, there is nothing to end: it follows, and its turn finds the client gone.
    if (outer.work !== undefined) this.proxy.abandon(outer.work as KongRequest);
  }

  /** A new weight makes new balancers; health set by hand takes effect as a check's would. */
  changeHost(name: string, parameters: unknown): void {
    const { weight, health } = parameters as TargetOptions;
    if (weight !== undefined) {
      this.changes.set(name, { weight });
      this.hostsChanged();
    }
    if (health !== undefined) this.health.checker.set(name, health === 'healthy');
  }

  connectionsLost(name: string): void {
    const host = this.hostNamed(name);
    if (host === undefined) return;
    for (const worker of this.workers) worker.keepalive.closeAll(host);
  }

  protected hostsChanged(): void {
    this.rebuilds += 1;
    const { context, options, changes, rebuilds } = this;
    const { nowNs } = context.simulation;
    const hosts = this.hosts.map((host) => host.host);
    this.upstreams = this.workers.map((worker) => {
      const stream = context.source.stream(`worker/${worker.index}/${rebuilds}/random`);
      const upstream = createUpstream(options, { hosts, changes, stream, nowNs });
      worker.upstream = upstream;
      return upstream;
    });
    this.proxy.hosts = this.hosts;
    this.watchTargets();
    for (const host of this.hosts) this.registerHealth(host);
    this.health.start();
  }

  protected availability(host: UpstreamHost): number {
    const index = this.hosts.indexOf(host);
    return this.upstreams.filter((upstream) => upstream.available(index)).length / this.upstreams.length;
  }

  /** The health checks learn which targets there are; those without weight are not checked. */
  private watchTargets(): void {
    const { checker } = this.health;
    const { nowNs } = this.context.simulation;
    const watched = this.hosts.filter((_, index) => this.upstreams[0]!.weightOf(index) > 0);
    const names = watched.map(({ host }) => host.name);
    const before = checker.present();
    for (const name of before) if (!names.includes(name)) checker.remove(name, nowNs);
    for (const { host } of watched) {
      checker.add(host.name, nowNs);
      const written = before.includes(host.name) ? undefined : writtenHealth(this.options, host);
      if (written !== undefined) checker.set(host.name, written === 'healthy');
      if (!checker.isHealthy(host.name)) this.setAvailable(host.name, false);
    }
  }

  private setAvailable(target: string, available: boolean): void {
    const index = this.hosts.findIndex(({ host }) => host.name === target);
    if (index < 0) return;
    const { nowNs } = this.context.simulation;
    for (const upstream of this.upstreams) upstream.setAvailable(index, available, nowNs);
  }

  private registerHealth({ host }: UpstreamHost): void {
    this.context.sink.gauge({
      place: `${this.name}/${host.name}`,
      name: 'upstream_target_health',
      cumulative: false,
      read: () =>
        this.hostNamed(host.name) !== undefined && this.health.checker.isHealthy(host.name) ? 1 : 0,
    });
  }
}

/** The plugins of a node, in the order in which they run. */
function createPolicies(options: KongOptions, context: BalancerContext): Policy[] {
  const keys = options.consumers.flatMap(({ username, keyauth_credentials: credentials }) =>
    credentials.map(({ key }) => [key, username] as const),
  );
  const pluginContext = {
    version: options.version,
    epochSeconds: options.epoch,
    keys: new Map(keys),
    stream: context.source.stream('plugins'),
  };
  return options.plugins.map((choice) => kongPlugin(choice).create(choice.config as never, pluginContext));
}
