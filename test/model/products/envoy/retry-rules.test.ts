import { describe, expect, it } from 'vitest';
import { retryPolicyField } from '../../../../src/model/products/envoy/retry-options.js';
import { type Reset, Resets, RetryRules } from '../../../../src/model/products/envoy/retry-rules.js';
import { check } from '../../../../src/options/fields.js';

function rules(policy: Record<string, unknown>): RetryRules {
  const checked = check(retryPolicyField(), policy);
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return new RetryRules(checked.value, 'balancer');
}

const key = (keyLow: number) => ({ keyHigh: 7, keyLow });

describe('what is sent again (source/common/router/retry_state_impl.cc)', () => {
  it.each([
    ['5xx', [500, 501, 502, 503, 504, 599]],
    ['gateway-error', [502, 503, 504]],
    ['retriable-4xx', [409]],
    ['retriable-status-codes', [404, 500]],
    ['connect-failure,refused-stream,reset', []],
    ['gateway-error, retriable-4xx', [409, 502, 503, 504]],
  ])('%s: of all statuses %j', (retryOn, expected) => {
    const policy = rules({ retry_on: retryOn, retriable_status_codes: [404, 500] });
    const asked = [200, 301, 400, 404, 409, 429, 499, 500, 501, 502, 503, 504, 599];
    expect(asked.filter((status) => policy.wouldRetryStatus(status))).toEqual(expected);
  });

  const { connectFailure, connectTimeout, connectionTermination, perTryTimeout } = Resets;
  it.each([
    ['5xx', ['connect', 'connect timeout', 'broken', 'per try']],
    ['gateway-error', ['connect', 'connect timeout', 'broken', 'per try']],
    ['reset', ['connect', 'connect timeout', 'broken', 'per try']],
    ['connect-failure', ['connect', 'connect timeout']],
    ['reset-before-request', ['connect', 'connect timeout']],
    ['retriable-4xx', []],
  ])('%s: of all resets %j', (retryOn, expected) => {
    const policy = rules({ retry_on: retryOn });
    const resets: [string, Reset, 'started' | 'unsent'][] = [
      ['connect', connectFailure, 'unsent'],
      ['connect timeout', connectTimeout, 'unsent'],
      ['broken', connectionTermination, 'started'],
      ['per try', perTryTimeout, 'started'],
    ];
    const retried = resets.filter(([, reset, progress]) => policy.wouldRetryReset(reset, progress));
    expect(retried.map(([name]) => name)).toEqual(expected);
  });

  it('reset-before-request: not once anything was sent', () => {
    expect(rules({ retry_on: 'reset-before-request' }).wouldRetryReset(connectFailure, 'started')).toBe(
      false,
    );
  });
});

describe('the wait before a retry (source/common/common/backoff_strategy.cc)', () => {
  /** Waits of many requests, ms. */
  const waits = (policy: RetryRules, retry: number) =>
    Array.from({ length: 2000 }, (_, index) => policy.backOffNs(key(index), retry) / 1e6);

  it('is whole ms below 25, 50, 100, 200 and then 250: intervals double to half of the most, then they are the most', () => {
    const policy = rules({ retry_on: '5xx' });
    // The largest of 2000 uniform draws misses the top value with probability (1 - 1/250)^2000 = 0.03 %; the seed is fixed.
    for (const [index, interval] of [25, 50, 100, 200, 250, 250].entries()) {
      const drawn = waits(policy, index + 1);
      expect(Math.max(...drawn)).toBe(interval - 1);
      expect(Math.min(...drawn)).toBe(0);
      expect(drawn.every(Number.isInteger)).toBe(true);
      // Mean of a uniform on 0..n-1; 5 standard errors of n / sqrt(12 * 2000).
      const mean = drawn.reduce((sum, wait) => sum + wait) / drawn.length;
      expect(Math.abs(mean - (interval - 1) / 2)).toBeLessThan((5 * interval) / Math.sqrt(24_000));
    }
  });

  it('takes base_interval and max_interval', () => {
    const policy = rules({ retry_back_off: { base_interval: '10ms', max_interval: '15ms' } });
    expect([1, 2, 3].map((retry) => Math.max(...waits(policy, retry)))).toEqual([9, 14, 14]);
  });

  it('is the same for the same request and retry', () => {
    expect(rules({}).backOffNs(key(3), 2)).toBe(rules({}).backOffNs(key(3), 2));
    expect(waits(rules({}), 1)).not.toEqual(waits(rules({}), 2));
  });
});
