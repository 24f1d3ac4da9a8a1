import { describe, expect, it } from 'vitest';
import { RandomSource } from '../../../src/random/stream.js';
import { ScriptedStream, Thread } from './envoy-threads.js';

// Cases of envoyproxy/envoy test/extensions/load_balancing_policies/random/random_lb_test.cc.
describe('Envoy RANDOM', () => {
  it('NoHosts, Normal: hosts[random % size], weights ignored', () => {
    expect(new Thread('RANDOM', []).pick()).toBe(-1);
    const stream = new ScriptedStream([2, 3]);
    expect(new Thread('RANDOM', [{ weight: 9 }, { weight: 1 }], { stream }).picks(2)).toEqual([0, 1]);
  });

  it('is uniform', () => {
    const stream = new RandomSource('430').stream('draws');
    const hosts = [5, 1, 1, 1, 1, 1].map((weight) => ({ weight }));
    const picks = 60_000;
    const counts = hosts.map(() => 0);
    for (const pick of new Thread('RANDOM', hosts, { stream }).picks(picks)) counts[pick]! += 1;
    const expected = picks / hosts.length;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 5 degrees of freedom: above 25.7 once in 10,000 seeds.
    expect(chiSquare).toBeLessThan(25.7);
  });

  it('is independent from pick to pick', () => {
    const stream = new RandomSource('430').stream('draws');
    const picks = new Thread('RANDOM', [{}, {}, {}], { stream }).picks(30_001);
    const pairs = new Array<number>(9).fill(0);
    for (let index = 1; index < picks.length; index += 1) pairs[3 * picks[index - 1]! + picks[index]!]! += 1;
    const expected = 30_000 / 9;
    const chiSquare = pairs.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // At most 8 degrees of freedom: above 31.8 once in 10,000 seeds.
    expect(chiSquare).toBeLessThan(31.8);
  });
});
