import { readMeasured } from '../../../src/input/read-measured.js';

/** Bytes in pieces of `pieceBytes`, as a file stream would bring them. */
export async function* chunks(data: string | Uint8Array, pieceBytes = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  for (let start = 0; start < bytes.length; start += pieceBytes)
    yield bytes.subarray(start, start + pieceBytes);
}

/** Reads a text that is written in the test. */
export function readText(file: string, text: string | Uint8Array, startMs?: number) {
  return readMeasured(file, chunks(text), startMs === undefined ? {} : { startMs });
}
