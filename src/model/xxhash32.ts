const PRIME_1 = 2654435761;
const PRIME_2 = 2246822519;
const PRIME_3 = 3266489917;
const PRIME_4 = 668265263;
const PRIME_5 = 374761393;

/** Bytes of one round of the four lanes. */
const STRIPE = 16;

const encoder = new TextEncoder();

/** xxHash32 (XXH32, Yann Collet) of a text in UTF-8, with seed 0; 0 to 2^32 - 1. */
export function xxhash32(text: string): number {
  const bytes = encoder.encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length;
  let position = 0;
  let hash = PRIME_5;
  if (length >= STRIPE) {
    const lanes = [PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1];
    for (; position <= length - STRIPE; position += STRIPE) {
      for (let lane = 0; lane < 4; lane += 1) {
        const word = view.getUint32(position + 4 * lane, true);
        lanes[lane] = Math.imul(rotate(lanes[lane]! + Math.imul(word, PRIME_2), 13), PRIME_1);
      }
    }
    hash = rotate(lanes[0]!, 1) + rotate(lanes[1]!, 7) + rotate(lanes[2]!, 12) + rotate(lanes[3]!, 18);
  }
  hash = (hash + length) | 0;
  for (; position <= length - 4; position += 4) {
    const word = view.getUint32(position, true);
    hash = Math.imul(rotate(hash + Math.imul(word, PRIME_3), 17), PRIME_4);
  }
  for (; position < length; position += 1) {
    hash = Math.imul(rotate(hash + Math.imul(bytes[position]!, PRIME_5), 11), PRIME_1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The low 32 bits of `value`, rotated to the left. */
function rotate(value: number, bits: number): number {
  return (value << bits) | ((value | 0) >>> (32 - bits));
}
