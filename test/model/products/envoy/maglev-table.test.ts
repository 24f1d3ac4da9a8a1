import { describe, expect, it } from 'vitest';
import { hash64Of } from '../../../../src/model/products/envoy/hash64.js';
import { hostKey } from '../../../../src/model/products/envoy/host.js';
import { MaglevTable } from '../../../../src/model/products/envoy/maglev-table.js';
import { normalizeWeights } from '../../../../src/model/products/envoy/normalized-weights.js';
import { createHost, createPrioritySet, type HostGiven } from './hosts.js';

/** A table over these hosts, and the index of the host it chooses. */
function build(
  given: readonly HostGiven[],
  size: number,
  options: { by?: 'name' | 'address'; localityWeights?: Record<string, number> } = {},
) {
  const { localityWeights } = options;
  const hosts = given.map(createHost);
  const set = createPrioritySet(hosts, { localityWeights }).hostSets[0]!;
  const weights = normalizeWeights(set, { whose: 'all', isLocalityWeighted: localityWeights !== undefined });
  const table = new MaglevTable(weights, size, hostKey(options.by ?? 'address'));
  return (hash: bigint, attempt = 0) => hosts.indexOf(table.chooseHost(hash64Of(hash), attempt));
}

const ports = (first: number, count: number): HostGiven[] =>
  Array.from({ length: count }, (_, index) => ({ port: first + index }));

const all = (choose: (hash: bigint) => number, size: number) =>
  Array.from({ length: size }, (_, place) => choose(BigInt(place)));

// All tables are those of envoyproxy/envoy test/extensions/load_balancing_policies/maglev/maglev_lb_test.cc.
describe('the Maglev table', () => {
  it('Basic: six hosts in seven places', () => {
    const choose = build(ports(90, 6), 7);
    expect(all(choose, 21)).toEqual([2, 4, 0, 1, 5, 0, 3, 2, 4, 0, 1, 5, 0, 3, 2, 4, 0, 1, 5, 0, 3]);
  });

  it('BasicWithHostName: by name', () => {
    const names = ['90', '91', '92', '93', '94', '95'].map((name) => ({ name }));
    expect(all(build(names, 7, { by: 'name' }), 7)).toEqual([2, 5, 0, 3, 4, 1, 0]);
  });

  it('BasicWithRetryHostPredicate: a further attempt takes another hash', () => {
    const choose = build(ports(90, 6), 7);
    expect([0, 1, 2].map((attempt) => choose(10n, attempt))).toEqual([1, 0, 5]);
  });

  it('BasicStability: the order of the hosts does not matter', () => {
    const shuffled = [3, 5, 0, 2, 4, 1];
    const choose = build(
      shuffled.map((index) => ({ port: 90 + index })),
      7,
    );
    expect(all(choose, 7).map((index) => shuffled[index])).toEqual([2, 4, 0, 1, 5, 0, 3]);
  });

  it('Weighted', () => {
    const choose = build([{ port: 90 }, { port: 91, weight: 2 }], 17);
    expect(all(choose, 17)).toEqual([1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1]);
  });

  it('LocalityWeightedSameLocalityWeights', () => {
    const hosts = [
      { port: 90, locality: 'A' },
      { port: 91, locality: 'B', weight: 2 },
    ];
    const choose = build(hosts, 17, { localityWeights: { A: 1, B: 1 } });
    expect(all(choose, 17)).toEqual([1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1]);
  });

  it('LocalityWeightedDifferentLocalityWeights', () => {
    const hosts = [
      { port: 90, locality: 'A' },
      { port: 91, locality: 'C', weight: 2 },
      { port: 92, locality: 'B', weight: 3 },
    ];
    const choose = build(hosts, 17, { localityWeights: { A: 8, B: 0, C: 2 } });
    expect(all(choose, 17)).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('LocalityWeightedLopsided: the light ones have one place each, the heavy one the rest', () => {
    const hosts = ports(0, 1024).map((host, index) => ({ ...host, locality: index === 0 ? 'A' : 'B' }));
    const counts = new Array<number>(1024).fill(0);
    for (const host of all(build(hosts, 65_537, { localityWeights: { A: 127, B: 1 } }), 65_537)) {
      counts[host]! += 1;
    }
    expect(counts[0]).toBe(65_537 - 1023);
    expect(new Set(counts.slice(1))).toEqual(new Set([1]));
  });
});
