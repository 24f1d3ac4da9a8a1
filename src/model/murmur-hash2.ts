const MULTIPLIER = 0xc6a4a7935bd1e995n;

/** `STD_HASH_SEED` of libstdc++, which Envoy takes too. */
const STD_HASH_SEED = 0xc70f6907n;

const encoder = new TextEncoder();

/**
 * The 64-bit MurmurHash2 variant of libstdc++ (`hash_bytes.cc`) of the bytes of a text in UTF-8; 0 to 2^64 - 1. A few µs.
 * Source: Envoy, source/common/common/hash.cc (`MurmurHash::murmurHash2_64`).
 */
export function murmurHash2(text: string, seed = STD_HASH_SEED): bigint {
  const bytes = encoder.encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const aligned = bytes.length - (bytes.length % 8);
  let hash = seed ^ wrap(BigInt(bytes.length) * MULTIPLIER);
  for (let position = 0; position < aligned; position += 8) {
    const word = wrap(mix(wrap(view.getBigUint64(position, true) * MULTIPLIER)) * MULTIPLIER);
    hash = wrap((hash ^ word) * MULTIPLIER);
  }
  if (aligned < bytes.length) {
    let word = 0n;
    for (let position = bytes.length - 1; position >= aligned; position -= 1) {
      word = (word << 8n) | BigInt(view.getUint8(position));
    }
    hash = wrap((hash ^ word) * MULTIPLIER);
  }
  return mix(wrap(mix(hash) * MULTIPLIER));
}

function mix(value: bigint): bigint {
  return value ^ (value >> 47n);
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
