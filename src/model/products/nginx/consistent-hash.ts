import { crc32, crc32Bytes } from '../../hashing.js';
import type { KeyTemplate } from './key.js';
import {
  type NginxMethod,
  type NginxPassage,
  type NginxPeer,
  type NginxPeers,
  pickRoundRobin,
  REHASHES_MAX,
  smoothWeightedStep,
} from './peers.js';

/** Points of a server of weight 1 on the ring. */
const POINTS_PER_WEIGHT = 160;

interface Ring {
  /** Ascending, no two alike. */
  readonly hashes: Float64Array;
  /** Address of the server at each point. */
  readonly addresses: readonly string[];
}

/** nginx's `hash KEY consistent` (ketama): `init_chash` and `get_chash_peer` of `ngx_http_upstream_hash_module.c`. */
export function createConsistentHash(keyOf: KeyTemplate, peers: NginxPeers): NginxMethod {
  return new ConsistentHash(keyOf, createRing(peers.peers));
}

class ConsistentHash implements NginxMethod {
  constructor(
    private readonly keyOf: KeyTemplate,
    private readonly ring: Ring,
  ) {}

  pick(passage: NginxPassage, nowSeconds: number): NginxPeer | undefined {
    passage.key ??= this.keyOf(passage.subject);
    if (passage.rehashes > REHASHES_MAX || passage.peers.single || passage.key === '') {
      return pickRoundRobin(passage, nowSeconds);
    }
    const { hashes, addresses } = this.ring;
    if (passage.hash < 0) passage.hash = findPoint(hashes, crc32(passage.key));
    for (;;) {
      const address = addresses[passage.hash % addresses.length]!;
      const best = smoothWeightedStep(passage, nowSeconds, address);
      if (best !== undefined) return passage.use(best, nowSeconds);
      passage.hash += 1;
      passage.rehashes += 1;
      if (passage.rehashes > REHASHES_MAX) return pickRoundRobin(passage, nowSeconds);
    }
  }
}

function createRing(peers: readonly NginxPeer[]): Ring {
  const points = peers.flatMap((peer) =>
    pointsOf(peer.address, POINTS_PER_WEIGHT * peer.weight).map((hash) => ({ hash, address: peer.address })),
  );
  // Of two equal points the earlier server keeps it; in the original that depends on the C library's qsort.
  points.sort((a, b) => a.hash - b.hash);
  const distinct = points.filter((point, index) => index === 0 || point.hash !== points[index - 1]!.hash);
  return {
    hashes: Float64Array.from(distinct, (point) => point.hash),
    addresses: distinct.map((point) => point.address),
  };
}

/** The first `count` points of a server, in the order they are computed: a chain of CRCs over host, NUL, port and the one before. */
export function pointsOf(address: string, count: number): number[] {
  const { host, port } = splitAddress(address);
  const base = new TextEncoder().encode(`${host}\0${port}`);
  const bytes = new Uint8Array(base.length + 4);
  bytes.set(base);
  const view = new DataView(bytes.buffer);
  const points: number[] = [];
  let previous = 0;
  for (let index = 0; index < count; index += 1) {
    view.setUint32(base.length, previous, true);
    previous = crc32Bytes(bytes);
    points.push(previous);
  }
  return points;
}

/** The port is what follows the last colon, if that is all digits. */
function splitAddress(address: string): { host: string; port: string } {
  if (address.startsWith('unix:')) return { host: address.slice('unix:'.length), port: '' };
  const match = /^(.*):(\d*)$/.exec(address);
  return match === null ? { host: address, port: '' } : { host: match[1]!, port: match[2]! };
}

/** Index of the first point at or after `hash`; the number of points if there is none. */
function findPoint(hashes: Float64Array, hash: number): number {
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hashes[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}
