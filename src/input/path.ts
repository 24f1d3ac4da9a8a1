/** Keys and indices from the top of a file to a value. */
export type Path = readonly (string | number)[];

/** The way to a value as a person writes it: `services.api.routes."GET /x"[0].cpu`. The reverse of {@link parsePath}. */
export function formatPath(path: Path): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else
      text += `${text === '' ? '' : '.'}${/^[^\s."'[\]]+$/.test(segment) ? segment : JSON.stringify(segment)}`;
  }
  return text;
}

/**
 * Reads a path as `vary` and `--set` write it: keys separated by dots, in quotes where a key has dots, blanks or brackets, and
 * indices in brackets. Returns `undefined` where it is not one.
 */
export function parsePath(text: string): (string | number)[] | undefined {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== '' || path.length === 0) {
    const match = /^(?:\[(\d+)\]|(\.?)(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^."'[\]]+)))/.exec(rest);
    if (match === null) return undefined;
    const [all, index, dot, double, single, plain] = match;
    const isFirst = path.length === 0;
    if (index !== undefined) {
      path.push(Number(index));
    } else {
      if ((dot === '.') === isFirst) return undefined;
      path.push(double !== undefined ? double.replace(/\\(.)/g, '$1') : (single ?? plain!));
    }
    rest = rest.slice(all.length);
  }
  return path;
}

/** Why a path cannot be set: the part of it that is there, and what stands in the way. */
export class PathError extends Error {
  constructor(
    readonly prefix: Path,
    readonly got: unknown,
    readonly expected: string,
  ) {
    super(`${formatPath(prefix)}: expected ${expected}`);
  }
}

/**
 * `root` with `value` at `path`; mappings on the way are made where they are missing, and nothing is changed in place.
 * @throws PathError where the way leads through a value that has no parts, or to an index that does not exist.
 */
export function setPath(root: unknown, path: Path, value: unknown): unknown {
  return setFrom(root, path, 0, value);
}

function setFrom(node: unknown, path: Path, depth: number, value: unknown): unknown {
  if (depth === path.length) return value;
  const segment = path[depth]!;
  if (Array.isArray(node)) {
    const index = Number(segment);
    if (!Number.isInteger(index) || index < 0 || index >= node.length) {
      throw new PathError(path.slice(0, depth), node, `an index from 0 to ${node.length - 1}`);
    }
    return node.map((item, position) => (position === index ? setFrom(item, path, depth + 1, value) : item));
  }
  if (node !== undefined && node !== null && typeof node !== 'object') {
    throw new PathError(path.slice(0, depth), node, 'a mapping');
  }
  const key = String(segment);
  const mapping = (node ?? {}) as Record<string, unknown>;
  const inner = Object.hasOwn(mapping, key) ? mapping[key] : undefined;
  // Not by assignment: a key named `__proto__` is a key like any other.
  const entries = Object.entries(mapping).filter(([other]) => other !== key);
  return Object.fromEntries([...entries, [key, setFrom(inner, path, depth + 1, value)]]);
}

/** The value at `path`, `undefined` where there is none. */
export function getPath(root: unknown, path: Path): unknown {
  let node = root;
  for (const segment of path) {
    if (node === null || typeof node !== 'object' || !Object.hasOwn(node, segment)) return undefined;
    node = (node as Record<string | number, unknown>)[segment];
  }
  return node;
}

/** True where `path` begins with `prefix`. */
export function startsWith(path: Path, prefix: Path): boolean {
  return (
    prefix.length <= path.length && prefix.every((segment, index) => String(segment) === String(path[index]))
  );
}
