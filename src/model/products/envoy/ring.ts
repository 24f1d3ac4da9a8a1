import type { HashTable } from './hash-balancer.js';
import { type Hash64, hash64Of } from './hash64.js';
import type { EnvoyHost } from './host.js';
import type { NormalizedHost } from './normalized-weights.js';

/** What a ring is made of. */
export interface RingSpec {
  /** Points at least (nearly), and at most. */
  readonly minimumSize: number;
  readonly maximumSize: number;
  /** The text of a host that is hashed: its address. */
  readonly keyOf: (host: EnvoyHost) => string;
  /** Of `address_0`, `address_1`, ... */
  readonly hash: (text: string) => bigint;
}

/** One host's hash on the ring. */
interface Point {
  readonly hash: bigint;
  readonly host: EnvoyHost;
}

/** A ketama ring: the first point at or after a request's hash says the host. Source: Envoy, ring_hash/ring_hash_lb.cc. */
export class Ring implements HashTable {
  /** Ascending, upper and lower halves. */
  private readonly highs: Uint32Array;
  private readonly lows: Uint32Array;
  private readonly hosts: readonly EnvoyHost[];

  /** @param hosts at least one. */
  constructor(hosts: readonly NormalizedHost[], spec: RingSpec) {
    const points = pointsOf(hosts, spec);
    // Equal hashes stay in the order of hosts; in the original that depends on the C++ library's sort.
    points.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
    const words = points.map((point) => hash64Of(point.hash));
    this.highs = Uint32Array.from(words, (word) => word.high);
    this.lows = Uint32Array.from(words, (word) => word.low);
    this.hosts = points.map((point) => point.host);
  }

  /** Points. */
  get size(): number {
    return this.hosts.length;
  }

  chooseHost(hash: Hash64, attempt: number): EnvoyHost {
    return this.hosts[(this.find(hash) + attempt) % this.hosts.length]!;
  }

  /** Index of the first point at or after `hash`; behind the last one follows the first. */
  private find({ high, low }: Hash64): number {
    const { highs, lows } = this;
    let from = 0;
    let to = highs.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const other = highs[middle]!;
      if (other < high || (other === high && lows[middle]! < low)) from = middle + 1;
      else to = middle;
    }
    return from === highs.length ? 0 : from;
  }
}

/** As many points as make the lightest host's number whole; running sums decide where a fraction goes. */
function pointsOf(hosts: readonly NormalizedHost[], spec: RingSpec): Point[] {
  const lightest = hosts.reduce((least, { weight }) => Math.min(least, weight), 1);
  const scale = Math.min(Math.ceil(lightest * spec.minimumSize) / lightest, spec.maximumSize);
  const points: Point[] = [];
  let target = 0;
  for (const { host, weight } of hosts) {
    const key = spec.keyOf(host);
    target += scale * weight;
    for (let index = 0; points.length < target; index += 1) {
      points.push({ hash: spec.hash(`${key}_${index}`), host });
    }
  }
  return points;
}
