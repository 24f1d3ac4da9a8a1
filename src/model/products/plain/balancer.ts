import { NEVER } from '../../../kernel/time.js';
import type { Gauge } from '../../../metrics/sink.js';
import { createDistribution } from '../../../random/catalogue.js';
import type { BalancerContext } from '../../balancer.js';
import { Demand } from '../../demand.js';
import type { Exchange } from '../../exchange.js';
import type { ClientConnection } from '../../proxy/client-connection.js';
import type { ClientSettings } from '../../proxy/client-side.js';
import { ConnectionCounters } from '../../proxy/connection-counters.js';
import { ConnectionPool } from '../../proxy/connection-pool.js';
import { ProxyBalancer } from '../../proxy/proxy-balancer.js';
import type { UpstreamHost } from '../../proxy/upstream-host.js';
import type { PlainHost } from './host.js';
import type { PlainMethodPlug } from './method.js';
import { type PlainOptions, type PlainParameters, plainServers } from './options.js';
import type { PlainRequest } from './proxied-request.js';
import { type ConnectObserver, PlainProxy } from './proxy.js';
import { PlainSelector } from './selector.js';
import { Fleet } from './server-state.js';
import { Dispatcher } from './worker.js';

/** What a plain product has beside its options. */
export interface PlainParts {
  readonly method: PlainMethodPlug;
  /** Sends a probe of `selector`'s to a host. */
  readonly probe?: (selector: PlainSelector, host: PlainHost) => void;
  readonly connects?: ConnectObserver;
  readonly gauges?: readonly Gauge[];
}

/** Statuses of the proxy's own that are counted one by one. */
const COUNTED_STATUSES = [499, 502, 503, 504];

/**
 * A proxy that has nothing of its own but the pick: it accepts clients, sends each request to the host that its algorithm
 * names, over a kept connection where there is one, and relays the answer.
 *
 * Limits: requests and answers arrive whole; an idle client connection is kept for ever.
 */
export class PlainBalancer extends ProxyBalancer<Dispatcher> {
  private readonly changes = new Map<string, PlainParameters>();
  private readonly proxy: PlainProxy;

  constructor(
    private readonly options: PlainOptions,
    context: BalancerContext,
    parts: PlainParts,
  ) {
    const { simulation, name } = context;
    const counters = new ConnectionCounters();
    const settings = clientSettings(options);
    const selectors = createSelectors(options, context, parts);
    const pool = { idlePerHostMax: options.keepalive, requestsMax: NEVER, idleNsMax: NEVER };
    super(context, {
      counters,
      settings,
      createWorker: (processor, index) =>
        new Dispatcher({
          simulation,
          processor,
          clientIdleNsMax: NEVER,
          counters,
          selector: selectors[index]!,
          connections: new ConnectionPool(simulation, pool),
        }),
    });
    this.proxy = new PlainProxy({
      simulation,
      connectTimeoutNs: options.connect_timeout,
      requestTimeoutNs: options.request_timeout,
      retries: options.retries,
      keepsUpstream: options.keepalive > 0,
      cpu: new Demand(createDistribution(options.cpu), `${name}/cpu`),
      clients: this.clients,
      connects: parts.connects ?? (() => {}),
    });
    this.proxy.hosts = this.hosts;
    this.registerGauges([...countersOf(counters, name), ...(parts.gauges ?? [])]);
  }

  read(outer: Exchange, connection: ClientConnection, worker: Dispatcher): void {
    this.proxy.read(outer, connection, worker);
  }

  abandon(outer: Exchange): void {
    // Without a request yet, there is nothing to end: it follows, and its turn finds the client gone.
    if (outer.work !== undefined) this.proxy.abandon(outer.work as PlainRequest);
  }

  changeHost(name: string, parameters: unknown): void {
    this.changes.set(name, { ...this.changes.get(name), ...(parameters as PlainParameters) });
    this.hostsChanged();
  }

  connectionsLost(name: string): void {
    const host = this.hostNamed(name);
    if (host === undefined) return;
    for (const worker of this.workers) worker.connections.closeAll(host);
  }

  protected hostsChanged(): void {
    const addresses = this.hosts.map((host) => host.host);
    const servers = plainServers(this.options, addresses, this.changes);
    this.proxy.hosts = this.hosts;
    for (const worker of this.workers) worker.selector.update(servers, this.context.simulation.nowNs);
  }

  protected availability(host: UpstreamHost): number {
    const index = this.hosts.indexOf(host);
    const available = this.workers.filter((worker) => worker.selector.available(index));
    return available.length / this.workers.length;
  }
}

function clientSettings(options: PlainOptions): ClientSettings {
  return {
    backlog: options.backlog,
    clientIdleNsMax: NEVER,
    clientRequestsMax: NEVER,
    clientAgeNsMax: NEVER,
    closesAfter: [],
  };
}

function createSelectors(
  options: PlainOptions,
  context: BalancerContext,
  { method, probe }: PlainParts,
): PlainSelector[] {
  const fleet = new Fleet(context.source.stream('reports'));
  const servers = plainServers(options, context.hosts, new Map());
  return context.processors.map(
    (_, index) =>
      new PlainSelector({
        servers,
        fleet,
        createMethod: (table) => {
          const stream = context.source.stream(`dispatcher/${index}/random`);
          return method.create(options.algorithm.options, { table, stream });
        },
        probe: probe ?? (() => {}),
      }),
  );
}

function countersOf(counters: ConnectionCounters, place: string): Gauge[] {
  return [
    { place, name: 'http_requests_total', cumulative: true, read: () => counters.requests },
    ...COUNTED_STATUSES.map((status) => {
      const name = `responses_${status}`;
      return { place, name, cumulative: true, read: () => counters.responses[status]! };
    }),
  ];
}
