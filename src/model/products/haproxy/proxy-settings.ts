import { NEVER, NS_PER_SECOND } from '../../../kernel/time.js';
import type { HostAddress } from '../../balancer.js';
import type { ClientSettings } from '../../proxy/client-side.js';
import type { CheckSettings } from './health-checks.js';
import type { HaproxyOptions } from './options.js';
import type { RetryOn } from './retry-on.js';
import type { ServerPoolSettings } from './server-pool.js';
import { serverOptionsOf } from './settings.js';

/** Limits of the proxy, {@link NEVER} for what takes as long as it takes. */
export interface ProxySettings extends ClientSettings {
  readonly connectTimeoutNs: number;
  readonly serverTimeoutNs: number;
  readonly queueTimeoutNs: number;
  /** Before a retry on the same server. */
  readonly turnAroundNs: number;
  readonly retries: number;
  readonly retryOn: RetryOn;
  readonly reuse: 'never' | 'safe' | 'aggressive' | 'always';
  readonly keepsServers: boolean;
  readonly keepsClients: boolean;
  readonly abortsOnClose: boolean;
}

/** Linux gives up a handshake by itself after so long: 6 repetitions of the SYN (`net.ipv4.tcp_syn_retries`). */
const KERNEL_CONNECT_NS = 127 * NS_PER_SECOND;
/** What a listening queue holds at most on Linux (`net.core.somaxconn`). */
const SOMAXCONN = 4096;

/** The settings of the proxy itself. */
export function proxySettings(options: HaproxyOptions): ProxySettings {
  const { timeout, option } = options;
  return {
    connectTimeoutNs: timeout.connect ?? KERNEL_CONNECT_NS,
    serverTimeoutNs: timeout.server ?? NEVER,
    queueTimeoutNs: timeout.queue ?? timeout.connect ?? NEVER,
    turnAroundNs: Math.min(NS_PER_SECOND, timeout.connect ?? NS_PER_SECOND),
    retries: options.retries,
    retryOn: options['retry-on'],
    reuse: options['http-reuse'],
    keepsServers: !option.closesServers,
    keepsClients: !option.closesClients,
    abortsOnClose: option.abortonclose,
    backlog: Math.min(SOMAXCONN, options.backlog ?? options.maxconn),
    clientIdleNsMax: timeout['http-keep-alive'] ?? timeout.client ?? NEVER,
    clientRequestsMax: NEVER,
    clientAgeNsMax: NEVER,
    closesAfter: [],
    connectionsMax: options.maxconn,
  };
}

/** Defaults of the keywords of `server` (`include/haproxy/defaults.h`). */
const INTER_NS = 2 * NS_PER_SECOND;
const FALL = 3;
const RISE = 2;
const ERROR_LIMIT = 10;
const PURGE_DELAY_NS = 5 * NS_PER_SECOND;

/** Checks and pools of the servers of these hosts. */
export function serverSettings(
  options: HaproxyOptions,
  hosts: readonly HostAddress[],
): { readonly checks: CheckSettings[]; readonly pools: ServerPoolSettings[] } {
  const servers = serverOptionsOf(options, hosts);
  return {
    checks: servers.map((own) => {
      const interNs = own.inter ?? INTER_NS;
      return {
        isChecked: own.check ?? false,
        isDisabled: own.disabled ?? false,
        health: {
          rise: own.rise ?? RISE,
          fall: own.fall ?? FALL,
          interNs,
          fastinterNs: own.fastinter,
          downinterNs: own.downinter,
        },
        observe: {
          layer: own.observe ?? 'none',
          errorLimit: own['error-limit'] ?? ERROR_LIMIT,
          onError: own['on-error'] ?? 'fail-check',
        },
        timeoutNs: options.timeout.check ?? interNs,
      };
    }),
    pools: servers.map((own) => ({
      idleMax: own['pool-max-conn'] ?? NEVER,
      idleLow: own['pool-low-conn'] ?? 0,
      purgeDelayNs: own['pool-purge-delay'] ?? PURGE_DELAY_NS,
      requestsMax: own['max-reuse'] === undefined ? NEVER : own['max-reuse'] + 1,
    })),
  };
}
