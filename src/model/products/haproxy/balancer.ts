import { NS_PER_SECOND } from '../../../kernel/time.js';
import type { Gauge } from '../../../metrics/sink.js';
import { createDistribution } from '../../../random/catalogue.js';
import type { BalancerContext } from '../../balancer.js';
import { Demand } from '../../demand.js';
import type { Endpoint, Exchange } from '../../exchange.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import { ConnectionCounters } from '../../proxy/connection-counters.js';
import { ProxyBalancer } from '../../proxy/proxy-balancer.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import { HealthChecks } from './health-checks.js';
import type { HaproxyOptions } from './options.js';
import type { Generation, HaproxyRequest } from './proxied-request.js';
import { HaproxyProxy } from './proxy.js';
import { proxySettings, serverSettings } from './proxy-settings.js';
import { Admin } from './server.js';
import type { ServerChange } from './server-options.js';
import { createBackend } from './settings.js';
import { HaproxyWorker } from './worker.js';

/** Statuses that the gauges tell apart: HAProxy's own answers, and requests that were given up. */
const OWN_STATUSES = [499, 502, 503, 504];

/**
 * HAProxy in HTTP mode, one frontend with one backend. Weights, states and `maxconn` of servers change as by its runtime API;
 * a server more or less is a reload: a new process with fresh state, while requests under way end with the old one.
 *
 * Limits: HTTP/1.1 without TLS, requests and answers arrive whole; a client that goes away is noticed early only with
 * `abortonclose`, as in the original, but never between two events of its request.
 */
export class HaproxyBalancer extends ProxyBalancer<HaproxyWorker> {
  readonly counters: ConnectionCounters;
  private readonly options: HaproxyOptions;
  private readonly proxy: HaproxyProxy;
  private readonly probe: Endpoint | undefined;
  private readonly clockPhaseNs: number;
  private generation: Generation;
  private reloads = 0;
  private isRunning = false;

  constructor(options: HaproxyOptions, context: BalancerContext) {
    const { simulation, name, source, endpoints } = context;
    const settings = proxySettings(options);
    const counters = new ConnectionCounters();
    super(context, {
      counters,
      settings,
      createWorker: (processor, index) =>
        new HaproxyWorker({
          simulation,
          processor,
          index,
          clientIdleNsMax: settings.clientIdleNsMax,
          counters,
          connectionEnded: () => this.clients.connectionEnded(),
        }),
    });
    this.counters = counters;
    this.options = options;
    const { httpchk } = options.option;
    this.probe =
      httpchk === undefined
        ? undefined
        : endpoints.intern({ method: httpchk.method, path: httpchk.uri }, { host: '', userAgent: '' });
    this.clockPhaseNs = Math.floor(source.stream('clock-phase').next() * NS_PER_SECOND);
    this.proxy = new HaproxyProxy({
      simulation,
      settings,
      cpu: new Demand(createDistribution(options.cpu), `${name}/cpu`),
      clients: this.clients,
    });
    this.generation = this.createGeneration();
    this.proxy.generation = this.generation;
    this.registerGauges(this.gauges());
  }

  override start(): void {
    this.isRunning = true;
    this.generation.checks.start();
  }

  read(outer: Exchange, connection: ClientConnection, worker: HaproxyWorker): void {
    this.proxy.read(outer, connection, worker);
  }

  abandon(outer: Exchange): void {
    // Without a request yet, there is nothing to end: it follows, and its turn finds the client gone.
    if (outer.work !== undefined) this.proxy.abandon(outer.work as HaproxyRequest);
  }

  changeHost(name: string, parameters: unknown): void {
    const changed = this.hostNamed(name);
    if (changed === undefined) return;
    const host = this.hosts.indexOf(changed);
    const { weight, maxconn, state, disabled, health } = parameters as ServerChange;
    const { backend, checks } = this.generation;
    const { nowNs } = this.context.simulation;
    if (weight !== undefined) backend.setWeight(host, weight, nowNs);
    if (maxconn !== undefined) backend.setMaxconn(host, maxconn, nowNs);
    const wanted = state ?? (disabled === undefined ? undefined : disabled ? 'maint' : 'ready');
    if (wanted !== undefined) checks.setAdmin(host, Admin[wanted]);
    if (wanted === 'maint') this.proxy.poolOf(changed).closeAll();
    if (health !== undefined) checks.setHealth(host, health === 'up');
  }

  connectionsLost(name: string): void {
    const host = this.hostNamed(name);
    if (host !== undefined) this.proxy.poolOf(host).closeAll();
  }

  /** A reload. */
  protected hostsChanged(): void {
    this.reloads += 1;
    this.generation.checks.end();
    for (const host of this.generation.hosts) this.proxy.poolOf(host).closeAll();
    this.generation = this.createGeneration();
    this.proxy.generation = this.generation;
    if (this.isRunning) this.generation.checks.start();
  }

  protected availability(host: UpstreamHost): number {
    const { backend, hosts } = this.generation;
    return backend.available(hosts.indexOf(host), this.context.simulation.nowNs) ? 1 : 0;
  }

  private createGeneration(): Generation {
    const { options, context, hosts, clockPhaseNs, reloads } = this;
    const { simulation, name, source } = context;
    const addresses = hosts.map((host) => host.host);
    const stream = source.stream(`reload/${reloads}`);
    const { checks, pools } = serverSettings(options, addresses);
    this.proxy.addPools(hosts, pools);
    const backend = createBackend(options, {
      hosts: addresses,
      stream,
      clockPhaseNs,
      assigned: (passage, host) => this.proxy.assigned(passage, host),
    });
    return {
      backend,
      hosts,
      checks: new HealthChecks({
        simulation,
        name,
        backend,
        hosts,
        settings: checks,
        endpoint: this.probe,
        spreadPercent: options['spread-checks'],
        stream,
      }),
    };
  }

  private gauges(): Gauge[] {
    const { counters, name } = this;
    const gauge = (word: string, read: () => number): Gauge => {
      return { place: name, name: word, cumulative: false, read };
    };
    const counter = (word: string, read: () => number): Gauge => {
      return { place: name, name: word, cumulative: true, read };
    };
    return [
      gauge('frontend_current_sessions', () => counters.active),
      gauge('backend_current_sessions', () => this.generation.backend.table.connections),
      gauge('backend_current_queue', () => this.generation.backend.queueLength),
      counter('frontend_connections_total', () => counters.accepts),
      counter('frontend_http_requests_total', () => counters.requests),
      ...OWN_STATUSES.map((status) => counter(`responses_${status}`, () => counters.responses[status]!)),
    ];
  }
}
