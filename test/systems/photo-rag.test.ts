import { describe, expect, it } from 'vitest';
import type { VariantResult } from '../../src/metrics/result.js';
import { failedOf, p95Of, runShort } from '../experiment-run.js';

/** Shares of the instances, in order. */
function sharesOf({ instances }: VariantResult): number[] {
  return instances.map(({ share }) => share);
}

/** Requests in a whole run: about 10 400; the two or three that are under way at its end are not in every count. */
const ONE_REQUEST = 3 / 10_000;

describe('photo-rag: four variants', () => {
  const run = runShort('photo-rag-variants', 1);

  it('round robin and weights share by the request', async () => {
    const { variants } = await run;
    const [even, , , , weighted] = variants as readonly VariantResult[];
    for (const share of sharesOf(even!)) expect(Math.abs(share - 1 / 3)).toBeLessThan(ONE_REQUEST);
    for (const [index, share] of [1 / 2, 1 / 3, 1 / 6].entries()) {
      expect(Math.abs(sharesOf(weighted!)[index]! - share)).toBeLessThan(ONE_REQUEST);
    }
  });

  it('least_conn has the shortest tail, ip_hash and unequal weights a longer one than round robin', async () => {
    const { variants } = await run;
    const [even, least, sticky, fewNetworks, weighted] = variants.map((variant) => p95Of(variant));
    expect(least).toBeLessThan(even!);
    for (const slower of [sticky, weighted]) expect(slower).toBeGreaterThan(1.2 * even!);
    expect(fewNetworks).toBeGreaterThan(1.2 * sticky!);
  });

  it('ip_hash never uses the third instance where users come from two networks', async () => {
    const shares = sharesOf((await run).variants[3]!);
    expect(shares.filter((share) => share === 0)).toHaveLength(1);
  });

  it('no variant has a failed request', async () => {
    for (const variant of (await run).variants) expect(failedOf(variant)).toBe(0);
  });
});

describe('photo-rag: availability with one of three instances down', () => {
  const run = runShort('photo-rag-instance-down', 2);

  it('99.99 % with nginx’s defaults, whatever the method', async () => {
    const [even, sticky] = (await run).variants;
    for (const variant of [even, sticky]) expect(failedOf(variant!)).toBeLessThan(0.0001);
  });

  it('99.9 % without retries, a third lost meanwhile without max_fails', async () => {
    const [, , once, never] = (await run).variants;
    // What was under way, and a trial every ten to eleven seconds of a minute.
    expect(failedOf(once!)).toBeGreaterThan(0);
    expect(failedOf(once!)).toBeLessThan(0.001);
    // Down for 64 of 180 s, where users with quick failures ask a little more often: a tenth at most.
    const expected = 64 / 180 / 3;
    expect(failedOf(never!) / expected).toBeGreaterThan(1);
    expect(failedOf(never!) / expected).toBeLessThan(1.1);
  });
});

describe('photo-rag: rolling update', () => {
  const run = runShort('photo-rag-rolling-update', 3);

  it('drained, not one request fails', async () => {
    const [drained] = (await run).variants;
    expect(failedOf(drained!)).toBe(0);
    // Each was away, and came back.
    for (const { name } of drained!.instances) {
      const up = drained!.series.gauges.find((gauge) => gauge.place === name && gauge.name === 'up')!;
      expect(Math.min(...up.values)).toBe(0);
      expect(up.values.at(-1)).toBe(1);
    }
  });

  it('naively, nginx runs out of servers while the third one is away', async () => {
    const [, naive, paused] = (await run).variants;
    const { httpReqsFailed, httpReqs } = naive!.series;
    expect(failedOf(naive!)).toBeGreaterThan(0.01);
    // Stopped at 30, 34 and 38 s: no server between then and 40 s.
    expect(httpReqsFailed[39]! / httpReqs[39]!).toBeGreaterThan(0.9);
    expect(failedOf(paused!)).toBeLessThan(0.001);
  });
});
