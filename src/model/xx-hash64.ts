/** Primes of XXH64. */
const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;

/** Bytes that the four lanes take at a time. */
const STRIPE = 32;

const encoder = new TextEncoder();

/**
 * XXH64 of the bytes of a text in UTF-8; 0 to 2^64 - 1. A few µs: for tables and keys, not for every request.
 * Source: the XXH64 part of xxHash's specification (doc/xxhash_spec.md, 0.1.1).
 */
export function xxHash64(text: string, seed = 0n): bigint {
  const bytes = encoder.encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  let hash = wrap(seed + PRIME_5);
  if (bytes.length >= STRIPE) {
    const lanes = [seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1].map(wrap);
    for (; position + STRIPE <= bytes.length; position += STRIPE) {
      for (let lane = 0; lane < lanes.length; lane += 1) {
        lanes[lane] = round(lanes[lane]!, view.getBigUint64(position + 8 * lane, true));
      }
    }
    hash = converge(lanes);
  }
  return avalanche(addTail(wrap(hash + BigInt(bytes.length)), view, position));
}

function converge(lanes: readonly bigint[]): bigint {
  const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint];
  let hash = wrap(rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n));
  for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * PRIME_1 + PRIME_4);
  return hash;
}

/** What is left behind the last whole stripe: by eights, a four, and single bytes. */
function addTail(start: bigint, view: DataView, from: number): bigint {
  let hash = start;
  let position = from;
  for (; position + 8 <= view.byteLength; position += 8) {
    hash ^= round(0n, view.getBigUint64(position, true));
    hash = wrap(rotate(hash, 27n) * PRIME_1 + PRIME_4);
  }
  if (position + 4 <= view.byteLength) {
    hash ^= wrap(BigInt(view.getUint32(position, true)) * PRIME_1);
    hash = wrap(rotate(hash, 23n) * PRIME_2 + PRIME_3);
    position += 4;
  }
  for (; position < view.byteLength; position += 1) {
    hash ^= wrap(BigInt(view.getUint8(position)) * PRIME_5);
    hash = wrap(rotate(hash, 11n) * PRIME_1);
  }
  return hash;
}

function avalanche(start: bigint): bigint {
  let hash = wrap((start ^ (start >> 33n)) * PRIME_2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME_3);
  return hash ^ (hash >> 32n);
}

function round(lane: bigint, input: bigint): bigint {
  return wrap(rotate(wrap(lane + input * PRIME_2), 31n) * PRIME_1);
}

function rotate(value: bigint, bits: bigint): bigint {
  return wrap(value << bits) | (value >> (64n - bits));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
