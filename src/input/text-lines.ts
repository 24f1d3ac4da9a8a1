import { InputError } from './error.js';

/** A text of any size, read once from the beginning. */
export interface TextLines {
  /** As given; for messages. */
  readonly file: string;
  /** The first line or lines: `HEAD_LENGTH` characters, fewer where the text is shorter. */
  readonly head: string;
  /** All lines in order, in batches of what one chunk completed; without line breaks. The last line may be empty. */
  readonly batches: AsyncIterable<readonly string[]>;
}

const HEAD_LENGTH = 4096;
/** First two bytes of gzip data (RFC 1952). */
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * Reads a text, plain or compressed by gzip (seen from its first bytes, not from its name), without ever holding more of it
 * than a chunk and a line. Uses only what browsers have too.
 *
 * @throws InputError for what is empty or not UTF-8, and where compressed data breaks off: with the number of the line
 * up to which it could be read.
 */
export async function openTextLines(file: string, chunks: AsyncIterable<Uint8Array>): Promise<TextLines> {
  const lines = linesOf(file, chunks);
  const first: string[][] = [];
  let head = '';
  while (head.length < HEAD_LENGTH) {
    const next = await lines.next();
    if (next.done === true) break;
    first.push(next.value);
    head += `${next.value.join('\n')}\n`;
  }
  if (head.trim() === '') throw fileMistake(file, undefined, 'an empty file', 'measured data');
  return { file, head: head.slice(0, HEAD_LENGTH), batches: continued(first, lines) };
}

/** The whole text, for formats that are one document. */
export async function wholeText(text: TextLines): Promise<string> {
  const parts: string[] = [];
  for await (const batch of text.batches) parts.push(batch.join('\n'));
  return parts.join('\n');
}

async function* continued(
  first: readonly string[][],
  rest: AsyncGenerator<string[]>,
): AsyncGenerator<readonly string[]> {
  yield* first;
  yield* rest;
}

async function* linesOf(file: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let lineCount = 0;
  const refuse = (got: string, expected: string, hint?: string) =>
    fileMistake(file, lineCount + 1, got, expected, hint);
  const bytes = unzipped(chunks)[Symbol.asyncIterator]();
  while (true) {
    const next = await bytes.next().catch(() => {
      // Whatever the decompressor says of it, the reader's question is up to where the file is good.
      throw refuse(
        'compressed data that breaks off',
        'a complete gzip file',
        'was the run or the copy stopped?',
      );
    });
    let decoded: string;
    try {
      decoded = next.done === true ? decoder.decode() : decoder.decode(next.value, { stream: true });
    } catch {
      // The decoder's own message says no more than this.
      throw refuse('bytes that are not UTF-8', 'a text in UTF-8');
    }
    const lines = (rest + decoded).split('\n');
    if (next.done === true) {
      yield lines.map(withoutReturn);
      return;
    }
    rest = lines.pop() as string;
    if (lines.length > 0) yield lines.map(withoutReturn);
    lineCount += lines.length;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

async function* unzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  const magic: number[] = [];
  while (magic.length < GZIP_MAGIC.length) {
    const next = await source.next();
    if (next.done === true) break;
    first.push(next.value);
    magic.push(...next.value.subarray(0, GZIP_MAGIC.length));
  }
  const all = (async function* () {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => source };
  })();
  if (magic[0] === GZIP_MAGIC[0] && magic[1] === GZIP_MAGIC[1]) yield* gunzipped(all);
  else yield* all;
}

async function* gunzipped(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      // A copy: a stream's chunk may be a view of memory that its source uses again.
      else controller.enqueue(new Uint8Array(next.value));
    },
  });
  const reader = compressed.pipeThrough(new DecompressionStream('gzip')).getReader();
  while (true) {
    const next = await reader.read();
    if (next.done) return;
    yield next.value;
  }
}

function fileMistake(file: string, line: number | undefined, got: string, expected: string, hint?: string) {
  return new InputError([
    {
      file,
      ...(line === undefined ? {} : { line, column: 1 }),
      path: '',
      got,
      expected,
      ...(hint && { hint }),
    },
  ]);
}
