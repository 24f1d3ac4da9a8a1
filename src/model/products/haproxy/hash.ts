import { crc32Bytes } from '../../hashing.js';

/** Names of the hash functions of `hash-type`. */
export const HASH_FUNCTIONS = ['sdbm', 'djb2', 'wt6', 'crc32'] as const;
/** One of them. */
export type HashFunction = (typeof HASH_FUNCTIONS)[number];

const encoder = new TextEncoder();

const FUNCTIONS: Readonly<Record<HashFunction, (bytes: Uint8Array) => number>> = {
  sdbm,
  djb2,
  wt6,
  crc32: crc32Bytes,
};

/** `gen_hash`: the hash of a text's bytes in UTF-8; 0 to 2^32 - 1. */
export function hashText(text: string, name: HashFunction): number {
  return FUNCTIONS[name](encoder.encode(text));
}

/** `full_hash` of `include/haproxy/intops.h`: spreads small differences over all 32 bits. */
export function avalanche(value: number): number {
  let a = value >>> 0;
  a = (a + 0x7ed55d16 + (a << 12)) >>> 0;
  a = (a ^ 0xc761c23c ^ (a >>> 19)) >>> 0;
  a = (a + 0x165667b1 + (a << 5)) >>> 0;
  a = (((a + 0xd3a2646c) | 0) ^ (a << 9)) >>> 0;
  a = (a + 0xfd7046c5 + (a << 3)) >>> 0;
  a = (a ^ 0xb55a4f09 ^ (a >>> 16)) >>> 0;
  return Math.imul(a, 3_221_225_473) >>> 0;
}

/** The address's 32-bit words, XORed: `get_server_sh`. `undefined` for what is no IP address. */
export function hashAddress(address: string): number | undefined {
  const octets = address.split('.');
  if (octets.length === 4) return octets.reduce((hash, octet) => (hash << 8) | Number(octet), 0) >>> 0;
  if (!address.includes(':') || address.startsWith('unix:')) return undefined;
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  let hash = 0;
  for (let index = 0; index < 8; index += 2) hash ^= (groups[index]! << 16) | groups[index + 1]!;
  return hash >>> 0;
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function sdbm(bytes: Uint8Array): number {
  let hash = 0;
  for (const byte of bytes) hash = (byte + (hash << 6) + (hash << 16) - hash) | 0;
  return hash >>> 0;
}

function djb2(bytes: Uint8Array): number {
  let hash = 5381;
  for (const byte of bytes) hash = ((hash << 5) + hash + byte) | 0;
  return hash >>> 0;
}

/** `hash_wt6`: two words that are rotated by what the bytes before make of them. */
function wt6(bytes: Uint8Array): number {
  let h0 = 0xa53c965a | 0;
  let h1 = 0x5ca6953a | 0;
  let step0 = 6;
  let step1 = 18;
  for (const byte of bytes) {
    h0 = ~(h0 ^ byte);
    h1 = ~(h1 + byte);
    const rotated = rotateLeft(h1, step0);
    h1 = rotateLeft(h0, step1);
    h0 = rotated;
    const mixed = ((h0 >>> 16) ^ h1) & 0xffff;
    step0 = mixed & 0x1f;
    step1 = mixed >>> 11;
  }
  return (h0 ^ h1) >>> 0;
}

/** A shift by 32 is one by 0 in the original, too: x86 takes the count modulo 32. */
function rotateLeft(value: number, count: number): number {
  return (value << count) | (value >>> ((32 - count) & 31));
}
