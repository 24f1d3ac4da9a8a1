import type { Mistake, Position } from './error.js';
import { formatPath, type Path, startsWith } from './path.js';
import type { YamlFile } from './yaml.js';

/** A value that a `vary` line put into a file's plain data: mistakes in it belong to that line. */
export interface Overlay {
  /** Where it was put. */
  readonly path: Path;
  /** The file of the `vary` line, and in it the path to the value and to the key that spells `path`. */
  readonly yaml: YamlFile;
  readonly valueAt: Path;
  readonly keyAt: Path;
}

/** Where the parts of a value came from: a file, or a mapping inside one, with what `vary` put over it. */
export interface Origin {
  readonly yaml: YamlFile;
  /** Path of the value in the file: `['model']` for a model written inside its experiment. */
  readonly base: Path;
  readonly overlays: readonly Overlay[];
}

/** Where a mistake is, and what is wrong with it. */
export interface Finding {
  readonly path: Path;
  /** The key of that name in the mapping at `path`, instead of the value at `path`. */
  readonly aboutKey?: string | undefined;
  readonly got: string;
  readonly expected: string;
  readonly hint?: string | undefined;
}

/** The place of the value at `path`, or of its key. */
export function locate(origin: Origin, path: Path, of: 'key' | 'value'): Required<Position> {
  const full = [...origin.base, ...path];
  for (const overlay of origin.overlays) {
    if (startsWith(path, overlay.path)) {
      const inner = path.slice(overlay.path.length);
      if (inner.length === 0 && of === 'key') return overlay.yaml.locate(overlay.keyAt, 'key');
      return overlay.yaml.locate([...overlay.valueAt, ...inner], of);
    }
    // A key on the way to a varied value that is there only because of it.
    if (of === 'key' && startsWith(overlay.path, path) && !origin.yaml.has(full)) {
      return overlay.yaml.locate(overlay.keyAt, 'key');
    }
  }
  return origin.yaml.locate(full, of);
}

/** A finding with its place. */
export function mistakeOf(origin: Origin, { path, aboutKey, got, expected, hint }: Finding): Mistake {
  const full = aboutKey === undefined ? path : [...path, aboutKey];
  return {
    ...locate(origin, full, aboutKey === undefined ? 'value' : 'key'),
    path: formatPath([...origin.base, ...full]),
    got,
    expected,
    ...(hint === undefined ? {} : { hint }),
  };
}
