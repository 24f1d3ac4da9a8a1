import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { VariantResult } from '../src/metrics/result.js';
import { sim } from './cli/sim.js';
import { failedOf, meanOf, p95Of, processCpuMax, rateOf, runShort, trafficMax } from './experiment-run.js';

const files = ['models', 'experiments'].flatMap((folder) =>
  readdirSync(folder)
    // Unknowns are refused until they are calibrated.
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('-uncalibrated.yaml'))
    .map((name) => `${folder}/${name}`),
);

describe('every file under models and experiments', () => {
  it('passes sim check', async () => {
    const { code, out, error } = await sim(['check', ...files]);
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(files.length);
  });

  it.each(files.filter((file) => file.startsWith('experiments/')))(
    '%s says what it asks and shows',
    (file) => {
      expect(readFileSync(file, 'utf8')).toMatch(/^# Asks: [\s\S]*^# Shows/m);
    },
  );
});

/** What the lab golden-signals measured. The bounds are the lab's, rounded as the lab rounded them. */
describe('golden-signals', () => {
  const run = runShort('golden-signals', 3);
  const variants = async () => (await run).variants as [VariantResult, VariantResult, VariantResult];

  it('has up to about 120 requests a second, and fewer with fewer instances', async () => {
    const [three, two, one] = await variants();
    // "About": a tenth, as a minute's window over a dashboard can be read.
    expect(Math.abs(trafficMax(three) / 120 - 1)).toBeLessThan(0.1);
    expect(rateOf(two)).toBeLessThan(0.98 * rateOf(three));
    expect(rateOf(one)).toBeLessThan(0.6 * rateOf(two));
  });

  it('has a mean latency of 120 to 350 ms, and more with fewer instances', async () => {
    const [three, two, one] = await variants();
    expect(meanOf(three)).toBeGreaterThan(120);
    expect(meanOf(three)).toBeLessThan(350);
    expect(meanOf(two)).toBeGreaterThan(meanOf(three));
    // Not the lab's: nobody pauses, so that the mean times the traffic is the 40 users of the ramp. A visible fall of
    // the traffic and a mean below 350 ms exclude each other.
    expect(meanOf(one)).toBeGreaterThan(meanOf(two));
    for (const variant of [three, two, one]) {
      // The users the executor asks for, less those that wait for their first turn: within 3 %.
      expect(Math.abs((rateOf(variant) * meanOf(variant)) / 1000 / 40 - 1)).toBeLessThan(0.03);
    }
  });

  it('has a report whose p95 is above 350 ms, and the cheapest handler the lowest', async () => {
    for (const variant of await variants()) {
      expect(p95Of(variant, '/api/ventes/rapport')).toBeGreaterThan(350);
      expect(p95Of(variant, '/api/produits/1')).toBeLessThan(p95Of(variant, '/api/ventes/rapport'));
    }
  });

  it('has processes that use 0.7 to 0.8 CPU seconds a second where they are the limit', async () => {
    const [three, two, one] = await variants();
    for (const variant of [two, one]) {
      expect(processCpuMax(variant)).toBeGreaterThan(0.7);
      expect(processCpuMax(variant)).toBeLessThan(0.81);
    }
    expect(processCpuMax(three)).toBeLessThan(processCpuMax(two));
  });

  it('has no errors', async () => {
    for (const variant of await variants()) expect(failedOf(variant)).toBe(0);
  });
});

/** One host of three is sick for half of the time, so that a sixth of all requests meet it. */
describe('envoy-outlier-ejection', () => {
  const run = runShort('envoy-outlier-ejection', 1);
  const variants = async () => (await run).variants;

  it('an instance that fails half its requests: ejection needs a percentage that permits it, retries another host', async () => {
    const [none, tenPercent, half, retried, elsewhere, both] = (await variants()).map(failedOf);
    // A twelfth of 18,000 requests; 5 binomial standard deviations are 1 %.
    expect(Math.abs(none! - 1 / 12)).toBeLessThan(0.01);
    expect(tenPercent).toBe(none);
    // Some 60 requests until five fail in a row, twice, on one side of it or the other.
    expect(half).toBeLessThan(0.01);
    // A retry meets the sick one in a third of the cases, and fails in half of these.
    expect(Math.abs(retried! - none! / 6)).toBeLessThan(0.006);
    expect(elsewhere).toBeLessThan(0.001);
    expect(both).toBeLessThan(0.002);
  });

  it('an instance that hangs: retries want previous_hosts or ejection, and a circuit breaker refuses what is healthy', async () => {
    const hanging = (await variants()).slice(6);
    const [none, ejected, retried, elsewhere, both, breaker, all] = hanging.map(failedOf);
    const p95 = hanging.map((variant) => p95Of(variant));
    expect(none).toBeGreaterThan(0.14);
    expect(p95[0]).toBeGreaterThan(14_000); // the route's timeout is 15 s
    expect(ejected).toBeLessThan(0.05);
    expect(retried).toBeGreaterThan(0.9 * none!);
    expect(elsewhere).toBeLessThan(0.003);
    expect(p95[3]).toBeGreaterThan(500); // per_try_timeout
    expect(both).toBeLessThan(0.003);
    expect(p95[4]).toBeLessThan(20);
    expect(breaker).toBeGreaterThan(0.45);
    expect(all).toBe(both);
  });
});
