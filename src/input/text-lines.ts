import { InputError } from './error.js';
import type { Ignored } from './measured.js';

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
/** Longest line: a JSON document without line breaks, of the largest size that is read. */
const LINE_LENGTH_MAX = 33 * 1024 * 1024;
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

/** How a text ended. */
export interface TextEnd {
  /** Lines, the last one included even where it has no line break. */
  readonly lines: number;
  /** The last line where it has no line break: whoever writes row by row was stopped there, or somebody edited the file. */
  readonly open: string | undefined;
}

/** Hands every line to `take`, with its number from 1; not the empty one after the last line break. */
export async function forEachLine(
  text: TextLines,
  take: (line: string, number: number) => void,
): Promise<TextEnd> {
  let lines = 0;
  let previous: string | undefined;
  for await (const batch of text.batches) {
    for (const line of batch) {
      if (previous !== undefined) {
        lines += 1;
        take(previous, lines);
      }
      previous = line;
    }
  }
  const open = previous === undefined || previous === '' ? undefined : previous;
  if (open !== undefined) {
    lines += 1;
    take(open, lines);
  }
  return { lines, open };
}

/** What is said of a file of rows whose last line is complete but for its line break: nothing where it has one. */
export function openEnd({ open }: TextEnd): Ignored[] {
  if (open === undefined) return [];
  return [
    { what: 'whatever followed the last line: it has no line break, so the file may be cut off', count: 1 },
  ];
}

/** What is thrown for a file that has a beginning, but nothing of a run. */
export function withoutRows(file: string): InputError {
  return fileMistake(file, undefined, 'a file without a row', 'at least one');
}

/** Largest document that is read as a whole: what is made of it takes several times as much. */
const DOCUMENT_LENGTH_MAX = 32 * 1024 * 1024;

/**
 * The whole text, for formats that are one document.
 * @throws InputError where it is longer than 32 million characters.
 */
export async function wholeText(text: TextLines): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const batch of text.batches) {
    const part = batch.join('\n');
    length += part.length + 1;
    if (length > DOCUMENT_LENGTH_MAX) throw tooLong(text.file);
    parts.push(part);
  }
  return parts.join('\n');
}

function tooLong(file: string): InputError {
  const hint = 'ask for less at a time: fewer series, a longer step, a shorter range';
  return fileMistake(file, undefined, 'a longer document', 'one JSON document of at most 32 MB', hint);
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
  const counted = new CountedBytes(chunks);
  const bytes = unzipped(counted)[Symbol.asyncIterator]();
  while (true) {
    const next = await bytes.next().catch((error: unknown) => {
      if (counted.failure !== undefined) throw error;
      const isBrokenOff = counted.isDone && !isDamage(error);
      throw refuse(
        `compressed data ${isBrokenOff ? 'that breaks off at' : 'with damage before'} byte ${counted.bytes}`,
        'a complete gzip file',
        isBrokenOff ? 'was the run or the copy stopped?' : undefined,
      );
    });
    let decoded: string;
    try {
      decoded = next.done === true ? decoder.decode() : decoder.decode(next.value, { stream: true });
    } catch {
      // The decoder's own message says no more than this.
      throw refuse('bytes that are not UTF-8', 'a text in UTF-8');
    }
    // A line of many chunks is put together once, not once per chunk.
    if (next.done !== true && !decoded.includes('\n')) {
      rest += decoded;
      if (rest.length > LINE_LENGTH_MAX) throw refuse('a line that never ends', 'a text of lines');
      continue;
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

/** zlib's code for data that is wrong, rather than too short; where an engine has no codes, the end of the file decides. */
function isDamage(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return code === 'Z_DATA_ERROR' || cause?.code === 'Z_DATA_ERROR';
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Bytes as they come, and how many came. */
class CountedBytes implements AsyncIterable<Uint8Array> {
  bytes = 0;
  isDone = false;
  /** What the source itself failed with: no matter of what is in the file. */
  failure: unknown;

  constructor(private readonly chunks: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.chunks) {
        this.bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
    this.isDone = true;
  }
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
