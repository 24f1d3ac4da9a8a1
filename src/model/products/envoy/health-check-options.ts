import { type Checked, count, duration, fail, list, number, record, text } from '../../../options/fields.js';

/** A half-open range of statuses: Envoy's `Int64Range`. */
const statusRange = () =>
  record({
    start: count({ min: 100, max: 600 }),
    end: count({ min: 100, max: 600 }).describe('the first status that is not meant any more'),
  });

/** One of `health_checks`. Exactly one of `http_health_check` and `tcp_health_check`. */
export function healthCheckField() {
  return record({
    timeout: duration({ minNs: 1e6 }).describe('for the whole check'),
    interval: duration({ minNs: 1e6 }).describe('from one result to the next check'),
    unhealthy_threshold: count({ min: 1 }).describe(
      'failed checks in a row; an unexpected status that is not retriable needs one only',
    ),
    healthy_threshold: count({ min: 1 }).describe(
      'passed checks in a row after which it is used again; the very first check needs one only',
    ),
    http_health_check: record({
      path: text(),
      expected_statuses: list(statusRange()).default([{ start: 200, end: 201 }]),
      retriable_statuses: list(statusRange()).default([]),
    }).optional(),
    tcp_health_check: record({}).optional().describe('a connection is opened, nothing else'),
    initial_jitter: duration().prefault('0').describe('before the first check, at most'),
    interval_jitter: duration().prefault('0').describe('added to every interval, at most'),
    interval_jitter_percent: number({ min: 0 }).default(0).describe('of the interval, added, at most'),
    no_traffic_interval: duration({ minNs: 1e6 })
      .prefault('60s')
      .describe('interval while the cluster has never had a connection'),
    no_traffic_healthy_interval: duration({ minNs: 1e6 })
      .optional()
      .describe('the same for healthy hosts; no_traffic_interval unless told'),
    unhealthy_interval: duration({ minNs: 1e6 })
      .optional()
      .describe('for unhealthy hosts; interval unless told'),
    unhealthy_edge_interval: duration({ minNs: 1e6 })
      .optional()
      .describe('after a failed check of a healthy host; unhealthy_interval unless told'),
    healthy_edge_interval: duration({ minNs: 1e6 })
      .optional()
      .describe('after a passed check of an unhealthy host; interval unless told'),
  }).superRefine((value, context) => {
    const isOne = (value.http_health_check === undefined) !== (value.tcp_health_check === undefined);
    if (!isOne) fail(context, value, 'either http_health_check or tcp_health_check');
  });
}

/** After checking: durations in ns. */
export type HealthCheckOptions = Checked<ReturnType<typeof healthCheckField>>;
