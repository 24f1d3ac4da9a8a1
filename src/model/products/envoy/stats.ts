import type { Gauge } from '../../../metrics/sink.js';
import { ConnectionCounters } from '../../proxy/connection-counters.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { EnvoyCluster } from './cluster.js';

/** Counters of the cluster and the listener, over all threads; the words are Envoy's. */
export class EnvoyStats extends ConnectionCounters {
  upstreamCxTotal = 0;
  upstreamCxConnectFail = 0;
  upstreamCxConnectTimeout = 0;
  upstreamCxOverflow = 0;
  /** Response flag UH. */
  upstreamCxNoneHealthy = 0;
  upstreamRqTotal = 0;
  /** Response flag UO. */
  upstreamRqPendingOverflow = 0;
  /** Response flag UT, with the next. */
  upstreamRqTimeout = 0;
  upstreamRqPerTryTimeout = 0;
  /** Connections that broke before the answer: response flag UC. */
  upstreamRqRxReset = 0;
  upstreamRqRetry = 0;
  upstreamRqRetrySuccess = 0;
  /** Response flag UO. */
  upstreamRqRetryOverflow = 0;
  /** Response flag URX. */
  upstreamRqRetryLimitExceeded = 0;
  lbHealthyPanic = 0;
  healthCheckAttempt = 0;
  healthCheckFailure = 0;

  /** As gauges of `place`, named as in Envoy's Prometheus output without `envoy_cluster_` and `envoy_http_`. */
  gauges(
    place: string,
    parts: { cluster: EnvoyCluster; breakers: CircuitBreakers; nowNs: () => number },
  ): Gauge[] {
    const { cluster, breakers, nowNs } = parts;
    const gauge = (name: string, read: () => number): Gauge => ({ place, name, cumulative: false, read });
    const counter = (name: string, read: () => number): Gauge => ({ place, name, cumulative: true, read });
    const { prioritySet, detector } = cluster;
    const healthy = () => prioritySet.hosts.filter((host) => host.healthy).length;
    return [
      gauge('downstream_cx_active', () => this.active),
      counter('downstream_cx_total', () => this.accepts),
      gauge('downstream_rq_active', () => this.writing),
      counter('downstream_rq_total', () => this.requests),
      gauge('membership_total', () => prioritySet.hosts.length),
      gauge('membership_healthy', healthy),
      counter('lb_healthy_panic', () => this.lbHealthyPanic),
      gauge('upstream_cx_active', () => breakers.connections),
      counter('upstream_cx_total', () => this.upstreamCxTotal),
      counter('upstream_cx_connect_fail', () => this.upstreamCxConnectFail),
      counter('upstream_cx_connect_timeout', () => this.upstreamCxConnectTimeout),
      counter('upstream_cx_none_healthy', () => this.upstreamCxNoneHealthy),
      counter('upstream_cx_overflow', () => this.upstreamCxOverflow),
      gauge('upstream_rq_active', () => breakers.active(nowNs())),
      gauge('upstream_rq_pending_active', () => breakers.pending(nowNs())),
      counter('upstream_rq_total', () => this.upstreamRqTotal),
      counter('upstream_rq_pending_overflow', () => this.upstreamRqPendingOverflow),
      counter('upstream_rq_timeout', () => this.upstreamRqTimeout),
      counter('upstream_rq_per_try_timeout', () => this.upstreamRqPerTryTimeout),
      counter('upstream_rq_rx_reset', () => this.upstreamRqRxReset),
      counter('upstream_rq_retry', () => this.upstreamRqRetry),
      counter('upstream_rq_retry_success', () => this.upstreamRqRetrySuccess),
      counter('upstream_rq_retry_overflow', () => this.upstreamRqRetryOverflow),
      counter('upstream_rq_retry_limit_exceeded', () => this.upstreamRqRetryLimitExceeded),
      counter('upstream_rq_503', () => this.responses[503]!),
      counter('upstream_rq_504', () => this.responses[504]!),
      ...(detector === undefined
        ? []
        : [
            gauge('outlier_detection_ejections_active', () => detector.stats.ejectionsActive),
            counter(
              'outlier_detection_ejections_enforced_total',
              () => detector.stats.ejectionsEnforcedTotal,
            ),
            counter('outlier_detection_ejections_overflow', () => detector.stats.ejectionsOverflow),
          ]),
      counter('health_check_attempt', () => this.healthCheckAttempt),
      counter('health_check_failure', () => this.healthCheckFailure),
    ];
  }
}
