import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { isMapping } from './mapping.js';
import { getPath, type Path } from './path.js';
import { UNKNOWN_MARK } from './unknown-marks.js';

/** One unknown in the text of a file; behind an anchor it stands at several paths, and is one number all the same. */
export interface UnknownPlace {
  /** At least one. */
  readonly paths: readonly Path[];
  /** What stands in the text from character `start` to before `end`. */
  readonly start: number;
  readonly end: number;
}

/** True for the plain data of an unknown: `{ fit: ... }`, which is also what `?` has become. */
export function isUnknown(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length === 1 && isMapping(value.fit);
}

/** Every unknown of a document. @param value the document's plain data. */
export function unknownPlaces(document: Document.Parsed, value: unknown): UnknownPlace[] {
  const found = new Map<Node, Path[]>();
  const add = (node: Node, path: Path) => {
    // A merged key that the mapping itself has as well is not there.
    if (isUnknown(getPath(value, path))) found.set(node, [...(found.get(node) ?? []), path]);
  };
  const visit = (node: unknown, path: Path): void => {
    if (isAlias(node)) visit(node.resolve(document), path);
    else if (isScalar(node)) {
      if (node.value === UNKNOWN_MARK) add(node, path);
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    } else if (isMap(node)) {
      if (node.items.length === 1 && keyText(node.items[0]?.key) === 'fit') add(node, path);
      for (const { key, value: inner } of node.items) {
        if (keyText(key) === '<<') visitMerged(inner, path);
        else visit(inner, [...path, keyText(key)]);
      }
    }
  };
  const visitMerged = (node: unknown, path: Path): void => {
    const target = isAlias(node) ? node.resolve(document) : node;
    for (const part of isSeq(target) ? target.items : [target]) visit(part, path);
  };
  visit(document.contents, []);
  return [...found]
    .map(([node, paths]) => ({ paths, start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 }))
    .sort((a, b) => a.start - b.start);
}

/** Paths of all unknowns in plain data, in the order of its keys. */
export function unknownPaths(value: unknown, path: Path = []): Path[] {
  if (isUnknown(value)) return [path];
  if (value === null || typeof value !== 'object') return [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return entries.flatMap(([key, inner]) => unknownPaths(inner, [...path, key]));
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.source ?? key.value) : String(key);
}
