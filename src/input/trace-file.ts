import {
  isAccessLog,
  type LineProblem,
  type LoggedRequest,
  maybePath,
  parseTime,
  readAccessLine,
} from './access-log.js';
import { cellsOf } from './data-file.js';
import { InputError, type Mistake, nameHint } from './error.js';
import { isMapping, mappingOf } from './mapping.js';
import { locate, mistakeOf, type Origin } from './origin.js';
import { formatPath, getPath, type Path, setPath } from './path.js';
import { addRowMistake, type RowMistakes, throwRowMistakes } from './row-mistakes.js';
import { type Files, readSource } from './source.js';

/** Largest trace: about half a million lines of an access log. */
const SIZE_BYTES_MAX = 64 * 1024 * 1024;

/** A plain value with the traces it names read into it. */
interface Traced {
  readonly value: unknown;
  readonly mistakes: readonly Mistake[];
}

/**
 * Replaces the `file` of every scenario that replays a trace by its `requests`, times counted from the first: so that below this room
 * there are no files. A file is looked for beside the one that names it.
 */
export function resolveTraces(value: unknown, origin: Origin, files: Files): Traced {
  const mistakes: Mistake[] = [];
  let resolved = value;
  for (const path of tracePaths(value)) {
    const { file, ...others } = mappingOf(getPath(value, path));
    if (typeof file !== 'string') continue;
    try {
      if ('requests' in others) throw new InputError([mistakeOf(origin, bothAt(path))]);
      const requests = readTrace(file, [...path, 'file'], { origin, files });
      resolved = setPath(resolved, path, { ...others, requests });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mistakes.push(...error.mistakes);
      // Complete enough not to be complained about a second time.
      resolved = setPath(resolved, path, { ...others, requests: [{ at: '0s', path: '/' }] });
    }
  }
  return { value: resolved, mistakes };
}

function bothAt(path: Path) {
  return { path, aboutKey: 'file', got: 'file and requests', expected: 'one of them' };
}

function tracePaths(value: unknown): Path[] {
  const { load } = mappingOf(value);
  const { executor, scenarios } = mappingOf(load);
  if (executor === 'trace') return [['load']];
  if (!isMapping(scenarios)) return [];
  const traces = Object.keys(scenarios).filter((name) => mappingOf(scenarios[name]).executor === 'trace');
  return traces.map((name) => ['load', 'scenarios', name]);
}

interface Context {
  readonly origin: Origin;
  readonly files: Files;
}

function readTrace(file: string, path: Path, { origin, files }: Context): Record<string, unknown>[] {
  const reference = { ...locate(origin, path, 'value'), path: formatPath(path) };
  const target = files.resolve(reference.file, file);
  const source = readSource(files, target, { reference, sizeBytesMax: SIZE_BYTES_MAX });
  const lines = source.text.split(/\r?\n/);
  const mistakes: RowMistakes = { file: target, found: [] };
  const first = lines.findIndex((line) => line.trim() !== '');
  const read = isAccessLog(lines[first] ?? '') ? readAccessLine : tableReader(lines, first, mistakes);
  const start = read === readAccessLine ? first : first + 1;
  const requests: LoggedRequest[] = [];
  for (let index = start; index < lines.length; index += 1) {
    const text = lines[index]!;
    if (text.trim() === '') continue;
    const request = read(text);
    if (request === undefined) continue;
    if ('got' in request) addRowMistake(mistakes, { line: index + 1, text }, { path: '', ...request });
    else requests.push(request);
  }
  throwRowMistakes(mistakes);
  if (requests.length === 0) {
    throw new InputError([{ ...reference, got: `${target} without a request`, expected: 'at least one' }]);
  }
  return fromTheFirst(requests);
}

/** In the order of their times; those of one time as they stand. */
function fromTheFirst(requests: readonly LoggedRequest[]): Record<string, unknown>[] {
  const sorted = [...requests].sort((a, b) => a.atSeconds - b.atSeconds);
  const startSeconds = sorted[0]!.atSeconds;
  return sorted.map(({ atSeconds, ...request }) => {
    const given = Object.entries(request).filter(([, part]) => part !== undefined);
    return { at: `${(atSeconds - startSeconds).toFixed(6)}s`, ...Object.fromEntries(given) };
  });
}

/** Columns of a table, by the names that its first line may give them. */
const COLUMNS = {
  time: ['time', 'timestamp', 'at', 't'],
  method: ['method'],
  path: ['path', 'url', 'uri'],
  client: ['client', 'remote_addr', 'ip'],
  headers: ['headers'],
  bytes: ['bytes', 'request_bytes'],
} as const;

type Column = keyof typeof COLUMNS;

type LineReader = (line: string) => LoggedRequest | LineProblem | undefined;

/** Reads the lines of a CSV whose first line names the columns; times are seconds or dates. */
function tableReader(lines: readonly string[], first: number, mistakes: RowMistakes): LineReader {
  const head = lines[first] ?? '';
  const separator = [',', ';', '\t'].find((candidate) => head.includes(candidate)) ?? ',';
  const names = cellsOf(head, separator);
  const indexOf = (column: Column) =>
    names.findIndex((name) => (COLUMNS[column] as readonly string[]).includes(name.toLowerCase()));
  const known = Object.values(COLUMNS).flat();
  for (const name of names.filter((candidate) => !known.includes(candidate.toLowerCase() as never))) {
    const hint = nameHint(name, known);
    const problem = { path: '', got: JSON.stringify(name), expected: `columns named ${known.join(', ')}` };
    addRowMistake(
      mistakes,
      { line: first + 1, text: head },
      hint === undefined ? problem : { ...problem, hint },
    );
  }
  for (const column of ['time', 'path'] as const) {
    if (indexOf(column) >= 0) continue;
    const expected = `a column "${column}", or a line of an access log`;
    addRowMistake(mistakes, { line: first + 1, text: head }, { path: '', got: 'none', expected });
  }
  throwRowMistakes(mistakes);
  const columns = Object.fromEntries(
    (Object.keys(COLUMNS) as Column[]).map((column) => [column, indexOf(column)]),
  ) as Record<Column, number>;
  return (line) => readRow(csvCells(line, separator), columns);
}

/** Cells with quotes, in which separators and doubled quotes may stand (RFC 4180). */
function csvCells(line: string, separator: string): string[] {
  if (!line.includes('"')) return cellsOf(line, separator);
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index]!;
    if (character === '"' && quoted && line[index + 1] === '"') {
      cell += '"';
      index += 1;
    } else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...cells, cell.trim()];
}

function readRow(
  cells: readonly string[],
  columns: Readonly<Record<Column, number>>,
): LoggedRequest | LineProblem {
  const cellOf = (column: Column) => cells[columns[column]] ?? '';
  const atSeconds = parseTime(cellOf('time'));
  if (Number.isNaN(atSeconds)) {
    return {
      got: JSON.stringify(cellOf('time')),
      expected: 'a time: seconds, or a date like 2025-10-10T13:55:36.250Z',
    };
  }
  const path = maybePath(cellOf('path'));
  if (path === undefined)
    return { got: JSON.stringify(cellOf('path')), expected: 'a path that starts with "/"' };
  const method = cellOf('method') === '' ? 'GET' : cellOf('method').toUpperCase();
  if (!/^[A-Z]+$/.test(method)) return { got: JSON.stringify(method), expected: 'a method like GET' };
  const bytes = cellOf('bytes') === '' ? undefined : Number(cellOf('bytes'));
  if (bytes !== undefined && !Number.isSafeInteger(bytes)) {
    return { got: JSON.stringify(cellOf('bytes')), expected: 'a whole number of bytes' };
  }
  const headers = cellOf('headers') === '' ? undefined : maybeHeaders(cellOf('headers'));
  if (headers === null) {
    return { got: JSON.stringify(cellOf('headers')), expected: 'headers as JSON, like {"x-token": "a"}' };
  }
  const client = cellOf('client') === '' ? undefined : cellOf('client');
  return { atSeconds, method, path, client, headers, bytes };
}

/** `null` where the text is no JSON object of texts. */
function maybeHeaders(text: string): Record<string, string> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isMapping(value)) return null;
    return Object.values(value).every((part) => typeof part === 'string')
      ? (value as Record<string, string>)
      : null;
  } catch {
    // The parser counts characters of the cell; that it is no JSON says enough.
    return null;
  }
}
