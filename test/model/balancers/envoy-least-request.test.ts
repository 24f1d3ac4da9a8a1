import { describe, expect, it } from 'vitest';
import { RandomSource } from '../../../src/random/stream.js';
import { ScriptedStream, Thread } from './envoy-threads.js';

const SECOND = 1e9;
const equal = (count: number) => Array.from({ length: count }, () => ({}));

// Cases of envoyproxy/envoy test/extensions/load_balancing_policies/least_request/least_request_lb_test.cc. Their first
// `random()` of a pick is for the priority, which is not drawn here where there is one.
describe('Envoy LEAST_REQUEST', () => {
  it('Normal: the less active of two drawn', () => {
    const stream = new ScriptedStream([0]);
    const thread = new Thread('LEAST_REQUEST', equal(2), { stream });
    thread.active(1, 2);
    stream.script(2, 3);
    expect(thread.pick()).toBe(0);
    thread.active(2, 1);
    stream.script(2, 3);
    expect(thread.pick()).toBe(1);
  });

  it('PNC: choice_count draws, with replacement; the first wins ties', () => {
    const stream = new ScriptedStream([0]);
    const pick = (choices: number, ...draws: number[]) => {
      const thread = new Thread('LEAST_REQUEST', equal(4), { stream, options: { choice_count: choices } });
      thread.active(4, 3, 2, 1);
      stream.script(...draws);
      return thread.pick();
    };
    expect(pick(2, 0, 0)).toBe(0);
    expect(pick(5, 0, 0, 0, 0, 0)).toBe(0);
    expect(pick(5, 3, 0, 3, 2, 1)).toBe(3);
    const tied = new Thread('LEAST_REQUEST', equal(4), { stream });
    stream.script(2, 1);
    expect(tied.pick()).toBe(2);
  });

  it('FullScanOneHostWithLeastRequests', () => {
    const thread = new Thread('LEAST_REQUEST', equal(5), { options: { selection_method: 'FULL_SCAN' } });
    thread.active(4, 3, 2, 1, 5);
    expect(thread.picks(3)).toEqual([3, 3, 3]);
  });

  it('FullScanMultipleHostsWithLeastRequests: a fair draw among those that tie', () => {
    const stream = new RandomSource('430').stream('draws');
    const thread = new Thread('LEAST_REQUEST', equal(5), {
      stream,
      options: { selection_method: 'FULL_SCAN' },
    });
    thread.active(3, 3, 1, 1, 1);
    const counts = [0, 0, 0, 0, 0];
    const picks = 30_000;
    for (const pick of thread.picks(picks)) counts[pick]! += 1;
    expect(counts.slice(0, 2)).toEqual([0, 0]);
    // Chi-square with 2 degrees of freedom: above 18.4 once in 10,000 seeds.
    const expected = picks / 3;
    const chiSquare = counts.slice(2).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(18.4);
  });

  it('two choices, both the same once in four of two hosts: the busier of two gets a quarter', () => {
    const stream = new RandomSource('430').stream('draws');
    const thread = new Thread('LEAST_REQUEST', equal(2), { stream });
    thread.active(5, 0);
    const busier = thread.picks(20_000).filter((pick) => pick === 0).length;
    // Binomial at p = 1/4: 5 standard deviations are 306.
    expect(Math.abs(busier - 5000)).toBeLessThan(306);
  });

  it('of n hosts with ranks of activity, the k-th busiest is picked with (2k - 1) / n^2', () => {
    const stream = new RandomSource('431').stream('draws');
    const hosts = 5;
    const thread = new Thread('LEAST_REQUEST', equal(hosts), { stream });
    thread.active(4, 3, 2, 1, 0);
    const picks = 50_000;
    const counts = new Array<number>(hosts).fill(0);
    for (const pick of thread.picks(picks)) counts[pick]! += 1;
    // Host k (from 0, the busiest) wins if both draws are among it and the busier ones, and not both among those.
    const chiSquare = counts.reduce((sum, count, index) => {
      const expected = (picks * (2 * index + 1)) / hosts ** 2;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    // 4 degrees of freedom: above 23.5 once in 10,000 seeds.
    expect(chiSquare).toBeLessThan(23.5);
  });

  it('WeightImbalance: an EDF schedule of weight / (active + 1)', () => {
    const thread = new Thread('LEAST_REQUEST', [{ weight: 1 }, { weight: 2 }]);
    expect(thread.picks(6)).toEqual([1, 0, 1, 1, 0, 1]);
    thread.active(0, 1);
    expect(thread.picks(5)).toEqual([1, 0, 1, 0, 1]);
    thread.active(1, 0);
    expect(thread.picks(10)).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 1, 0]);
  });

  it('WeightImbalanceWithCustomActiveRequestBias: at 0 requests do not matter', () => {
    const thread = new Thread('LEAST_REQUEST', [{ weight: 1 }, { weight: 2 }], {
      options: { active_request_bias: 0 },
    });
    thread.active(0, 1);
    expect(thread.picks(6)).toEqual([1, 0, 1, 1, 0, 1]);
  });

  it('EqualWeightsWithActiveRequestBiasRuntimeGuardDisabled: equal weights are drawn, whatever the bias', () => {
    const thread = new Thread('LEAST_REQUEST', equal(2), { options: { active_request_bias: 1 } });
    thread.active(1, 0);
    expect(thread.picks(10)).toEqual(new Array(10).fill(0));
  });

  it('WeightImbalanceCallbacks: a host that leaves is not picked', () => {
    const thread = new Thread('LEAST_REQUEST', [{ weight: 1 }, { weight: 2 }]);
    expect(thread.picks(2)).toEqual([1, 0]);
    thread.prioritySet.setHosts([thread.hosts[0]!], 0);
    expect(thread.picks(2)).toEqual([0, 0]);
  });

  it('SlowStartNoWait: time in slow start and activity both count', () => {
    const thread = new Thread('LEAST_REQUEST', [{}], {
      options: { slow_start_config: { slow_start_window: '60s' } },
    });
    thread.nowNs = 62 * SECOND;
    const { hosts } = new Thread('LEAST_REQUEST', [{ port: 90 }]);
    thread.hosts.push(hosts[0]!);
    thread.prioritySet.setHosts(thread.hosts, thread.nowNs);
    thread.nowNs = 72 * SECOND;
    thread.prioritySet.setHosts(thread.hosts, thread.nowNs);
    thread.active(1, 0);
    // 10 of 60 s: 0.17 to 1 at first, then to 0.5.
    expect(thread.picks(4)).toEqual([0, 0, 0, 1]);
    thread.nowNs = 102 * SECOND;
    thread.prioritySet.setHosts(thread.hosts, thread.nowNs);
    // 40 of 60 s: 0.67 to 0.5.
    expect(thread.picks(7)).toEqual([1, 0, 1, 0, 1, 0, 1]);
  });
});
