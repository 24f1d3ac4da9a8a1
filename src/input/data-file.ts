import { InputError, type Mistake, nameHint } from './error.js';
import { mappingOf } from './mapping.js';
import { locate, mistakeOf, type Origin } from './origin.js';
import { formatPath, type Path, setPath } from './path.js';
import { type Files, readSource } from './source.js';

/** Largest data file: some millions of values. */
const SIZE_BYTES_MAX = 64 * 1024 * 1024;
const UNITS = ['ns', 'us', 'ms', 's', 'bytes'];

/** A plain value with the data files it names read into it. */
export interface Resolved {
  readonly value: unknown;
  /** Paths of the lists that came from files. */
  readonly lists: readonly Path[];
  readonly mistakes: readonly Mistake[];
}

/**
 * Replaces every `empirical: { file, column, unit }` by its values, so that below this room there are no files. A file is
 * looked for beside the file that names it.
 */
export function resolveDataFiles(value: unknown, origin: Origin, files: Files): Resolved {
  const mistakes: Mistake[] = [];
  const lists: Path[] = [];
  let resolved = value;
  for (const path of findReferences(value, [])) {
    const options = mappingOf(getAt(value, path));
    try {
      const values = readColumn(options, path, { origin, files });
      const { file: _, column: __, unit: ___, ...others } = options;
      resolved = setPath(resolved, path, { ...others, values });
      lists.push([...path, 'values']);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mistakes.push(...error.mistakes);
      // The distribution itself is then complete enough not to be complained about a second time.
      resolved = setPath(resolved, path, { values: [0] });
      lists.push(path);
    }
  }
  return { value: resolved, lists, mistakes };
}

/** Paths of the options of all `empirical` distributions that name a file. */
function findReferences(value: unknown, path: Path): Path[] {
  if (value === null || typeof value !== 'object') return [];
  const own = typeof mappingOf(mappingOf(value).empirical).file === 'string' ? [[...path, 'empirical']] : [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [...own, ...entries.flatMap(([key, inner]) => findReferences(inner, [...path, key]))];
}

function getAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, segment) => (node as Record<string | number, unknown>)[segment], value);
}

interface Context {
  readonly origin: Origin;
  readonly files: Files;
}

function readColumn(options: Readonly<Record<string, unknown>>, path: Path, { origin, files }: Context) {
  const { file, column, unit } = options;
  const reference = { ...locate(origin, [...path, 'file'], 'value'), path: formatPath([...path, 'file']) };
  const target = files.resolve(reference.file, String(file));
  const source = readSource(files, target, { reference, sizeBytesMax: SIZE_BYTES_MAX });
  if (unit !== undefined && !UNITS.includes(String(unit))) {
    const hint = nameHint(String(unit), UNITS);
    const finding = {
      path: [...path, 'unit'],
      got: JSON.stringify(unit),
      expected: `one of ${UNITS.join(', ')}`,
      hint,
    };
    throw new InputError([mistakeOf(origin, finding)]);
  }
  const lines = source.text.split(/\r?\n/);
  const separator = [',', ';', '\t'].find((candidate) => lines[0]!.includes(candidate)) ?? ',';
  const names = cellsOf(lines[0]!, separator);
  const index = column === undefined && names.length === 1 ? 0 : names.indexOf(String(column));
  if (index < 0) {
    const got = column === undefined ? 'nothing' : JSON.stringify(column);
    const at = column === undefined ? path : [...path, 'column'];
    const expected = `a column of ${String(file)}`;
    throw new InputError([
      mistakeOf(origin, { path: at, got, expected, hint: nameHint(String(column), names) }),
    ]);
  }
  const suffix = unit === undefined || unit === 'bytes' ? undefined : String(unit);
  // A file of one column may have no header.
  const first = names.length === 1 && Number.isFinite(Number(names[0])) ? 0 : 1;
  return lines.slice(first).flatMap((line, offset) => {
    if (line.trim() === '') return [];
    const cell = cellsOf(line, separator)[index] ?? '';
    const number = cell === '' ? Number.NaN : Number(cell);
    if (Number.isFinite(number)) return [suffix === undefined ? number : `${number.toFixed(9)}${suffix}`];
    const place = { file: target, line: first + offset + 1, column: 1, lineText: line };
    throw new InputError([{ ...place, path: '', got: JSON.stringify(cell), expected: 'a number' }]);
  });
}

/** The cells of a line, without blanks and quotes around them. */
export function cellsOf(line: string, separator: string): string[] {
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}
