import { describe, expect, it } from 'vitest';
import { RandomSource } from '../../../src/random/stream.js';
import { ScriptedStream, Thread } from './envoy-threads.js';

const SECOND = 1e9;

// Cases of envoyproxy/envoy test/extensions/load_balancing_policies/round_robin/round_robin_lb_test.cc.
describe('Envoy ROUND_ROBIN', () => {
  it('NoHosts, SingleHost, Normal', () => {
    expect(new Thread('ROUND_ROBIN', []).pick()).toBe(-1);
    expect(new Thread('ROUND_ROBIN', [{}]).picks(3)).toEqual([0, 0, 0]);
    expect(new Thread('ROUND_ROBIN', [{}, {}]).picks(5)).toEqual([0, 1, 0, 1, 0]);
  });

  it('Seed: hosts[(seed + n) % size]', () => {
    const seeded = new Thread('ROUND_ROBIN', [{}, {}, {}], { stream: new ScriptedStream([1]) });
    expect(seeded.picks(4)).toEqual([1, 2, 0, 1]);
  });

  it('keeps its counter when the set of healthy hosts changes (reference, section 4.1)', () => {
    const thread = new Thread('ROUND_ROBIN', [{}, {}, {}]);
    expect(thread.picks(4)).toEqual([0, 1, 2, 0]);
    thread.setHealthy(2, false);
    // The fifth pick: 4 % 2 = 0.
    expect(thread.picks(3)).toEqual([0, 1, 0]);
    thread.setHealthy(2, true);
    expect(thread.picks(3)).toEqual([1, 2, 0]); // 7 % 3
  });

  it('Weighted: an EDF schedule; new weights hold from the next time a host is put in', () => {
    const thread = new Thread('ROUND_ROBIN', [{ weight: 1 }, { weight: 2 }]);
    expect(thread.picks(6)).toEqual([1, 0, 1, 1, 0, 1]);
    for (const [index, weight] of [2, 1].entries()) {
      const host = thread.hosts[index]!;
      host.parameters = { ...host.parameters, weight };
    }
    // As the test has it: "we converge on new weighting after one pick cycle".
    expect(thread.picks(2)).toEqual([1, 0]);
    const counts = [0, 0];
    for (const pick of thread.picks(300)) counts[pick]! += 1;
    expect(counts).toEqual([200, 100]);
  });

  it('MaxUnhealthyPanic: all hosts while fewer than half are healthy', () => {
    const hosts = Array.from({ length: 6 }, (_, index) => ({ healthy: index < 2 }));
    const thread = new Thread('ROUND_ROBIN', hosts);
    expect(thread.picks(6)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const index of [2]) {
      thread.hosts[index]!.parameters = { ...thread.hosts[index]!.parameters, healthy: true };
      thread.prioritySet.healthChanged(thread.hosts[index]!, 0);
    }
    // Half are healthy: each source of hosts has a counter of its own, which starts at the seed.
    expect(thread.picks(4)).toEqual([0, 1, 2, 0]);
  });

  it('fail_traffic_on_panic: no host then', () => {
    const thread = new Thread('ROUND_ROBIN', [{}, { healthy: false }, { healthy: false }], {
      settings: { failTrafficOnPanic: true },
    });
    expect(thread.pick()).toBe(-1);
  });

  it('healthy_panic_threshold 0: only healthy hosts, or none', () => {
    const thread = new Thread('ROUND_ROBIN', [{}, { healthy: false }, { healthy: false }], {
      settings: { panicThreshold: 0 },
    });
    expect(thread.picks(3)).toEqual([0, 0, 0]);
    thread.setHealthy(0, false);
    expect(thread.pick()).toBe(-1);
  });

  it('BasicFailover: the next priority, as far as this one is unhealthy', () => {
    const failed = new Thread('ROUND_ROBIN', [{ healthy: false }, { priority: 1 }]);
    expect(failed.picks(3)).toEqual([1, 1, 1]);
    // P0 half healthy: 70 / 30; draws 0 to 69 are P0's.
    const stream = new ScriptedStream([0]);
    const half = new Thread('ROUND_ROBIN', [{}, { healthy: false }, { priority: 1 }], { stream });
    const pickAt = (draw: number) => {
      stream.script(draw);
      return half.pick();
    };
    expect([0, 69, 70, 99].map(pickAt)).toEqual([0, 0, 2, 2]);
  });

  it('SlowStartNoWait: a host that was added later is given its part of the window, at least a tenth', () => {
    const slow = { options: { slow_start_config: { slow_start_window: '60s' } } };
    const thread = new Thread('ROUND_ROBIN', [{}, {}], slow);
    // Both are in slow start since the beginning: alike.
    expect(thread.picks(4)).toEqual([0, 1, 0, 1]);
    thread.nowNs = 62 * SECOND;
    thread.hosts[1]!.lastCheckPassNs = 62 * SECOND;
    thread.prioritySet.healthChanged(thread.hosts[1]!, thread.nowNs);
    const share = (count: number) => thread.picks(count).filter((pick) => pick === 1).length;
    // The factor is at least 0.1: 10 to 1.
    expect(share(110)).toBe(10);
    // 30 of 60 s: 2 to 1 once each has been put in again.
    thread.nowNs = 92 * SECOND;
    thread.picks(20);
    expect(share(120)).toBe(40);
    thread.nowNs = 123 * SECOND;
    thread.picks(20);
    expect(share(100)).toBe(50);
  });

  it('starts each thread at a place of its own', () => {
    const starts = new Set<number>();
    for (let index = 0; index < 40; index += 1) {
      const stream = new RandomSource('430').stream(`worker/${index}`);
      starts.add(new Thread('ROUND_ROBIN', [{}, {}, {}], { stream }).pick());
    }
    expect(starts.size).toBe(3);
  });
});

describe('locality weighted balancing', () => {
  const zones = [
    ...Array.from({ length: 4 }, () => ({ locality: 'a' })),
    ...Array.from({ length: 4 }, () => ({ locality: 'b' })),
  ];
  const shareOfA = (thread: Thread) => thread.picks(300).filter((pick) => pick < 4).length / 300;

  it('gives localities their weights, whatever the number of their hosts', () => {
    const settings = { localityWeights: { a: 2, b: 1 } };
    const thread = new Thread('ROUND_ROBIN', [...zones, { locality: 'b' }], { settings });
    expect(shareOfA(thread)).toBeCloseTo(2 / 3, 2);
  });

  it('takes from a locality what 1.4 times its healthy part does not make up (locality_wrr.cc)', () => {
    const settings = { localityWeights: { a: 1, b: 1 } };
    const thread = new Thread('ROUND_ROBIN', zones, { settings });
    thread.setHealthy(0, false); // 1.4 * 3/4 > 1
    expect(shareOfA(thread)).toBeCloseTo(1 / 2, 2);
    thread.setHealthy(1, false); // 1.4 * 2/4 = 0.7
    expect(shareOfA(thread)).toBeCloseTo(0.7 / 1.7, 2);
  });

  it('sends nothing to a locality without a weight; without any weight, localities do not matter', () => {
    const some = new Thread('ROUND_ROBIN', zones, { settings: { localityWeights: { a: 1 } } });
    expect(shareOfA(some)).toBe(1);
    const none = new Thread('ROUND_ROBIN', zones, { settings: { localityWeights: {} } });
    expect(shareOfA(none)).toBeCloseTo(1 / 2, 1);
  });
});
