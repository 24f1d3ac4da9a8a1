import { goError } from './errors.js';

/** The bytes of a text in UTF-8. */
export function bytesOfText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    let code = text.charCodeAt(index);
    if (code >= 0xd800 && code < 0xdc00 && index + 1 < text.length) {
      index += 1;
      code = 0x10000 + ((code - 0xd800) << 10) + (text.charCodeAt(index) - 0xdc00);
    }
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
    }
  }
  return Uint8Array.from(bytes);
}

/** How many bytes a text is in UTF-8. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Each half of a pair counts two bytes; the pair is four.
    if (code >= 0x800 && (code < 0xd800 || code >= 0xe000)) bytes += 2;
    else if (code >= 0x80) bytes += 1;
  }
  return bytes;
}

/** The text of bytes in UTF-8; what is none becomes U+FFFD. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const first = bytes[index]!;
    const length =
      first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0;
    let code = length === 1 ? first : first & (0xff >> (length + 1));
    let valid = length > 0 && index + length <= bytes.length;
    for (let more = 1; valid && more < length; more++) {
      const next = bytes[index + more]!;
      if (next >> 6 !== 2) valid = false;
      code = (code << 6) | (next & 63);
    }
    text += valid ? String.fromCodePoint(code) : '\uFFFD';
    index += valid ? length : 1;
  }
  return text;
}

/** The bytes of what k6 takes as data: a text, an ArrayBuffer, a typed array. */
export function bytesOf(data: unknown): Uint8Array {
  if (typeof data === 'string') return bytesOfText(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (Array.isArray(data)) return Uint8Array.from(data as number[]);
  throw goError(`invalid type ${typeof data}, expected string, []byte or ArrayBuffer`);
}

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const FOR_URLS = `${STANDARD.slice(0, 62)}-_`;

/** Base64 of bytes; k6's variants `std`, `rawstd`, `url`, `rawurl`. */
export function base64(bytes: Uint8Array, variant: string): string {
  const letters = variant.endsWith('url') ? FOR_URLS : STANDARD;
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const word = (bytes[index]! << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text += letters[word >> 18]! + letters[(word >> 12) & 63]!;
    if (left > 1) text += letters[(word >> 6) & 63]!;
    else if (!variant.startsWith('raw')) text += '=';
    if (left > 2) text += letters[word & 63]!;
    else if (!variant.startsWith('raw')) text += '=';
  }
  return text;
}

/** The bytes of a base64 text. @throws where it is none, in Go's words. */
export function bytesOfBase64(text: string, variant: string): Uint8Array {
  const letters = variant.endsWith('url') ? FOR_URLS : STANDARD;
  const bytes: number[] = [];
  let word = 0;
  let bits = 0;
  const padded = variant.startsWith('raw') ? text : text.replace(/={1,2}$/, '');
  for (let index = 0; index < padded.length; index++) {
    const value = letters.indexOf(padded[index]!);
    if (padded[index] === '\n' || padded[index] === '\r') continue;
    if (value === -1) throw goError(`illegal base64 data at input byte ${index}`);
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((word >> bits) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

/** What `import ... from 'k6/encoding'` gives. */
export const encodingModule: Readonly<Record<string, unknown>> = {
  b64encode: (data: unknown, variant: unknown) => base64(bytesOf(data), String(variant ?? 'std')),
  b64decode: (text: unknown, variant: unknown, format: unknown) => {
    const bytes = bytesOfBase64(String(text), String(variant ?? 'std'));
    return format === 's' ? textOfBytes(bytes) : bytes.buffer;
  },
};
