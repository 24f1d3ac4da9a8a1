import type { Simulation } from '../../../kernel/loop.js';
import type { Handler } from '../../../kernel/queue.js';
import { NS_PER_MS } from '../../../kernel/time.js';
import type { RandomStream } from '../../../random/stream.js';
import { type Endpoint, type Exchange, Failure } from '../../exchange.js';
import type { Link } from '../../network.js';
import { HealthProbes, type ProbeOwner } from '../../proxy/health-probe.js';
import { drawBelow } from './hash64.js';
import type { HealthCheckOptions } from './health-check-options.js';
import type { EnvoyHost } from './host.js';

/** What the result of a check does to a host's health. */
type Transition = 'changed' | 'unchanged' | 'pending';

/** What health checks are made of. */
export interface HealthCheckerParts {
  readonly simulation: Simulation;
  /** Of the balancer. */
  readonly name: string;
  readonly options: HealthCheckOptions;
  /** The request of an HTTP check. */
  readonly endpoint: Endpoint | undefined;
  /** For jitter. */
  readonly stream: RandomStream;
  /** True once the cluster has had a connection. */
  readonly hasTraffic: () => boolean;
  readonly owner: HealthCheckOwner;
}

/** Told of results, after they have been entered in the host. */
export interface HealthCheckOwner {
  /** @param transition `changed`: the host's health is another than before. */
  checked(host: EnvoyHost, result: 'healthy' | 'unhealthy', transition: Transition): void;
}

/** The checks of one host: `ActiveHealthCheckSession`. */
interface Session {
  readonly host: EnvoyHost;
  readonly link: Link;
  isFirst: boolean;
  healthyCount: number;
  unhealthyCount: number;
  isOver: boolean;
}

/**
 * Active health checks, by the main thread. Source: Envoy, extensions/health_checkers/common/health_checker_base_impl.cc and
 * http/health_checker_impl.cc.
 * Limits: every check opens a connection (Envoy keeps one unless `reuse_connection` is false); no degraded hosts; clients are
 * let in before the first checks are back (Envoy opens its listeners after them), when all hosts still count as unhealthy.
 */
export class HealthChecker implements ProbeOwner, Handler {
  private readonly sessions = new Map<EnvoyHost, Session>();
  private readonly probes: HealthProbes;

  constructor(private readonly parts: HealthCheckerParts) {
    const { simulation, name, options, endpoint } = parts;
    this.probes = new HealthProbes({ simulation, name, timeoutNs: options.timeout, endpoint, owner: this });
  }

  /** Checks of `host` begin. */
  add(host: EnvoyHost, link: Link): void {
    const session = { host, link, isFirst: true, healthyCount: 0, unhealthyCount: 0, isOver: false };
    this.sessions.set(host, session);
    const jitterNs = this.parts.options.initial_jitter;
    if (jitterNs === 0) this.probes.send(link, session);
    else this.wait(session, this.withJitter(0, jitterNs));
  }

  /** No more checks of hosts that are not among these. */
  retain(hosts: readonly EnvoyHost[]): void {
    for (const [host, session] of this.sessions) {
      if (hosts.includes(host)) continue;
      session.isOver = true;
      this.sessions.delete(host);
    }
  }

  /** An interval is over. */
  handle(_kind: number, payload: unknown): void {
    const session = payload as Session;
    if (!session.isOver) this.probes.send(session.link, session);
  }

  probed(target: unknown, probe: Exchange): void {
    const session = target as Session;
    if (session.isOver) return;
    const { host } = session;
    const result = this.judge(probe);
    const transition = result === 'passed' ? this.succeed(session) : this.fail(session, result);
    session.isFirst = false;
    const health = result === 'passed' ? 'healthy' : 'unhealthy';
    this.parts.owner.checked(host, health, transition);
    const isHealthy = result === 'passed';
    this.wait(session, this.withJitter(this.interval(isHealthy ? 'healthy' : 'unhealthy', transition)));
  }

  /** `retriable`: it counts against the threshold; `failed`: it is enough by itself. */
  private judge(probe: Exchange): 'passed' | 'retriable' | 'failed' {
    if (probe.failure !== Failure.none) return 'retriable';
    const http = this.parts.options.http_health_check;
    if (http === undefined || isIn(probe.status, http.expected_statuses)) return 'passed';
    return isIn(probe.status, http.retriable_statuses) ? 'retriable' : 'failed';
  }

  private succeed(session: Session): Transition {
    const { host } = session;
    session.unhealthyCount = 0;
    if (!host.failedActiveCheck) return 'unchanged';
    host.lastCheckPassNs = this.parts.simulation.nowNs;
    session.healthyCount += 1;
    if (!session.isFirst && session.healthyCount !== this.parts.options.healthy_threshold) return 'pending';
    host.failedActiveCheck = false;
    return 'changed';
  }

  private fail(session: Session, result: 'retriable' | 'failed'): Transition {
    const { host } = session;
    session.healthyCount = 0;
    if (host.failedActiveCheck) return 'unchanged';
    if (result === 'retriable') {
      session.unhealthyCount += 1;
      if (session.unhealthyCount !== this.parts.options.unhealthy_threshold) return 'pending';
    }
    host.failedActiveCheck = true;
    return 'changed';
  }

  private interval(health: 'healthy' | 'unhealthy', transition: Transition): number {
    const { options } = this.parts;
    const isPending = transition === 'pending';
    if (!this.parts.hasTraffic()) {
      const isSettled = health === 'healthy' && !isPending;
      return (isSettled ? options.no_traffic_healthy_interval : undefined) ?? options.no_traffic_interval;
    }
    if (health === 'healthy') {
      return (isPending ? options.healthy_edge_interval : undefined) ?? options.interval;
    }
    const unhealthyNs = options.unhealthy_interval ?? options.interval;
    return (isPending ? options.unhealthy_edge_interval : undefined) ?? unhealthyNs;
  }

  /** In whole ms, at least one. */
  private withJitter(intervalNs: number, jitterNs: number = this.parts.options.interval_jitter): number {
    const { stream, options } = this.parts;
    let ms = Math.floor(intervalNs / NS_PER_MS);
    const shareMs = Math.floor((options.interval_jitter_percent * ms) / 100);
    if (shareMs > 0) ms += drawBelow(stream, shareMs);
    const jitterMs = Math.floor(jitterNs / NS_PER_MS);
    if (jitterMs > 0) ms += drawBelow(stream, jitterMs);
    return Math.max(1, ms) * NS_PER_MS;
  }

  private wait(session: Session, delayNs: number): void {
    this.parts.simulation.after(delayNs, this, 0, session);
  }
}

function isIn(status: number, ranges: readonly { readonly start: number; readonly end: number }[]): boolean {
  return ranges.some(({ start, end }) => status >= start && status < end);
}
