import { NS_PER_MS } from '../../../kernel/time.js';
import type { RandomStream } from '../../../random/stream.js';
import { drawBelow } from './hash64.js';
import type { EnvoyHost } from './host.js';
import { Origin, OutlierMonitor } from './outlier-monitor.js';
import type { OutlierDetectionOptions } from './outlier-options.js';

/** Envoy's default of `max_ejection_time`. */
const MAX_EJECTION_NS = 300e9;

/** Why a host is ejected; Envoy's words, as in its statistics. */
type EjectionType =
  | 'consecutive_5xx'
  | 'consecutive_gateway_failure'
  | 'consecutive_local_origin_failure'
  | 'success_rate'
  | 'local_origin_success_rate'
  | 'failure_percentage'
  | 'local_origin_failure_percentage';

const RATE_TYPES = ['success_rate', 'local_origin_success_rate'] as const;
const PERCENTAGE_TYPES = ['failure_percentage', 'local_origin_failure_percentage'] as const;

/** Counters of `outlier_detection.*`. */
export class OutlierStats {
  ejectionsActive = 0;
  ejectionsEnforcedTotal = 0;
  /** Not ejected, because too many were. */
  ejectionsOverflow = 0;
  readonly detected: Partial<Record<EjectionType, number>> = {};
  readonly enforced: Partial<Record<EjectionType, number>> = {};
}

/** What outlier detection is made of. */
export interface OutlierDetectorParts {
  readonly options: OutlierDetectionOptions;
  readonly stream: RandomStream;
  /** A host was ejected or is back. */
  readonly changed: (host: EnvoyHost, nowNs: number) => void;
}

/**
 * Outlier detection: hosts that fail are ejected, and come back at a tick of the interval when their time is over.
 * Pure: results and ticks are handed in. Source: Envoy 1.31, source/common/upstream/outlier_detection_impl.cc.
 * Limits: what worker threads find takes effect at once (in Envoy, when the main thread gets to it); where several hosts
 * could be ejected at one tick and not all may be, those first in configuration order are (in Envoy, of a hash map).
 */
export class OutlierDetector {
  readonly stats = new OutlierStats();
  private readonly monitors = new Map<EnvoyHost, OutlierMonitor>();
  private readonly maxEjectionNs: number;

  constructor(private readonly parts: OutlierDetectorParts) {
    const { max_ejection_time: most, base_ejection_time: base } = parts.options;
    this.maxEjectionNs = most ?? Math.max(MAX_EJECTION_NS, base);
  }

  /** Follows a change of the hosts; those that stay keep their counters. */
  setHosts(hosts: readonly EnvoyHost[]): void {
    for (const host of this.monitors.keys()) {
      if (hosts.includes(host)) continue;
      if (host.failedOutlierCheck) this.stats.ejectionsActive -= 1;
      this.monitors.delete(host);
    }
    for (const host of hosts) if (!this.monitors.has(host)) this.monitors.set(host, new OutlierMonitor());
  }

  /** A host answered. */
  putResponse(host: EnvoyHost, status: number, nowNs: number): void {
    const monitor = this.monitors.get(host);
    if (monitor === undefined) return;
    const is5xx = status >= 500 && status < 600;
    monitor.rates[Origin.external].add(is5xx ? 'failure' : 'success');
    if (!is5xx) {
      monitor.consecutive5xx = 0;
      monitor.consecutiveGatewayFailure = 0;
      return;
    }
    const { consecutive_gateway_failure: gatewayMax, consecutive_5xx: most } = this.parts.options;
    monitor.consecutiveGatewayFailure = isGatewayError(status) ? monitor.consecutiveGatewayFailure + 1 : 0;
    if (
      monitor.consecutiveGatewayFailure === gatewayMax &&
      this.detect(host, 'consecutive_gateway_failure', nowNs)
    )
      monitor.consecutiveGatewayFailure = 0;
    monitor.consecutive5xx += 1;
    if (monitor.consecutive5xx === most && this.detect(host, 'consecutive_5xx', nowNs))
      monitor.consecutive5xx = 0;
  }

  /**
   * A try failed on this side.
   * @param status the one that stands for it where origins are not split: 503 for connections, 504 for timeouts.
   */
  putLocalFailure(host: EnvoyHost, status: number, nowNs: number): void {
    const { options } = this.parts;
    if (!options.split_external_local_origin_errors) {
      this.putResponse(host, status, nowNs);
      return;
    }
    const monitor = this.monitors.get(host);
    if (monitor === undefined) return;
    monitor.rates[Origin.local].add('failure');
    monitor.consecutiveLocalOriginFailure += 1;
    if (
      monitor.consecutiveLocalOriginFailure === options.consecutive_local_origin_failure &&
      this.detect(host, 'consecutive_local_origin_failure', nowNs)
    )
      monitor.consecutiveLocalOriginFailure = 0;
  }

  /** A request has got its connection. */
  putConnectSuccess(host: EnvoyHost): void {
    const monitor = this.monitors.get(host);
    if (monitor === undefined || !this.parts.options.split_external_local_origin_errors) return;
    monitor.rates[Origin.local].add('success');
    monitor.consecutiveLocalOriginFailure = 0;
  }

  /** An active health check succeeded, and the host does not fail them. */
  checkSucceeded(host: EnvoyHost, nowNs: number): void {
    if (!host.failedOutlierCheck || !this.parts.options.successful_active_health_check_uneject_host) return;
    this.uneject(host, nowNs);
  }

  /** The interval has passed once more. */
  tick(nowNs: number): void {
    for (const [host, monitor] of this.monitors) {
      if (host.failedOutlierCheck && this.isOver(monitor, nowNs)) this.uneject(host, nowNs);
      for (const rate of monitor.rates) rate.turn();
    }
    this.ejectByRate(Origin.external, nowNs);
    this.ejectByRate(Origin.local, nowNs);
    for (const [host, monitor] of this.monitors) {
      const { unejectedAtNs } = monitor;
      if (host.failedOutlierCheck || unejectedAtNs === undefined || monitor.backoff === 0) continue;
      if (nowNs - unejectedAtNs >= this.parts.options.interval) monitor.backoff -= 1;
    }
  }

  private isOver(monitor: OutlierMonitor, nowNs: number): boolean {
    const durationNs = Math.min(this.parts.options.base_ejection_time * monitor.backoff, this.maxEjectionNs);
    return durationNs + monitor.jitterNs <= nowNs - monitor.ejectedAtNs;
  }

  private uneject(host: EnvoyHost, nowNs: number): void {
    const monitor = this.monitors.get(host)!;
    this.stats.ejectionsActive -= 1;
    host.failedOutlierCheck = false;
    monitor.resetCounters();
    monitor.unejectedAtNs = nowNs;
    this.parts.changed(host, nowNs);
  }

  private ejectByRate(origin: Origin, nowNs: number): void {
    const { options } = this.parts;
    const hosts = [...this.monitors].filter(
      ([host, monitor]) => !host.failedOutlierCheck && monitor.rates[origin].volume > 0,
    );
    const withVolume = (volume: number) =>
      hosts.filter(([, monitor]) => monitor.rates[origin].volume >= volume);
    const compared = withVolume(options.success_rate_request_volume);
    if (compared.length > 0 && compared.length >= options.success_rate_minimum_hosts) {
      const rates = compared.map(([, monitor]) => monitor.rates[origin].rate);
      const threshold = successRateThreshold(rates, options.success_rate_stdev_factor / 1000);
      for (const [host, monitor] of compared) {
        if (monitor.rates[origin].rate < threshold) this.detectRate(host, RATE_TYPES[origin], nowNs);
      }
    }
    const measured = withVolume(options.failure_percentage_request_volume);
    if (measured.length > 0 && measured.length >= options.failure_percentage_minimum_hosts) {
      for (const [host, monitor] of measured) {
        // One that its success rate has just ejected is not ejected twice (where Envoy only asserts).
        if (host.failedOutlierCheck) continue;
        if (100 - monitor.rates[origin].rate >= options.failure_percentage_threshold)
          this.detectRate(host, PERCENTAGE_TYPES[origin], nowNs);
      }
    }
  }

  /** False if the host is out already. */
  private detect(host: EnvoyHost, type: EjectionType, nowNs: number): boolean {
    if (host.failedOutlierCheck) return false;
    this.detectRate(host, type, nowNs);
    return true;
  }

  private detectRate(host: EnvoyHost, type: EjectionType, nowNs: number): void {
    const { stats } = this;
    stats.detected[type] = (stats.detected[type] ?? 0) + 1;
    if (!this.mayEject()) stats.ejectionsOverflow += 1;
    else if (this.isEnforced(type)) this.eject(host, type, nowNs);
  }

  private mayEject(): boolean {
    const { max_ejection_percent: most, always_eject_one_host: alwaysOne } = this.parts.options;
    const active = this.stats.ejectionsActive;
    return (100 * (active + 1)) / this.monitors.size <= most || (alwaysOne && active === 0);
  }

  private isEnforced(type: EjectionType): boolean {
    const percent = this.parts.options[ENFORCING[type]];
    return percent === 100 || (percent > 0 && drawBelow(this.parts.stream, 100) < percent);
  }

  private eject(host: EnvoyHost, type: EjectionType, nowNs: number): void {
    const { stats, parts, maxEjectionNs } = this;
    const { base_ejection_time: base, max_ejection_time_jitter: jitter } = parts.options;
    const monitor = this.monitors.get(host)!;
    stats.ejectionsActive += 1;
    stats.ejectionsEnforcedTotal += 1;
    stats.enforced[type] = (stats.enforced[type] ?? 0) + 1;
    host.failedOutlierCheck = true;
    monitor.ejectedAtNs = nowNs;
    if (jitter > 0)
      monitor.jitterNs = drawBelow(parts.stream, Math.floor(jitter / NS_PER_MS) + 1) * NS_PER_MS;
    if (monitor.backoff * base < maxEjectionNs + base) monitor.backoff += 1;
    parts.changed(host, nowNs);
  }
}

const ENFORCING = {
  consecutive_5xx: 'enforcing_consecutive_5xx',
  consecutive_gateway_failure: 'enforcing_consecutive_gateway_failure',
  consecutive_local_origin_failure: 'enforcing_consecutive_local_origin_failure',
  success_rate: 'enforcing_success_rate',
  local_origin_success_rate: 'enforcing_local_origin_success_rate',
  failure_percentage: 'enforcing_failure_percentage',
  local_origin_failure_percentage: 'enforcing_failure_percentage_local_origin',
} as const satisfies Record<EjectionType, keyof OutlierDetectionOptions>;

function isGatewayError(status: number): boolean {
  return status >= 502 && status <= 504;
}

/** Success rates (percent) below this are outliers: the mean less `factor` standard deviations of the population. */
export function successRateThreshold(rates: readonly number[], factor: number): number {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) * (rate - mean), 0) / rates.length;
  return mean - factor * Math.sqrt(variance);
}
