import { describe, expect, it } from 'vitest';
import { murmurHash2 } from '../../../../src/model/murmur-hash2.js';
import { hash64Of } from '../../../../src/model/products/envoy/hash64.js';
import { type EnvoyHost, hostKey } from '../../../../src/model/products/envoy/host.js';
import { normalizeWeights } from '../../../../src/model/products/envoy/normalized-weights.js';
import { Ring } from '../../../../src/model/products/envoy/ring.js';
import { xxHash64 } from '../../../../src/model/xx-hash64.js';
import { createHost, createPrioritySet, type HostGiven } from './hosts.js';

interface RingGiven {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly hash?: (text: string) => bigint;
  readonly by?: 'name' | 'address';
  readonly localityWeights?: Record<string, number>;
}

/** A ring over these hosts, and the index of the host it chooses. */
function build(given: readonly HostGiven[], options: RingGiven = {}) {
  const { localityWeights } = options;
  const hosts = given.map(createHost);
  const set = createPrioritySet(hosts, { localityWeights }).hostSets[0]!;
  const weights = normalizeWeights(set, {
    whose: 'healthy',
    isLocalityWeighted: localityWeights !== undefined,
  });
  const ring = new Ring(weights, {
    minimumSize: options.minimum ?? 1024,
    maximumSize: options.maximum ?? 8_388_608,
    keyOf: hostKey(options.by ?? 'address'),
    hash: options.hash ?? xxHash64,
  });
  const choose = (hash: bigint, attempt = 0) =>
    hosts.indexOf(ring.chooseHost(hash64Of(hash), attempt) as EnvoyHost);
  return { ring, choose };
}

const ports = (first: number, count: number): HostGiven[] =>
  Array.from({ length: count }, (_, index) => ({ port: first + index }));

/** Hits by host of `count` hashes that go evenly around. */
function histogram(choose: (hash: bigint) => number, count: number, hosts: number): number[] {
  const counts = new Array<number>(hosts).fill(0);
  const step = 0xffff_ffff_ffff_ffffn / BigInt(count);
  for (let index = 0n; index < count; index += 1n) counts[choose(index * step)]! += 1;
  return counts;
}

// All tables are those of envoyproxy/envoy test/extensions/load_balancing_policies/ring_hash/ring_hash_lb_test.cc.
describe('the ring', () => {
  const basic = [
    [833437586790550860n, 4],
    [928266305478181108n, 2],
    [1033482794131418490n, 0],
    [3551244743356806947n, 5],
    [3851675632748031481n, 3],
    [5583722120771150861n, 1],
    [6311230543546372928n, 1],
    [7700377290971790572n, 3],
    [13144177310400110813n, 5],
    [13444792449719432967n, 2],
    [15516499411664133160n, 4],
    [16117243373044804889n, 0],
  ] as const;

  it('Basic: six hosts, minimum_ring_size 12, every point where Envoy has it', () => {
    const { ring, choose } = build(ports(90, 6), { minimum: 12 });
    expect(ring.size).toBe(12);
    for (const [index, [hash, host]] of basic.entries()) {
      expect(choose(hash)).toBe(host);
      expect(choose(hash + 1n)).toBe(basic[(index + 1) % 12]![1]);
    }
    expect(choose(0n)).toBe(4);
    expect(choose(0xffff_ffff_ffff_ffffn)).toBe(4);
    expect(choose(16117243373044804880n)).toBe(0);
  });

  it('BasicWithMurmur2', () => {
    const { ring, choose } = build(ports(80, 6), { minimum: 12, hash: murmurHash2 });
    expect(ring.size).toBe(12);
    for (const [hash, host] of [
      [0n, 5],
      [0xffff_ffff_ffff_ffffn, 5],
      [1358027074129602068n, 5],
      [1358027074129602069n, 3],
      [4361834613929391114n, 3],
      [7224494972555149682n, 4],
      [7701421856454313576n, 1],
      [8649315368077433379n, 2],
      [8739448859063030639n, 4],
      [9887544217113020895n, 1],
      [10150910876324007730n, 2],
      [10150910876324007731n, 2],
      [15168472011420622455n, 3],
      [15427156902705414897n, 0],
      [16375050414328759093n, 5],
      [17613279263364193813n, 0],
    ] as const) {
      expect(choose(hash)).toBe(host);
    }
  });

  it('BasicWithHostname: by name', () => {
    const names = ['90', '91', '92', '93', '94', '95'].map((name) => ({ name }));
    const { choose } = build(names, { minimum: 12, by: 'name' });
    for (const [hash, host] of [
      [0n, 5],
      [1975508444536362413n, 5],
      [2376063919839173711n, 5],
      [2386806903309390596n, 3],
      [6749904478991551885n, 4],
      [6803900775736438537n, 3],
      [7225015537174310577n, 2],
      [8787465352164086522n, 0],
      [11282020843382717940n, 2],
      [13723418369486627818n, 1],
      [13776502110861797421n, 0],
      [14338313586354474791n, 1],
      [15364271037087512980n, 4],
    ] as const) {
      expect(choose(hash)).toBe(host);
    }
  });

  it('BasicWithRetryHostPredicate: attempt k is k points further, around the ring', () => {
    const { choose } = build(ports(90, 6), { minimum: 12 });
    expect([0, 1, 2, 12, 13].map((attempt) => choose(0n, attempt))).toEqual([4, 2, 0, 4, 2]);
  });

  it('UnevenHosts: two hosts and a minimum of 3 make 4 points', () => {
    const { ring, choose } = build(ports(80, 2), { minimum: 3 });
    expect(ring.size).toBe(4);
    const points = [5454692015285649509n, 7859399908942313493n, 13838424394637650569n, 16064866803292627174n];
    expect(points.map((point) => choose(point))).toEqual([0, 1, 0, 1]);
    const { choose: after } = build(ports(81, 2), { minimum: 3 });
    const others = [7859399908942313493n, 8241336090459785962n, 12882406409176325258n, 16064866803292627174n];
    expect(others.map((point) => after(point))).toEqual([0, 1, 1, 0]);
  });

  const tiny = [
    [928266305478181108n, 2],
    [4443673547860492590n, 2],
    [5583722120771150861n, 1],
    [6311230543546372928n, 1],
    [13444792449719432967n, 2],
    [16117243373044804889n, 0],
  ] as const;
  const weighted = ports(90, 3).map((host, index) => ({ ...host, weight: index + 1 }));

  it('HostWeightedTinyRing', () => {
    const { ring, choose } = build(weighted, { minimum: 6, maximum: 6 });
    expect(ring.size).toBe(6);
    for (const [hash, host] of tiny) expect(choose(hash)).toBe(host);
  });

  it('HostWeightedLargeRing', () => {
    const { ring, choose } = build(weighted, { minimum: 6144 });
    expect(ring.size).toBe(6144);
    expect(histogram(choose, 6000, 3)).toEqual([987, 1932, 3081]);
  });

  it('LocalityWeightedTinyRing and LocalityWeightedLargeRing: a locality of weight 0 has no point', () => {
    const hosts = ports(90, 4).map((host, index) => ({ ...host, locality: 'ABCD'[index]! }));
    const localityWeights = { A: 1, B: 2, C: 3, D: 0 };
    const { choose } = build(hosts, { minimum: 6, maximum: 6, localityWeights });
    for (const [hash, host] of tiny) expect(choose(hash)).toBe(host);
    const large = build(hosts, { minimum: 6144, localityWeights });
    expect(histogram(large.choose, 6000, 4)).toEqual([987, 1932, 3081, 0]);
  });

  it('HostAndLocalityWeightedTinyRing and HostAndLocalityWeightedLargeRing', () => {
    const hosts = ports(90, 4).map((host, index) => ({
      ...host,
      weight: 1 + (index % 2),
      locality: index < 2 ? 'A' : 'B',
    }));
    const localityWeights = { A: 1, B: 2 };
    const { ring, choose } = build(hosts, { minimum: 9, maximum: 9, localityWeights });
    expect(ring.size).toBe(9);
    for (const [hash, host] of [
      [928266305478181108n, 2],
      [3851675632748031481n, 3],
      [5583722120771150861n, 1],
      [6311230543546372928n, 1],
      [7700377290971790572n, 3],
      [12559126875973811811n, 3],
      [13444792449719432967n, 2],
      [13784988426630141778n, 3],
      [16117243373044804889n, 0],
    ] as const) {
      expect(choose(hash)).toBe(host);
    }
    const large = build(hosts, { minimum: 9216, localityWeights });
    expect(large.ring.size).toBe(9216);
    expect(histogram(large.choose, 9000, 4)).toEqual([924, 2009, 2053, 4014]);
  });

  it('SmallFractionalScale and LargeFractionalScale: running sums say who gets a fraction', () => {
    const small = build(ports(90, 4), { minimum: 2, maximum: 2 });
    expect(small.ring.size).toBe(2);
    expect(histogram(small.choose, 1024, 4).filter((count) => count > 0)).toHaveLength(2);
    const large = build(ports(90, 2), { minimum: 1023, maximum: 1023 });
    expect(large.ring.size).toBe(1023);
    expect(histogram(large.choose, 1023, 2)).toEqual([526, 497]);
  });

  it('LopsidedWeightSmallScale', () => {
    const hosts = ports(0, 1024).map((host, index) => ({ ...host, locality: index === 0 ? 'A' : 'B' }));
    const { ring, choose } = build(hosts, {
      minimum: 1024,
      maximum: 1024,
      localityWeights: { A: 127, B: 1 },
    });
    expect(ring.size).toBe(1024);
    for (const [hash, host] of [
      [11664790346325243808n, 1],
      [15894554872961148518n, 128],
      [13958138884277627155n, 256],
      [15803774069438192949n, 384],
      [3829253010855396576n, 512],
      [17918147347826565154n, 640],
      [6442769608292299103n, 768],
      [5881074926069334434n, 896],
    ] as const) {
      expect(choose(hash)).toBe(host);
    }
  });

  it('three equal hosts have 342 points each (reference, section 4.4)', () => {
    expect(build(ports(90, 3)).ring.size).toBe(3 * 342);
  });
});
