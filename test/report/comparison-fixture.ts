import type { ComparedSeries, Comparison } from '../../src/metrics/comparison.js';

/** A made-up comparison: a prediction that follows the measurement within some percent, along a ramp to saturation. */
export function fixtureComparison(): Comparison {
  const buckets = Array.from({ length: 26 }, (_, index) => index);
  const users = buckets.map((index) => Math.min(1000, (index + 1) ** 2 * 1.5));
  const wobble = (index: number) => 1 + 0.08 * (((index * 7) % 5) / 2 - 1);
  const series = (at: (index: number) => number, spread: number): ComparedSeries => ({
    predicted: buckets.map(at),
    measured: buckets.map((index) => (index === 25 ? null : at(index) * wobble(index))),
    measuredMin: buckets.map((index) => at(index) * wobble(index) * (1 - spread)),
    measuredMax: buckets.map((index) => at(index) * wobble(index) * (1 + spread)),
    predictedLow: buckets.map((index) => at(index) * 0.96),
    predictedHigh: buckets.map((index) => at(index) * 1.04),
  });
  const asked = (index: number) => Math.min(277, users[index]!);
  const latencyMs = (index: number) =>
    5 + Math.max(0, (users[index]! / 277 - 1) * 1000) + 200 / Math.max(1, 280 - users[index]!);
  return {
    title: 'Stress ramp, one instance',
    label: 'replicas=1',
    source: 'results/measured/n1-stress1000-a',
    bucketSeconds: 15,
    vus: users,
    p50: series(latencyMs, 0.05),
    p95: series((index) => latencyMs(index) * 1.8, 0.1),
    throughput: series(asked, 0.02),
    errorRate: series((index) => Math.max(0, users[index]! - 800) / 1000, 0.1),
    stages: [],
  };
}
