import { xxHash64 } from '../../xx-hash64.js';
import type { HashTable } from './hash-balancer.js';
import { type Hash64, modulo } from './hash64.js';
import type { EnvoyHost } from './host.js';
import type { NormalizedHost } from './normalized-weights.js';

/** A place in the table that nobody has. */
const FREE = -1;

/** A host while the table is filled. */
interface BuildEntry {
  readonly host: EnvoyHost;
  readonly offset: number;
  readonly skip: number;
  readonly weight: number;
  target: number;
  /** Places of its permutation that have been looked at. */
  next: number;
}

/**
 * Google's Maglev: a look-up table of prime size, filled by every host in turn with the next free place of its own
 * permutation; lighter hosts miss turns. Source: Envoy, maglev/maglev_lb.cc.
 */
export class MaglevTable implements HashTable {
  /** Index of the host at each place, among those sorted by key. */
  private readonly places: Int32Array;
  private readonly hosts: readonly EnvoyHost[];

  /**
   * @param hosts at least one.
   * @param size a prime, at most 5,000,011.
   */
  constructor(hosts: readonly NormalizedHost[], size: number, keyOf: (host: EnvoyHost) => string) {
    const entries = entriesOf(hosts, size, keyOf);
    this.hosts = entries.map((entry) => entry.host);
    this.places = fill(entries, size);
  }

  chooseHost(hash: Hash64, attempt: number): EnvoyHost {
    // A further attempt takes the exclusive or with 2^64 - attempt.
    const tried = attempt === 0 ? hash : { high: ~hash.high >>> 0, low: (hash.low ^ -attempt) >>> 0 };
    return this.hosts[this.places[modulo(tried, this.places.length)]!]!;
  }
}

function entriesOf(
  hosts: readonly NormalizedHost[],
  size: number,
  keyOf: (host: EnvoyHost) => string,
): BuildEntry[] {
  const keyed = hosts.map(({ host, weight }) => ({ key: keyOf(host), host, weight }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ key, host, weight }) => ({
    host,
    weight,
    offset: Number(xxHash64(key) % BigInt(size)),
    skip: Number(xxHash64(key, 1n) % BigInt(size - 1)) + 1,
    target: 0,
    next: 0,
  }));
}

function fill(entries: readonly BuildEntry[], size: number): Int32Array {
  const places = new Int32Array(size).fill(FREE);
  const heaviest = entries.reduce((most, { weight }) => Math.max(most, weight), 0);
  let filled = 0;
  for (let turn = 1; filled < size; turn += 1) {
    for (let index = 0; index < entries.length && filled < size; index += 1) {
      const entry = entries[index]!;
      if (turn * entry.weight < entry.target) continue;
      entry.target += heaviest;
      let place = placeOf(entry, size);
      while (places[place] !== FREE) {
        entry.next += 1;
        place = placeOf(entry, size);
      }
      places[place] = index;
      entry.next += 1;
      filled += 1;
    }
  }
  return places;
}

/** Exact: offset and skip are below 2^23, and so is the number of places. */
function placeOf(entry: BuildEntry, size: number): number {
  return (entry.offset + entry.skip * entry.next) % size;
}
