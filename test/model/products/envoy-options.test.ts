import { describe, expect, it } from 'vitest';
import { envoy } from '../../../src/model/products/envoy.js';
import { check, toJsonSchema } from '../../../src/options/fields.js';

function parse(options: Record<string, unknown>) {
  const result = check(envoy.options, options);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

/** Path and hint of every mistake. */
function mistakes(options: Record<string, unknown>): [string, string | undefined][] {
  const result = check(envoy.options, options);
  if (result.ok) return [];
  return result.issues.map((issue) => [issue.path.join('.'), JSON.parse(issue.message).hint]);
}

describe('Envoy options', () => {
  it("have Envoy's defaults (reference, section 4)", () => {
    expect(parse({ outlier_detection: {} })).toMatchObject({
      algorithm: { name: 'envoy-round-robin' },
      concurrency: 'auto',
      timeout: 15e9,
      connect_timeout: 5e9,
      retry_policy: {
        retry_on: 0,
        num_retries: 1,
        per_try_timeout: 0,
        retry_back_off: { base_interval: 25e6 },
        host_selection_retry_max_attempts: 1,
      },
      circuit_breakers: {
        max_connections: 1024,
        max_pending_requests: 1024,
        max_requests: 1024,
        max_retries: 3,
      },
      outlier_detection: {
        consecutive_5xx: 5,
        consecutive_gateway_failure: 5,
        enforcing_consecutive_5xx: 100,
        enforcing_consecutive_gateway_failure: 0,
        interval: 10e9,
        base_ejection_time: 30e9,
        max_ejection_percent: 10,
        always_eject_one_host: false,
        success_rate_minimum_hosts: 5,
        success_rate_request_volume: 100,
        success_rate_stdev_factor: 1900,
        enforcing_success_rate: 100,
        failure_percentage_threshold: 85,
        failure_percentage_minimum_hosts: 5,
        failure_percentage_request_volume: 50,
        enforcing_failure_percentage: 0,
      },
      common_lb_config: { healthy_panic_threshold: 50 },
      load_assignment: { policy: { overprovisioning_factor: 140 } },
      common_http_protocol_options: { idle_timeout: 3600e9, max_requests_per_connection: 0 },
    });
    expect(parse({}).outlier_detection).toBeUndefined();
  });

  it('has as many worker threads as the host has cores', () => {
    expect(envoy.workerCount(parse({}), 3.5)).toBe(4);
    expect(envoy.workerCount(parse({ concurrency: 2 }), 8)).toBe(2);
  });

  it.each([
    ['LEAST_REQUEST', { name: 'envoy-least-request', options: { choice_count: 2 } }],
    [{ LEAST_REQUEST: { choice_count: 3 } }, { name: 'envoy-least-request', options: { choice_count: 3 } }],
    [
      { RING_HASH: { minimum_ring_size: 64 } },
      { name: 'envoy-ring-hash', options: { minimum_ring_size: 64 } },
    ],
    [{ MAGLEV: null }, { name: 'envoy-maglev', options: { table_size: 65_537 } }],
  ])('read the algorithm %j', (written, algorithm) => {
    expect(parse({ algorithm: written }).algorithm).toMatchObject(algorithm);
  });

  it.each([
    [{ algorithm: 'LEAST_REQUESTS' }, 'algorithm', 'did you mean "LEAST_REQUEST"?'],
    [{ algorithm: { MAGLEV: { table_size: 100 } } }, 'algorithm.MAGLEV.table_size', undefined],
    [
      { retry_policy: { retry_on: '5xx,gateway-eror' } },
      'retry_policy.retry_on',
      'did you mean "gateway-error"?',
    ],
    [{ retry_policy: { retry_on: ['5xx', 'rest'] } }, 'retry_policy.retry_on.1', 'did you mean "reset"?'],
    [
      { retry_policy: { retry_back_off: { base_interval: '1s', max_interval: '10ms' } } },
      'retry_policy.retry_back_off.max_interval',
      undefined,
    ],
    [
      { outlier_detection: { base_ejection_time: '10s', max_ejection_time: '3s' } },
      'outlier_detection.max_ejection_time',
      undefined,
    ],
    [{ circuit_breaker: {} }, '', 'did you mean "circuit_breakers"?'],
    [{ health_checks: [{ interval: '1s' }] }, 'health_checks.0.timeout', undefined],
  ])('tell of a mistake in %j', (options, path, hint) => {
    const found = mistakes(options);
    expect(found[0]![0]).toBe(path);
    expect(found[0]![1]).toBe(hint);
  });

  it('ask for exactly one kind of health check, and know only one', () => {
    const times = { timeout: '1s', interval: '1s', unhealthy_threshold: 1, healthy_threshold: 1 };
    const http = { ...times, http_health_check: { path: '/' } };
    expect(mistakes({ health_checks: [times] })).toHaveLength(1);
    expect(mistakes({ health_checks: [{ ...http, tcp_health_check: {} }] })).toHaveLength(1);
    expect(mistakes({ health_checks: [http, http] })).toHaveLength(1);
    expect(mistakes({ health_checks: [http] })).toEqual([]);
  });

  it('have a JSON Schema', () => {
    const schema = toJsonSchema(envoy.options) as { properties: Record<string, unknown> };
    expect(Object.keys(schema.properties)).toContain('outlier_detection');
  });
});
