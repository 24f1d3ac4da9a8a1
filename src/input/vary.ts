import { canonicalJson } from './canonical.js';
import { formatPath, type Path } from './path.js';
import { ValueTexts } from './value-text.js';

/** A value that one variant puts at a path, and where in `vary` it is written. */
export interface Assignment {
  /** The path as it is written. */
  readonly text: string;
  readonly path: Path;
  readonly value: unknown;
  /** Path inside the experiment's file to the value, and to the key that spells the path. */
  readonly valueAt: Path;
  readonly keyAt: Path;
}

/** Variants beyond this are a mistake in the grid; each is at least one run. */
export const VARIANTS_MAX = 10_000;

/** How many variants a checked `vary` stands for. */
export function variantCount(vary: VaryWritten): number {
  if (Array.isArray(vary)) return vary.length;
  return Object.values(vary).reduce((product: number, values) => product * (values as unknown[]).length, 1);
}

/** A checked `vary`: paths with lists of values, or a list of combinations. */
export type VaryWritten = Readonly<Record<string, unknown[]>> | readonly Readonly<Record<string, unknown>>[];

/** A path that was parsed from its text. */
export type ParsedPaths = ReadonlyMap<string, Path>;

/** All combinations, the last path varying fastest; or the listed ones. */
export function combinations(vary: VaryWritten, paths: ParsedPaths): Assignment[][] {
  if (Array.isArray(vary)) {
    return (vary as Readonly<Record<string, unknown>>[]).map((combination, index) =>
      Object.entries(combination).map(([text, value]) => {
        const at = ['vary', index, text];
        return { text, path: paths.get(text)!, value, valueAt: at, keyAt: at };
      }),
    );
  }
  let grid: Assignment[][] = [[]];
  for (const [text, values] of Object.entries(vary)) {
    const path = paths.get(text)!;
    const keyAt = ['vary', text];
    const choices = (values as unknown[]).map((value, index) => ({
      text,
      path,
      value,
      keyAt,
      valueAt: [...keyAt, index],
    }));
    grid = grid.flatMap((combination) => choices.map((choice) => [...combination, choice]));
  }
  return grid;
}

/**
 * The label of every combination, in their order: `replicas=2, algorithm=least_conn`. Paths whose value is the same everywhere are
 * left out, and of each other path all but its last key, with as many before it as tell the paths apart.
 * @param name the label of a single combination, and of one without assignments.
 */
export function labelsOf(
  grid: readonly (readonly Assignment[])[],
  paths: ParsedPaths,
  name: string,
): string[] {
  if (grid.length === 1) return [name];
  const varied = variedPaths(grid, paths);
  const texts = valueTexts(grid, paths);
  return grid.map((assignments) => {
    const telling = assignments.filter(({ text }) => varied.has(text));
    // Nothing that tells it apart: the one combination that adds nothing to what all have, or one that is there twice.
    if (telling.length > 0) return labelOf(telling, varied, texts);
    return assignments.length > 0 ? labelOf(assignments, paths, texts) : name;
  });
}

/** The paths that are missing in some combinations, or have several values. */
function variedPaths(grid: readonly (readonly Assignment[])[], paths: ParsedPaths): ParsedPaths {
  const values = new Map<string, { count: number; readonly texts: Set<string> }>();
  for (const assignments of grid) {
    for (const { text, value } of assignments) {
      const known = values.get(text) ?? { count: 0, texts: new Set<string>() };
      known.count += 1;
      known.texts.add(canonicalJson(value));
      values.set(text, known);
    }
  }
  return new Map(
    [...paths].filter(([text]) => {
      const { count, texts } = values.get(text) ?? { count: 0, texts: new Set() };
      return count < grid.length || texts.size > 1;
    }),
  );
}

/** How values stand in labels, by path. */
function valueTexts(
  grid: readonly (readonly Assignment[])[],
  paths: ParsedPaths,
): ReadonlyMap<string, ValueTexts> {
  const all = grid.flat();
  const valuesOf = (path: string) => all.filter(({ text }) => text === path).map(({ value }) => value);
  return new Map([...paths.keys()].map((path) => [path, new ValueTexts(valuesOf(path))]));
}

function labelOf(
  assignments: readonly Assignment[],
  paths: ParsedPaths,
  texts: ReadonlyMap<string, ValueTexts>,
): string {
  return assignments
    .map(({ text, value }) => `${shortName(text, paths)}=${texts.get(text)!.of(value)}`)
    .join(', ');
}

function shortName(text: string, paths: ParsedPaths): string {
  const path = paths.get(text)!;
  const others = [...paths].filter(([other]) => other !== text).map(([, other]) => other);
  for (let length = 1; length < path.length; length += 1) {
    const name = formatPath(path.slice(-length));
    const isKey = typeof path.at(-length) === 'string';
    if (isKey && !others.some((other) => formatPath(other.slice(-length)) === name)) return name;
  }
  return formatPath(path);
}
