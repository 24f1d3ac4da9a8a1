import type { ScriptHost } from '../script/script-host.js';
import { InputError, type Mistake, nameHint, type Position } from './error.js';

/** What `Files.read` found under a path. */
export type FileContent =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  | { readonly kind: 'directory' }
  | { readonly kind: 'too-large'; readonly sizeBytes: number }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The input room's only way to the outside: a disk below the command line, a map of texts in a browser or a test. */
export interface Files {
  /** Reads a file of at most `sizeBytesMax`. Never throws. */
  read(path: string, sizeBytesMax: number): FileContent;
  /** Names of the files beside `path`, in any order; empty where there is no such directory. */
  neighbours(path: string): readonly string[];
  /** The file that `reference` names when it is written in `fromFile`. */
  resolve(fromFile: string, reference: string): string;
  /** What k6 scripts need; absent where none can be run. */
  readonly scripts?: ScriptHost | undefined;
}

/** A text file: decoded, without its byte order mark. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** Offset of each line's first character, ascending, the first 0. */
  readonly lineStarts: readonly number[];
}

/** Largest experiment or model: the real ones have a few kilobytes. */
const SIZE_BYTES_MAX = 5 * 1024 * 1024;
/** Longest line, in characters; a longer one is machine-made data that belongs in a data file. */
const LINE_LENGTH_MAX = 1_000_000;

/** Where a missing file was asked for: the place of the reference, and its path. */
export interface Reference extends Position {
  readonly path: string;
}

/** How {@link readSource} reads one file. */
export interface ReadOptions {
  /** Where the file was asked for; mistakes are told there. */
  readonly reference?: Reference;
  /** 5 MiB unless told. */
  readonly sizeBytesMax?: number;
}

/**
 * Reads a text file.
 * @throws InputError where it is missing, a directory, empty, too large or not text; at `reference`, where one is given.
 */
export function readSource(
  files: Files,
  file: string,
  { reference, sizeBytesMax = SIZE_BYTES_MAX }: ReadOptions = {},
): Source {
  const content = files.read(file, sizeBytesMax);
  const at = reference ?? { file, path: '' };
  const refuse = (got: string, expected: string, hint?: string): never => {
    throw new InputError([{ ...at, got, expected, ...(hint === undefined ? {} : { hint }) }]);
  };
  if (content.kind === 'missing') {
    return refuse(
      reference === undefined ? 'no such file' : `${JSON.stringify(file)}, which does not exist`,
      'a file',
      neighbourHint(files, file),
    );
  }
  if (content.kind === 'directory') {
    return refuse('a directory', 'a file', neighbourHint(files, `${file}/.yaml`));
  }
  if (content.kind === 'too-large') {
    return refuse(`${content.sizeBytes} bytes`, `a file of at most ${sizeBytesMax} bytes`);
  }
  if (content.kind === 'unreadable') return refuse(content.reason, 'a file that can be read');
  return decode(file, content.bytes, refuse);
}

/** The position of a character offset, with its line. */
export function positionAt(source: Source, offset: number): Required<Position> {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (source.lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  const start = source.lineStarts[low]!;
  const end = source.lineStarts[low + 1] ?? source.text.length + 1;
  const lineText = source.text.slice(start, end - 1).replace(/\r$/, '');
  return { file: source.file, line: low + 1, column: offset - start + 1, lineText };
}

function decode(
  file: string,
  bytes: Uint8Array,
  refuse: (got: string, expected: string, hint?: string) => never,
): Source {
  if (bytes.includes(0)) return refuse('binary data', 'a text file in UTF-8', binaryHint(bytes));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The decoder's own message says no more than this.
    return refuse('bytes that are not UTF-8', 'a text file in UTF-8');
  }
  if (text.trim() === '') return refuse('an empty file', 'a mapping');
  const source = { file, text, lineStarts: lineStartsOf(text) };
  const long = source.lineStarts.findIndex(
    (start, index) => (source.lineStarts[index + 1] ?? text.length) - start > LINE_LENGTH_MAX,
  );
  if (long >= 0) {
    const length = (source.lineStarts[long + 1] ?? text.length) - source.lineStarts[long]!;
    const mistake: Mistake = {
      file,
      line: long + 1,
      column: 1,
      path: '',
      got: `a line of ${length} characters`,
      expected: `lines of at most ${LINE_LENGTH_MAX} characters`,
    };
    throw new InputError([mistake]);
  }
  return source;
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}

function binaryHint(bytes: Uint8Array): string | undefined {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return utf16 ? 'it looks like UTF-16: save it as UTF-8' : undefined;
}

function neighbourHint(files: Files, file: string): string | undefined {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return nameHint(name, [...files.neighbours(file)].sort());
}

/** Files in memory, by path with `/`: for a browser, and for tests. */
export function memoryFiles(contents: Readonly<Record<string, string | Uint8Array>>): Files {
  const encoder = new TextEncoder();
  return {
    read(path, sizeBytesMax) {
      const content = Object.hasOwn(contents, path) ? contents[path]! : undefined;
      if (content === undefined) {
        const isDirectory = Object.keys(contents).some((key) => key.startsWith(`${path}/`));
        return { kind: isDirectory ? 'directory' : 'missing' };
      }
      const bytes = typeof content === 'string' ? encoder.encode(content) : content;
      if (bytes.length > sizeBytesMax) return { kind: 'too-large', sizeBytes: bytes.length };
      return { kind: 'file', bytes };
    },
    neighbours(path) {
      const directory = path.slice(0, path.lastIndexOf('/') + 1);
      return Object.keys(contents)
        .filter((key) => key.startsWith(directory) && !key.slice(directory.length).includes('/'))
        .map((key) => key.slice(directory.length));
    },
    resolve: resolveSlashes,
  };
}

/** `../models/a.yaml` seen from `experiments/b.yaml` is `models/a.yaml`. */
function resolveSlashes(fromFile: string, reference: string): string {
  if (reference.startsWith('/')) return reference;
  const parts = fromFile.split('/').slice(0, -1);
  for (const part of reference.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
