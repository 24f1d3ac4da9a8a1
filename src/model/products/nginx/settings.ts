import { NEVER } from '../../../kernel/time.js';
import type { RandomStream } from '../../../random/stream.js';
import type { HostAddress } from '../../balancer.js';
import type { ClientSettings } from '../../proxy/client-side.js';
import { isAtLeast } from '../../version.js';
import { nginxMethod } from './methods.js';
import type { NginxOptions, ServerOptions } from './options.js';
import type { NginxPeers, NginxServer, ServerParameters } from './peers.js';
import { NginxUpstream } from './upstream.js';

/** Upstream connections that are kept. */
export interface KeepaliveSettings {
  /** Idle connections per worker; 0: none is kept. */
  readonly connectionsMax: number;
  readonly requestsMax: number;
  readonly ageNsMax: number;
  readonly idleNsMax: number;
}

/** Since this version upstream connections are kept by default, and spoken to in HTTP/1.1. */
const KEEPALIVE_VERSION = [1, 29, 7];
const KEEPALIVE_CONNECTIONS = 32;

/** What becomes of upstream connections, with the defaults of the version. */
export function keepaliveSettings(options: NginxOptions): KeepaliveSettings {
  const isModern = isAtLeast(String(options.version), KEEPALIVE_VERSION);
  const httpVersion = options.proxy_http_version ?? (isModern ? '1.1' : '1.0');
  const connectionHeader = options.proxy_set_header.Connection ?? (isModern ? '' : 'close');
  const isPossible = httpVersion === '1.1' && connectionHeader === '';
  const keepalive = options.keepalive;
  return {
    connectionsMax: isPossible ? (keepalive?.connections ?? (isModern ? KEEPALIVE_CONNECTIONS : 0)) : 0,
    requestsMax: keepalive?.keepalive_requests ?? 1000,
    ageNsMax: keepalive?.keepalive_time ?? 3_600e9,
    idleNsMax: keepalive?.keepalive_timeout ?? 60e9,
  };
}

/** Limits of the client side and of trying again; {@link NEVER} and 0 as nginx has them. */
export interface ProxySettings extends ClientSettings {
  readonly connectTimeoutNs: number;
  readonly readTimeoutNs: number;
  /** Bits of `proxy_next_upstream`. */
  readonly nextUpstream: number;
  /** 0: as many as there are servers. */
  readonly triesMax: number;
  /** {@link NEVER}: no limit. */
  readonly triesNsMax: number;
  readonly workerConnections: number;
}

/** Its own answers after which nginx does not trust the connection any more (`ngx_http_special_response_handler`). */
const CLOSES_AFTER = [400, 413, 414, 495, 496, 497, 500, 501];

/** The settings of the proxy itself. */
export function proxySettings(options: NginxOptions): ProxySettings {
  return {
    connectTimeoutNs: options.proxy_connect_timeout,
    readTimeoutNs: options.proxy_read_timeout,
    nextUpstream: options.proxy_next_upstream,
    triesMax: options.proxy_next_upstream_tries,
    triesNsMax: options.proxy_next_upstream_timeout === 0 ? NEVER : options.proxy_next_upstream_timeout,
    workerConnections: options.worker_connections,
    backlog: options.backlog,
    clientIdleNsMax: options.keepalive_timeout,
    clientRequestsMax: options.keepalive_requests,
    clientAgeNsMax: options.keepalive_time,
    closesAfter: CLOSES_AFTER,
  };
}

/** The upstream of these hosts. `changes` overrides parameters of single servers. */
export function createUpstream(
  options: NginxOptions,
  context: {
    readonly hosts: readonly HostAddress[];
    readonly changes: ReadonlyMap<string, ServerOptions>;
    readonly stream: RandomStream;
    readonly clockPhaseNs: number;
  },
): NginxUpstream {
  const plug = nginxMethod(options.algorithm);
  return new NginxUpstream({
    servers: serversOf(options, context.hosts, context.changes),
    createMethod: (table: NginxPeers) =>
      plug.create(options.algorithm.options, { table, stream: context.stream }),
    clockPhaseNs: context.clockPhaseNs,
  });
}

function serversOf(
  options: NginxOptions,
  hosts: readonly HostAddress[],
  changes: ReadonlyMap<string, ServerOptions>,
): NginxServer[] {
  const seen = new Map<string, number>();
  return hosts.map((host) => {
    const replica = seen.get(host.service) ?? 0;
    seen.set(host.service, replica + 1);
    const change = changes.get(host.name);
    return { address: host.address, parameters: parametersOf(options, host, replica, change) };
  });
}

/** What is said of the server alone comes before what is said of its service. A replica beyond the list of weights has 1. */
function parametersOf(
  options: NginxOptions,
  host: HostAddress,
  replica: number,
  change: ServerOptions | undefined,
): ServerParameters {
  const upstream = options.upstream[host.service];
  const weights = upstream?.weight ?? 1;
  const own = { ...upstream?.servers[host.name], ...change };
  return {
    weight: own.weight ?? (Array.isArray(weights) ? (weights[replica] ?? 1) : weights),
    maxFails: own.max_fails ?? upstream?.max_fails ?? 1,
    failTimeoutSeconds: (own.fail_timeout ?? upstream?.fail_timeout ?? 10e9) / 1e9,
    maxConns: own.max_conns ?? upstream?.max_conns ?? 0,
    backup: own.backup ?? upstream?.backup ?? false,
    down: own.down ?? upstream?.down ?? false,
  };
}
