import type { RandomStream } from '../../../random/stream.js';

/** Places of the 32 digits after which a UUID has a dash. */
const DASHES = [8, 12, 16, 20];
const WORD_BITS = 32;

/** A random UUID (version 4, RFC 9562) from `stream`. */
export function uuid(stream: RandomStream): string {
  const digits = [...hexDigits(stream, 4)];
  digits[12] = '4';
  digits[16] = '89ab'[Number.parseInt(digits[16]!, 16) & 3]!;
  return digits.map((digit, index) => (DASHES.includes(index) ? `-${digit}` : digit)).join('');
}

/** `words` times 32 random bits as hexadecimal digits. */
export function hexDigits(stream: RandomStream, words: number): string {
  let digits = '';
  for (let word = 0; word < words; word += 1) {
    digits += Math.floor(stream.next() * 2 ** WORD_BITS)
      .toString(16)
      .padStart(8, '0');
  }
  return digits;
}
