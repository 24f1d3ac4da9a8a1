import { bytesOfText } from './encoding.js';

/** A body that is made of an object. */
export interface FormBody {
  readonly text: string;
  readonly bytes: number;
  /** Its `Content-Type`. */
  readonly type: string;
}

/** Go's form of a header's name: `content-type` becomes `Content-Type`. */
export function canonical(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** `a=1&b=2`, keys sorted (Go's url.Values.Encode). */
export function formText(values: Record<string, unknown>): FormBody {
  const parts: string[] = [];
  for (const key of Object.keys(values).sort()) {
    const value = values[key];
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      const text = item === null || item === undefined ? '<nil>' : String(item);
      parts.push(`${queryText(key)}=${queryText(text)}`);
    }
  }
  const text = parts.join('&');
  return { text, bytes: text.length, type: 'application/x-www-form-urlencoded' };
}

/** Go's url.QueryEscape. */
function queryText(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');
}

/** Length of the boundary that Go's mime/multipart makes: 60 hexadecimal digits, 30 random bytes. */
const BOUNDARY = '0'.repeat(60);

/** A multipart form, as Go's mime/multipart writes it. */
export function multipartText(values: Record<string, unknown>): FormBody {
  let text = '';
  let binaryBytes = 0;
  for (const key of Object.keys(values).sort()) {
    const value = values[key] as { data?: unknown; filename?: string; content_type?: string };
    text += `--${BOUNDARY}\r\n`;
    if (typeof value === 'object' && value !== null && value.filename !== undefined) {
      text += `Content-Disposition: form-data; name="${key}"; filename="${value.filename}"\r\n`;
      text += `Content-Type: ${value.content_type}\r\n\r\n`;
      if (value.data instanceof ArrayBuffer) binaryBytes += value.data.byteLength;
      else text += String(value.data);
    } else text += `Content-Disposition: form-data; name="${key}"\r\n\r\n${String(value)}`;
    text += '\r\n';
  }
  text += `--${BOUNDARY}--\r\n`;
  return {
    text,
    bytes: bytesOfText(text).length + binaryBytes,
    type: `multipart/form-data; boundary=${BOUNDARY}`,
  };
}
