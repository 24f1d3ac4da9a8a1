/** A hash function: bytes to bytes. */
export interface Hash {
  readonly digest: (bytes: Uint8Array) => Uint8Array;
  /** For HMAC. */
  readonly blockBytes: number;
}

const WORD_32 = 0xffffffff;
const MASK_64 = (1n << 64n) - 1n;

/** The message with its end mark and length, as the MD and SHA families have it. */
function padded(bytes: Uint8Array, blockBytes: number, order: 'little' | 'big'): DataView {
  const lengthBytes = blockBytes === 128 ? 16 : 8;
  const total = Math.ceil((bytes.length + 1 + lengthBytes) / blockBytes) * blockBytes;
  const message = new Uint8Array(total);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  const bits = BigInt(bytes.length) * 8n;
  view.setBigUint64(total - 8, bits, order === 'little');
  return view;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function output(words: ArrayLike<number>, order: 'little' | 'big'): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < words.length; index++)
    view.setUint32(index * 4, words[index]! >>> 0, order === 'little');
  return bytes;
}

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_SINES = Array.from({ length: 64 }, (_, index) =>
  Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32),
);

/** MD5 (RFC 1321). */
function md5(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, 64, 'little');
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      const mix = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round]!;
      const word = [step, (5 * step + 1) & 15, (3 * step + 5) & 15, (7 * step) & 15][round]!;
      const sum = (a + mix + MD5_SINES[step]! + view.getUint32(block + word * 4, true)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotate(sum, MD5_SHIFTS[round * 4 + (step & 3)]!)) | 0;
    }
    addTo(state, [a, b, c, d]);
  }
  return output(state, 'little');
}

const MD4_SHIFTS = [3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15];
const MD4_LAST = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];

/** MD4 (RFC 1320). */
function md4(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, 64, 'little');
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let step = 0; step < 48; step++) {
      const round = step >> 4;
      const mix = [(b & c) | (~b & d), (b & c) | (b & d) | (c & d), b ^ c ^ d][round]!;
      const word = [step & 15, ((step & 3) << 2) | ((step & 15) >> 2), MD4_LAST[step & 15]!][round]!;
      const sum =
        (a + mix + view.getUint32(block + word * 4, true) + [0, 0x5a827999, 0x6ed9eba1][round]!) | 0;
      a = d;
      d = c;
      c = b;
      b = rotate(sum, MD4_SHIFTS[round * 4 + (step & 3)]!);
    }
    addTo(state, [a, b, c, d]);
  }
  return output(state, 'little');
}

function addTo(state: Uint32Array, values: readonly number[]): void {
  for (let index = 0; index < state.length; index++)
    state[index] = (state[index]! + values[index]!) & WORD_32;
}

/** SHA-1 (FIPS 180-4). */
function sha1(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, 64, 'big');
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const words = new Uint32Array(80);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let index = 0; index < 16; index++) words[index] = view.getUint32(block + index * 4);
    for (let index = 16; index < 80; index++) {
      words[index] = rotate(
        words[index - 3]! ^ words[index - 8]! ^ words[index - 14]! ^ words[index - 16]!,
        1,
      );
    }
    let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
    for (let step = 0; step < 80; step++) {
      const round = Math.floor(step / 20);
      const mix = [(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d][round]!;
      const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round]!;
      const sum = (rotate(a, 5) + mix + e + constant + words[step]!) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = sum;
    }
    addTo(state, [a, b, c, d, e]);
  }
  return output(state, 'big');
}

/** The first primes. */
function primes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

/** The first 64 bits of the fraction of the `power`th root of a number: where the constants of SHA-2 come from. */
function rootFraction(number: number, power: 2n | 3n): bigint {
  const target = BigInt(number) << (64n * power);
  let low = 0n;
  let high = 1n << 70n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** power <= target) low = middle;
    else high = middle - 1n;
  }
  return low & MASK_64;
}

const tables: { rounds: bigint[]; start: bigint[]; start384: bigint[] } = {
  rounds: [],
  start: [],
  start384: [],
};

/** The constants of SHA-2, worked out when they are first needed. */
function shaTables(): typeof tables {
  if (tables.rounds.length === 0) {
    tables.rounds = primes(80).map((prime) => rootFraction(prime, 3n));
    tables.start = primes(8).map((prime) => rootFraction(prime, 2n));
    tables.start384 = primes(16)
      .slice(8)
      .map((prime) => rootFraction(prime, 2n));
  }
  return tables;
}

/** SHA-256 (FIPS 180-4). */
function sha256(bytes: Uint8Array): Uint8Array {
  const { rounds, start } = shaTables();
  const constants = rounds.map((word) => Number(word >> 32n));
  const state = Uint32Array.from(start, (word) => Number(word >> 32n));
  const view = padded(bytes, 64, 'big');
  const w = new Uint32Array(64);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let index = 0; index < 16; index++) w[index] = view.getUint32(block + index * 4);
    for (let index = 16; index < 64; index++) {
      const x = w[index - 15]!;
      const y = w[index - 2]!;
      const low = rotate(x, 25) ^ rotate(x, 14) ^ (x >>> 3);
      const high = rotate(y, 15) ^ rotate(y, 13) ^ (y >>> 10);
      w[index] = w[index - 16]! + low + w[index - 7]! + high;
    }
    const v = Array.from(state);
    for (let step = 0; step < 64; step++) {
      const [a, b, c, , e, f, g] = v as [number, number, number, number, number, number, number];
      const high = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7);
      const one = (v[7]! + high + ((e & f) ^ (~e & g)) + constants[step]! + w[step]!) | 0;
      const low = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10);
      const two = (low + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      v.pop();
      v.unshift((one + two) | 0);
      v[4] = (v[4]! + one) | 0;
    }
    addTo(state, v);
  }
  return output(state, 'big');
}

function rotate64(word: bigint, by: bigint): bigint {
  return ((word >> by) | (word << (64n - by))) & MASK_64;
}

/** The compression of SHA-512 (FIPS 180-4), from any start. */
function sha512From(bytes: Uint8Array, start: readonly bigint[]): Uint8Array {
  const { rounds } = shaTables();
  const state = [...start];
  const view = padded(bytes, 128, 'big');
  const w = new BigUint64Array(80);
  for (let block = 0; block < view.byteLength; block += 128) {
    for (let index = 0; index < 16; index++) w[index] = view.getBigUint64(block + index * 8);
    for (let index = 16; index < 80; index++) {
      const x = w[index - 15]!;
      const y = w[index - 2]!;
      const low = rotate64(x, 1n) ^ rotate64(x, 8n) ^ (x >> 7n);
      const high = rotate64(y, 19n) ^ rotate64(y, 61n) ^ (y >> 6n);
      w[index] = w[index - 16]! + low + w[index - 7]! + high;
    }
    const v = [...state];
    for (let step = 0; step < 80; step++) {
      const [a, b, c, , e, f, g] = v as [bigint, bigint, bigint, bigint, bigint, bigint, bigint];
      const high = rotate64(e, 14n) ^ rotate64(e, 18n) ^ rotate64(e, 41n);
      const one = (v[7]! + high + ((e & f) ^ (~e & MASK_64 & g)) + rounds[step]! + w[step]!) & MASK_64;
      const low = rotate64(a, 28n) ^ rotate64(a, 34n) ^ rotate64(a, 39n);
      const two = (low + ((a & b) ^ (a & c) ^ (b & c))) & MASK_64;
      v.pop();
      v.unshift((one + two) & MASK_64);
      v[4] = (v[4]! + one) & MASK_64;
    }
    for (let index = 0; index < 8; index++) state[index] = (state[index]! + v[index]!) & MASK_64;
  }
  const result = new Uint8Array(64);
  const resultView = new DataView(result.buffer);
  state.forEach((word, index) => {
    resultView.setBigUint64(index * 8, word);
  });
  return result;
}

/** SHA-512/t: starts from what a changed SHA-512 makes of its own name. */
function sha512Cut(bytes: Uint8Array, bits: number): Uint8Array {
  const mask = 0xa5a5a5a5a5a5a5a5n;
  const name = Uint8Array.from(`SHA-512/${bits}`, (letter) => letter.charCodeAt(0));
  const seed = new DataView(
    sha512From(
      name,
      shaTables().start.map((word) => word ^ mask),
    ).buffer,
  );
  const start = Array.from({ length: 8 }, (_, index) => seed.getBigUint64(index * 8));
  return sha512From(bytes, start).slice(0, bits / 8);
}

/** The hashes of `k6/crypto` by name, but for RIPEMD-160. */
export const HASHES: Readonly<Record<string, Hash>> = {
  md4: { digest: md4, blockBytes: 64 },
  md5: { digest: md5, blockBytes: 64 },
  sha1: { digest: sha1, blockBytes: 64 },
  sha256: { digest: sha256, blockBytes: 64 },
  sha384: { digest: (bytes) => sha512From(bytes, shaTables().start384).slice(0, 48), blockBytes: 128 },
  sha512: { digest: (bytes) => sha512From(bytes, shaTables().start), blockBytes: 128 },
  sha512_224: { digest: (bytes) => sha512Cut(bytes, 224), blockBytes: 128 },
  sha512_256: { digest: (bytes) => sha512Cut(bytes, 256), blockBytes: 128 },
};
