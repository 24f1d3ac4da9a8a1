import { describe, expect, it } from 'vitest';
import type { VariantResult } from '../../src/metrics/result.js';
import { failedOf, p95Of, rateOf, runShort } from '../experiment-run.js';

/** What the lab inventory-kong measured and asked, in `models/inventory-kong.yaml` and its experiments. */

/** Values of a gauge, second by second. */
function gaugeOf({ series }: VariantResult, place: string, name: string): readonly number[] {
  expect(series.intervalSeconds).toBe(1);
  return series.gauges.find((gauge) => gauge.place === place && gauge.name === name)!.values;
}

/** Seconds at whose end a gauge is first seen with another value than before. */
function changesOf(values: readonly number[]): (readonly [number, number])[] {
  return values.flatMap((value, index) =>
    index > 0 && value !== values[index - 1] ? [[index + 1, value]] : [],
  );
}

function requestsOf({ instances }: VariantResult): number[] {
  return instances.map(({ requests }) => requests);
}

describe('inventory-kong', () => {
  it('deals 30 requests out in strict turns, if one worker does it, and all succeed', async () => {
    const { variants } = await runShort('inventory-round-robin', 5);
    const [one, four] = variants as [VariantResult, VariantResult];
    expect(requestsOf(one)).toEqual([10, 10, 10]); // [lab] 33 % +- 2
    expect(failedOf(one)).toBe(0); // [lab] 100 % success
    // Every worker turns a wheel of its own, from a place of its own: uneven by chance, averaged here over five runs.
    expect(requestsOf(four)).not.toEqual([10, 10, 10]);
    for (const requests of requestsOf(four)) expect(Math.abs(requests - 10)).toBeLessThan(3);
    expect(failedOf(four)).toBe(0);
  });

  it('does about 2800 requests a second for 10 users, evenly, with p95 below 12 ms and no errors', async () => {
    const { variants } = await runShort('inventory-load', 1);
    const kept = variants.find(({ variant }) => variant['balancer.upstream_keepalive_pool_size'] === 512)!;
    expect(Math.abs(rateOf(kept) / 2800 - 1)).toBeLessThan(0.05); // [lab] "about"
    expect(p95Of(kept)).toBeLessThan(12); // [lab]
    expect(failedOf(kept)).toBe(0); // [lab]
    for (const { share } of kept.instances) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.001); // [lab] 33 % +- 0
  });

  it('excludes what is stopped at the third check that fails, and takes it back at the second that succeeds', async () => {
    const { variants } = await runShort('inventory-failover', 1);
    const [ignorant, watchful] = variants as [VariantResult, VariantResult];
    // The checks come at 10, 20, ... s and up to 10 ms. Stopped at 25: 30, 40 and 50 fail. Started at 125, it listens from 127 on:
    // 130 and 140 succeed. Stopped at 75: 80, 90, 100.
    expect(changesOf(gaugeOf(watchful, 'balancer/inventory-api-2', 'available'))).toEqual([
      [51, 0],
      [141, 1],
    ]);
    expect(changesOf(gaugeOf(watchful, 'balancer/inventory-api-3', 'available'))).toEqual([[101, 0]]);
    expect(changesOf(gaugeOf(watchful, 'balancer/inventory-api-1', 'available'))).toEqual([]);
    // With Kong's default for refused connections nobody is ever excluded, and the client sees no difference: it is retried.
    expect(changesOf(gaugeOf(ignorant, 'balancer/inventory-api-2', 'available'))).toEqual([]);
    for (const variant of variants) expect(failedOf(variant)).toBe(0);
    const attempts = (variant: VariantResult) => {
      const failures = gaugeOf(variant, 'balancer/inventory-api-2', 'failures_total');
      return failures.reduce((sum, value) => sum + value, 0);
    };
    expect(attempts(watchful)).toBeGreaterThan(0);
    expect(attempts(ignorant)).toBeGreaterThan(2 * attempts(watchful));
  });

  it('gives a fourth target its quarter as soon as it has joined', async () => {
    const { variants } = await runShort('inventory-fourth-target', 1);
    const [, robin] = variants as [VariantResult, VariantResult];
    const after = [1, 2, 3, 4].map((number) => {
      const rates = gaugeOf(robin, `balancer/inventory-api-${number}`, 'requests_total');
      return rates.slice(21, 40).reduce((sum, rate) => sum + rate, 0);
    });
    const total = after.reduce((sum, count) => sum + count);
    for (const count of after) expect(Math.abs(count / total - 0.25)).toBeLessThan(0.001);
    expect(gaugeOf(robin, 'balancer/inventory-api-4', 'requests_total').slice(0, 19)).toEqual(
      new Array(19).fill(0),
    );
    expect(failedOf(robin)).toBe(0);
    // Three instances were the limit: a fourth gives a third more, but for what the other parts take.
    expect(total / 19 / 2800).toBeGreaterThan(1.15);
  });

  it('turns away who has no key, goes beyond a limit or comes from the wrong address, and no instance notices', async () => {
    const { variants } = await runShort('inventory-plugins', 1);
    const count = (variant: VariantResult, status: number) => {
      const values = gaugeOf(variant, 'balancer', `http_requests_total_${status}`);
      return Math.round(values.reduce((sum, value) => sum + value, 0));
    };
    const counts = variants.map((variant) => [200, 401, 403, 429].map((status) => count(variant, status)));
    // 600 of `web` in the minute, and all 120 of `mobile`; 300 have no key; 600 of `web` are beyond the limit.
    const limited = counts.find(([, , forbidden]) => forbidden === 0)!;
    expect(limited).toEqual([720, 300, 0, 600]);
    const restricted = counts.find(([, , forbidden]) => forbidden! > 0)!;
    expect(restricted).toEqual([0, 300, 1320, 0]);
    const served = variants.map((variant) =>
      requestsOf(variant).reduce((sum, requests) => sum + requests, 0),
    );
    expect(served.sort((a, b) => a - b)[0]).toBeLessThan(30); // health checks only
  });
});
