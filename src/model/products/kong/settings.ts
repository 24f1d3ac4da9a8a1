import { NEVER } from '../../../kernel/time.js';
import type { RandomStream } from '../../../random/stream.js';
import { chosenAlgorithm } from '../../algorithm-field.js';
import type { HostAddress } from '../../balancer.js';
import type { PoolSettings } from '../../proxy/connection-pool.js';
import { isAtLeast } from '../../version.js';
import { NEXT_UPSTREAM_DEFAULT } from '../nginx/next-upstream.js';
import type { ProxySettings } from '../nginx/settings.js';
import { kongAlgorithms } from './algorithms.js';
import type { CheckLimits, Checks } from './health-checker.js';
import type { KongOptions, TargetOptions } from './options.js';
import { KongAddress } from './targets.js';
import { KongUpstream } from './upstream.js';

/** Defaults of `kong.conf`, from the version on. */
const KEEPALIVE_DEFAULTS = [
  { since: [3, 6], poolSize: 512, poolRequests: 10_000, clientRequests: 10_000 },
  { since: [3, 5], poolSize: 512, poolRequests: 1000, clientRequests: 1000 },
  { since: [0], poolSize: 60, poolRequests: 100, clientRequests: 1000 },
] as const;

function keepaliveDefaults(version: string) {
  return KEEPALIVE_DEFAULTS.find(({ since }) => isAtLeast(version, since))!;
}

/** The pools of kept connections to the targets, one per target and worker. */
export function poolSettings(options: KongOptions): PoolSettings {
  const { poolSize, poolRequests } = keepaliveDefaults(options.version);
  const idlePerHostMax = options.upstream_keepalive_pool_size ?? poolSize;
  const requestsMax = options.upstream_keepalive_max_requests ?? poolRequests;
  const idleNsMax = options.upstream_keepalive_idle_timeout;
  return {
    idlePerHostMax,
    requestsMax: requestsMax === 0 ? NEVER : requestsMax,
    idleNsMax: idleNsMax === 0 ? NEVER : idleNsMax,
  };
}

/** nginx does not trust itself after its own 500. */
const CLOSES_AFTER = [500];
/** nginx's `keepalive_time`, which Kong leaves alone. */
const CLIENT_AGE_NS_MAX = 3_600e9;

/** The nginx that Kong configures for itself. */
export function proxySettings(options: KongOptions): ProxySettings {
  return {
    connectTimeoutNs: options.connect_timeout,
    readTimeoutNs: options.read_timeout,
    nextUpstream: NEXT_UPSTREAM_DEFAULT,
    triesMax: 0,
    triesNsMax: NEVER,
    workerConnections: options.nginx_events_worker_connections,
    backlog: options.backlog,
    clientIdleNsMax: options.nginx_http_keepalive_timeout,
    clientRequestsMax:
      options.nginx_http_keepalive_requests ?? keepaliveDefaults(options.version).clientRequests,
    clientAgeNsMax: CLIENT_AGE_NS_MAX,
    closesAfter: CLOSES_AFTER,
    listening: 'per-worker',
    accepting: 'all',
  };
}

/** What the health checks count. */
export function checksOf({ healthchecks }: KongOptions): Checks {
  return { active: limitsOf(healthchecks.active), passive: limitsOf(healthchecks.passive) };
}

function limitsOf({ healthy, unhealthy }: KongOptions['healthchecks']['passive']): CheckLimits {
  return {
    healthyStatuses: new Set(healthy.http_statuses),
    unhealthyStatuses: new Set(unhealthy.http_statuses),
    successes: healthy.successes,
    httpFailures: unhealthy.http_failures,
    tcpFailures: unhealthy.tcp_failures,
    timeouts: unhealthy.timeouts,
  };
}

/** What a worker's view of the targets is made of. */
export interface UpstreamContext {
  readonly hosts: readonly HostAddress[];
  /** Overrides parameters of single targets. */
  readonly changes: ReadonlyMap<string, TargetOptions>;
  readonly stream: RandomStream;
  readonly nowNs: number;
}

/** A worker's view of these hosts, all of them available. */
export function createUpstream(options: KongOptions, context: UpstreamContext): KongUpstream {
  const plug = chosenAlgorithm(kongAlgorithms, options.algorithm);
  const targets = {
    addresses: addressesOf(options, context),
    slots: options.slots,
    version: options.version,
    createdNs: context.nowNs,
  };
  return new KongUpstream({
    targets,
    algorithm: plug.create(options.algorithm.options, { table: targets, stream: context.stream }),
    tries: options.retries + 1,
    threshold: options.healthchecks.threshold,
  });
}

function addressesOf(options: KongOptions, { hosts, changes }: UpstreamContext): KongAddress[] {
  const seen = new Map<string, number>();
  return hosts.map((host, index) => {
    const replica = seen.get(host.service) ?? 0;
    seen.set(host.service, replica + 1);
    const colon = host.address.lastIndexOf(':');
    const weight = weightOf(options, host, { replica, change: changes.get(host.name) });
    const port = Number(host.address.slice(colon + 1));
    return new KongAddress(index, host.name, host.address.slice(0, colon), port, weight);
  });
}

/** Schema default of a target's weight (`targets.lua`). */
const WEIGHT_DEFAULT = 100;

/** What is said of the target alone comes before what is said of its service. A replica beyond the list has the default. */
function weightOf(
  options: KongOptions,
  host: HostAddress,
  { replica, change }: { replica: number; change: TargetOptions | undefined },
): number {
  const upstream = options.upstream[host.service];
  const weights = upstream?.weight ?? WEIGHT_DEFAULT;
  const own = change?.weight ?? upstream?.servers[host.name]?.weight;
  return own ?? (Array.isArray(weights) ? (weights[replica] ?? WEIGHT_DEFAULT) : weights);
}

/** Health that a file sets by hand. */
export function writtenHealth(options: KongOptions, host: HostAddress): 'healthy' | 'unhealthy' | undefined {
  return options.upstream[host.service]?.servers[host.name]?.health;
}
