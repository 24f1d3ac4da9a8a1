import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type LevelCounts, priorityLoads } from '../../../../src/model/products/envoy/priority-load.js';

/** Levels of [hosts, healthy]. */
function levels(counts: readonly (readonly [number, number])[], overprovisioningFactor = 140): LevelCounts[] {
  return counts.map(([hosts, healthy]) => ({
    hosts,
    healthy,
    healthyWeight: healthy,
    totalWeight: hosts,
    overprovisioningFactor,
  }));
}

// Rows without degraded and excluded hosts of envoyproxy/envoy
// test/extensions/load_balancing_policies/common/load_balancer_impl_base_test.cc.
describe('load by priority and panic', () => {
  it.each([
    // PrioritySelection
    [
      [
        [1, 0],
        [1, 0],
      ],
      [50, 50],
      [true, true],
    ],
    [
      [
        [1, 0],
        [2, 0],
      ],
      [34, 66],
      [true, true],
    ],
    [
      [
        [1, 0],
        [2, 0],
        [1, 1],
      ],
      [0, 0, 100],
      [false, false, false],
    ],
    [
      [
        [1, 1],
        [2, 0],
        [1, 1],
      ],
      [100, 0, 0],
      [false, false, false],
    ],
    // GentleFailover
    [
      [
        [1, 1],
        [1, 1],
      ],
      [100, 0],
      [false, false],
    ],
    [
      [
        [2, 1],
        [2, 1],
      ],
      [70, 30],
      [false, false],
    ],
    [
      [
        [4, 1],
        [2, 2],
      ],
      [35, 65],
      [false, false],
    ],
    [
      [
        [4, 1],
        [4, 1],
      ],
      [50, 50],
      [true, true],
    ],
    // GentleFailoverWithExtraLevels
    [
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      [100, 0, 0],
      [false, false, false],
    ],
    [
      [
        [2, 1],
        [2, 1],
        [2, 1],
      ],
      [70, 30, 0],
      [false, false, false],
    ],
    [
      [
        [4, 1],
        [2, 2],
        [2, 1],
      ],
      [35, 65, 0],
      [false, false, false],
    ],
    [
      [
        [4, 1],
        [4, 1],
        [4, 1],
      ],
      [35, 35, 30],
      [false, false, false],
    ],
    [
      [
        [5, 1],
        [5, 1],
        [5, 1],
      ],
      [34, 33, 33],
      [true, true, true],
    ],
    [
      [
        [5, 0],
        [5, 0],
        [5, 5],
      ],
      [0, 0, 100],
      [false, false, false],
    ],
    [
      [
        [5, 0],
        [5, 0],
        [5, 4],
      ],
      [0, 0, 100],
      [false, false, false],
    ],
    [
      [
        [5, 0],
        [5, 0],
        [5, 2],
      ],
      [34, 33, 33],
      [true, true, true],
    ],
    [
      [
        [5, 0],
        [3, 0],
        [2, 0],
      ],
      [50, 30, 20],
      [true, true, true],
    ],
    [
      [
        [5, 0],
        [6, 2],
        [3, 1],
      ],
      [37, 42, 21],
      [true, true, true],
    ],
    [
      [
        [3, 0],
        [3, 0],
        [3, 0],
      ],
      [34, 33, 33],
      [true, true, true],
    ],
    [
      [
        [0, 0],
        [6, 0],
        [3, 0],
      ],
      [0, 67, 33],
      [true, true, true],
    ],
  ] as const)('of [hosts, healthy] %j is %j, panic %j', (counts, load, panic) => {
    expect(priorityLoads(levels(counts), 50)).toEqual({ load, panic });
  });

  it('OverProvisioningFactor: 100 makes it the healthy part', () => {
    expect(
      priorityLoads(
        levels([
          [4, 2],
          [4, 2],
        ]),
        50,
      ).load,
    ).toEqual([70, 30]);
    expect(
      priorityLoads(
        levels(
          [
            [4, 2],
            [4, 2],
          ],
          100,
        ),
        50,
      ).load,
    ).toEqual([50, 50]);
  });

  it('WeightedPriorityHealth: health of weights', () => {
    const [first, second] = levels(
      [
        [4, 2],
        [1, 1],
      ],
      100,
    );
    expect(priorityLoads([{ ...first!, healthyWeight: 6, totalWeight: 10 }, second!], 50).load).toEqual([
      60, 40,
    ]);
  });

  it('without a threshold and without a healthy host, everything is sent to the first level, which has nobody', () => {
    expect(
      priorityLoads(
        levels([
          [2, 0],
          [2, 0],
        ]),
        0,
      ),
    ).toEqual({ load: [100, 0], panic: [false, false] });
  });

  it('panics below the threshold, not at it, and not while all levels together have health enough', () => {
    const panics = (hosts: number, healthy: number) => priorityLoads(levels([[hosts, healthy]]), 50).panic[0];
    expect([panics(4, 2), panics(5, 2), panics(3, 2), panics(3, 1)]).toEqual([false, true, false, true]);
    // 72 of 100 are 100.8 % with the factor: no panic whatever the threshold.
    expect(priorityLoads(levels([[100, 72]]), 90).panic).toEqual([false]);
  });

  test.prop([
    fc.array(
      fc.nat(20).chain((hosts) => fc.tuple(fc.constant(hosts), fc.nat(hosts))),
      { minLength: 1, maxLength: 5 },
    ),
    fc.nat(100),
  ])('is 100 in all, and nothing is sent where no host is healthy unless in panic', (counts, threshold) => {
    const { load, panic } = priorityLoads(levels(counts), threshold);
    expect(load.reduce((sum, part) => sum + part)).toBe(100);
    if (counts.every(([, healthy]) => healthy === 0)) return;
    for (const [index, [, healthy]] of counts.entries()) {
      if (healthy === 0 && !panic[index]) expect(load[index]).toBe(0);
    }
  });
});
