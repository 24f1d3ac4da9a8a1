import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../src/kernel/loop.js';
import { CpuGroup } from '../../src/model/cpu-group.js';
import { Host } from '../../src/model/host.js';

const nobody = { handle: () => {} };
const LENGTH_NS = 1_000_000;

interface Wish {
  readonly threads: number;
  readonly weight: number;
}

/** The cores that each group gets, seen from its CPU time; every group's threads start at once and never end. */
function sharesOf(cores: number, wishes: readonly Wish[]): { shares: number[]; busy: number } {
  const simulation = new Simulation();
  const host = new Host('host', cores);
  const groups = wishes.map(
    ({ weight }, index) => new CpuGroup(simulation, host, { name: `${index}`, weight }),
  );
  for (const [index, { threads }] of wishes.entries()) {
    for (let thread = 0; thread < threads; thread += 1) groups[index]!.start(1e15, nobody, 0, undefined);
  }
  simulation.run(LENGTH_NS);
  return {
    shares: groups.map((group) => group.cpuNs / LENGTH_NS),
    busy: host.busyUntilNs(simulation.nowNs) / LENGTH_NS,
  };
}

/** The level to which water rises in vessels as wide as the weights and as high as the wishes, by bisection. */
function waterFilling(cores: number, wishes: readonly Wish[]): number[] {
  const wanted = wishes.map(({ threads }) => Math.min(threads, cores));
  const filled = (level: number) =>
    wishes.map(({ weight }, index) => Math.min(wanted[index]!, level * weight));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  if (sum(wanted) <= cores) return wanted;
  let low = 0;
  let high = cores;
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (sum(filled(middle)) < cores) low = middle;
    else high = middle;
  }
  return filled(high);
}

describe('a host', () => {
  it('gives everybody what he wants while there is enough, one core per thread at most', () => {
    const { shares, busy } = sharesOf(4, [
      { threads: 1, weight: 1024 },
      { threads: 2, weight: 2 },
    ]);
    expect([shares, busy]).toEqual([[1, 2], 3]);
  });

  it('shares what is short by weight', () => {
    const { shares, busy } = sharesOf(2, [
      { threads: 8, weight: 1024 },
      { threads: 8, weight: 3072 },
    ]);
    expect([shares, busy]).toEqual([[0.5, 1.5], 2]);
  });

  it('leaves to the others what one does not want', () => {
    const { shares } = sharesOf(3, [
      { threads: 1, weight: 9000 },
      { threads: 5, weight: 1000 },
      { threads: 5, weight: 1000 },
    ]);
    expect(shares).toEqual([1, 1, 1]);
  });

  it('fills like water, whatever the wishes and weights', () => {
    const wish = fc.record({ threads: fc.nat(6), weight: fc.integer({ min: 1, max: 10 }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(wish, { minLength: 1, maxLength: 8 }),
        (cores, wishes) => {
          const { shares, busy } = sharesOf(cores, wishes);
          const expected = waterFilling(cores, wishes);
          // 1e-9: a few hundred roundings of doubles.
          for (const [index, share] of shares.entries()) expect(share).toBeCloseTo(expected[index]!, 9);
          expect(busy).toBeCloseTo(
            expected.reduce((sum, value) => sum + value, 0),
            9,
          );
        },
      ),
      { seed: 6, numRuns: 500 },
    );
  });

  it('hands out anew whenever a thread ends', () => {
    const simulation = new Simulation();
    const host = new Host('host', 1);
    const times: number[] = [];
    const done = { handle: () => times.push(simulation.nowNs) };
    for (const demandNs of [100, 300]) {
      new CpuGroup(simulation, host, { name: `${demandNs}` }).start(demandNs, done, 0, undefined);
    }
    simulation.run();
    // Half a core each until 200; the second then has 200 left and the core to itself.
    expect(times).toEqual([200, 400]);
    expect(host.busyUntilNs(1000)).toBe(400);
  });
});
