import { type Checked, count, duration, fail, flag, record } from '../../../options/fields.js';

const percent = (fallback: number) => count({ max: 100 }).default(fallback);
const enforcing = (fallback: number) => percent(fallback).describe('percent of detections that eject');

/** `outlier_detection`, with Envoy's defaults (api/envoy/config/cluster/v3/outlier_detection.proto). */
export function outlierDetectionField() {
  return record({
    consecutive_5xx: count({ min: 1 }).default(5).describe('5xx in a row, local failures among them'),
    enforcing_consecutive_5xx: enforcing(100),
    consecutive_gateway_failure: count({ min: 1 }).default(5).describe('502, 503, 504 in a row'),
    enforcing_consecutive_gateway_failure: enforcing(0),
    split_external_local_origin_errors: flag()
      .default(false)
      .describe('local failures (connect, timeout, reset) are counted apart from 5xx'),
    consecutive_local_origin_failure: count({ min: 1 })
      .default(5)
      .describe('local failures in a row, where origins are split'),
    enforcing_consecutive_local_origin_failure: enforcing(100),
    interval: duration({ minNs: 1e6 })
      .prefault('10s')
      .describe('between two looks: rates are reckoned, hosts come back'),
    base_ejection_time: duration({ minNs: 1e6 })
      .prefault('30s')
      .describe('of the first ejection; grows with each further one'),
    max_ejection_time: duration({ minNs: 1e6 })
      .optional()
      .describe('300s, or base_ejection_time if that is more'),
    max_ejection_time_jitter: duration().prefault('0').describe('added to every ejection, at most'),
    max_ejection_percent: percent(10).describe(
      'of the hosts that may be ejected at a time: of fewer than ten, none',
    ),
    always_eject_one_host: flag()
      .default(false)
      .describe('one host may always be ejected, whatever the percentage (as older versions did)'),
    successful_active_health_check_uneject_host: flag()
      .default(true)
      .describe('a passed health check ends an ejection'),
    success_rate_minimum_hosts: count().default(5).describe('with that volume, at least'),
    success_rate_request_volume: count().default(100).describe('requests in an interval, at least'),
    success_rate_stdev_factor: count().default(1900).describe('thousandths of the standard deviation'),
    enforcing_success_rate: enforcing(100),
    enforcing_local_origin_success_rate: enforcing(100),
    failure_percentage_threshold: percent(85).describe('of requests that fail, in an interval'),
    failure_percentage_minimum_hosts: count().default(5).describe('with that volume, at least'),
    failure_percentage_request_volume: count().default(50).describe('requests in an interval, at least'),
    enforcing_failure_percentage: enforcing(0),
    enforcing_failure_percentage_local_origin: enforcing(0),
  })
    .superRefine((value, context) => {
      const { base_ejection_time: base, max_ejection_time: most } = value;
      if (most !== undefined && most < base) {
        fail(context, `${most / 1e6}ms`, 'at least base_ejection_time', undefined, ['max_ejection_time']);
      }
    })
    .describe('hosts that fail are not used for a while');
}

/** After checking: durations in ns. */
export type OutlierDetectionOptions = Checked<ReturnType<typeof outlierDetectionField>>;
