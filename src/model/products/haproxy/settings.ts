import type { RandomStream } from '../../../random/stream.js';
import type { HostAddress } from '../../balancer.js';
import { HaproxyBackend } from './backend.js';
import { haproxyMethod } from './methods.js';
import type { HaproxyOptions } from './options.js';
import type { HaproxyPassage } from './passage.js';
import { HaproxyServer, type ServerParameters } from './server.js';
import type { SingleServerOptions } from './server-options.js';
import { ServerTable } from './table.js';

/** What a backend is made of besides the options. */
export interface BackendContext {
  readonly hosts: readonly HostAddress[];
  readonly stream: RandomStream;
  readonly clockPhaseNs: number;
  readonly assigned?: ((passage: HaproxyPassage, host: number) => void) | undefined;
}

/** `slowstart` is counted in whole seconds. */
const SLOWSTART_UNIT_NS = 1e9;

/** The backend of these hosts. */
export function createBackend(options: HaproxyOptions, context: BackendContext): HaproxyBackend {
  const plug = haproxyMethod(options.algorithm);
  const servers = serverOptionsOf(options, context.hosts).map(
    (own, host) => new HaproxyServer(host, parametersOf(own)),
  );
  const table = new ServerTable(servers, {
    hashType: { ...options['hash-type'], balanceFactor: options['hash-balance-factor'] },
    allBackups: options.option.allbackups,
    fullconn: options.fullconn ?? Math.ceil(options.maxconn / 10),
  });
  return new HaproxyBackend({
    table,
    method: plug.create(options.algorithm.options, { table, stream: context.stream }),
    hashes: plug.hashes,
    queuesBehind: plug.queuesBehind,
    retry: { retries: options.retries, redispatchAfter: options.option.redispatch },
    clockPhaseNs: context.clockPhaseNs,
    assigned: context.assigned,
  });
}

/** What is said of each server: of it alone before what is said of its service. A replica beyond the list of weights has 1. */
export function serverOptionsOf(
  options: HaproxyOptions,
  hosts: readonly HostAddress[],
): SingleServerOptions[] {
  const seen = new Map<string, number>();
  return hosts.map((host) => {
    const replica = seen.get(host.service) ?? 0;
    seen.set(host.service, replica + 1);
    const { weight = 1, servers = {}, ...shared } = options.upstream[host.service] ?? {};
    return {
      weight: Array.isArray(weight) ? (weight[replica] ?? 1) : weight,
      ...shared,
      ...servers[host.name],
    };
  });
}

function parametersOf(own: SingleServerOptions): ServerParameters {
  return {
    weight: own.weight ?? 1,
    maxconn: own.maxconn ?? 0,
    minconn: own.minconn ?? 0,
    maxqueue: own.maxqueue ?? 0,
    slowstartSeconds: Math.ceil((own.slowstart ?? 0) / SLOWSTART_UNIT_NS),
    backup: own.backup ?? false,
    disabled: own.disabled ?? false,
  };
}
