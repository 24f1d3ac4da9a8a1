import { base64, bytesOf } from './encoding.js';
import { goError } from './errors.js';
import { HASHES, type Hash } from './hashes.js';
import { ripemd160 } from './ripemd.js';
import { currentVu } from './vu.js';

function hashOf(name: unknown): Hash {
  const text = String(name);
  if (text === 'ripemd160') return { digest: ripemd160, blockBytes: 64 };
  if (!Object.hasOwn(HASHES, text)) throw goError(`invalid algorithm: ${text}`);
  return HASHES[text]!;
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

function encoded(bytes: Uint8Array, encoding: unknown): unknown {
  switch (String(encoding)) {
    case 'hex':
      return hex(bytes);
    case 'base64':
      return base64(bytes, 'std');
    case 'base64url':
      return base64(bytes, 'url');
    case 'base64rawurl':
      return base64(bytes, 'rawurl');
    case 'binary':
      return bytes.slice().buffer;
    default:
      throw goError(`invalid output encoding: ${String(encoding)}`);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** HMAC (RFC 2104). */
function hmacOf({ digest, blockBytes }: Hash, secret: Uint8Array, data: Uint8Array): Uint8Array {
  const key = new Uint8Array(blockBytes);
  key.set(secret.length > blockBytes ? digest(secret) : secret);
  const inner = joined([key.map((byte) => byte ^ 0x36), data]);
  return digest(joined([key.map((byte) => byte ^ 0x5c), digest(inner)]));
}

/** What `createHash` and `createHMAC` return. */
class Hasher {
  readonly #parts: Uint8Array[] = [];
  readonly #digest: (bytes: Uint8Array) => Uint8Array;

  constructor(digest: (bytes: Uint8Array) => Uint8Array) {
    this.#digest = digest;
  }

  update(data: unknown): void {
    this.#parts.push(bytesOf(data));
  }

  digest(encoding: unknown): unknown {
    return encoded(this.#digest(joined(this.#parts)), encoding);
  }
}

function randomBytes(count: unknown): Uint8Array {
  const size = Number(count);
  if (!(size > 0)) throw goError('invalid size');
  const { numbers } = currentVu();
  return Uint8Array.from({ length: size }, () => numbers.next32() & 255);
}

function oneShot(name: string) {
  return (data: unknown, encoding: unknown) => encoded(hashOf(name).digest(bytesOf(data)), encoding);
}

/** What `import ... from 'k6/crypto'` gives. */
export const cryptoModule: Readonly<Record<string, unknown>> = {
  createHash: (name: unknown) => new Hasher(hashOf(name).digest),
  createHMAC: (name: unknown, secret: unknown) => {
    const hash = hashOf(name);
    const key = bytesOf(secret);
    return new Hasher((bytes) => hmacOf(hash, key, bytes));
  },
  hmac: (name: unknown, secret: unknown, data: unknown, encoding: unknown) =>
    encoded(hmacOf(hashOf(name), bytesOf(secret), bytesOf(data)), encoding),
  md4: oneShot('md4'),
  md5: oneShot('md5'),
  sha1: oneShot('sha1'),
  sha256: oneShot('sha256'),
  sha384: oneShot('sha384'),
  sha512: oneShot('sha512'),
  sha512_224: oneShot('sha512_224'),
  sha512_256: oneShot('sha512_256'),
  ripemd160: oneShot('ripemd160'),
  randomBytes: (count: unknown) => randomBytes(count).buffer,
  hexEncode: (data: unknown) => hex(bytesOf(data)),
};

/** The global `crypto`, as far as scripts use it: random numbers, by the virtual user's seed. */
export const webCrypto: Readonly<Record<string, unknown>> = Object.freeze({
  getRandomValues: (array: unknown) => {
    const view = array as Uint8Array;
    bytesOf(view).set(randomBytes(view.byteLength));
    return array;
  },
  randomUUID: () => {
    const bytes = randomBytes(16);
    bytes[6] = (bytes[6]! & 15) | 64;
    bytes[8] = (bytes[8]! & 63) | 128;
    return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
});
