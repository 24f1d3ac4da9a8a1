import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  EXPERIMENT,
  EXPERIMENT_FILE,
  filesWith,
  load,
  MODEL,
  MODEL_FILE,
  mistakesOf,
} from '../input/fixture.js';

/** Fixed, as every seed of a test. */
const OPTIONS = { numRuns: 60, seed: 430 };

type Path = readonly (string | number)[];

/** Paths to all mappings in `value`. */
function mappingPaths(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [];
  const inner = Object.entries(value).flatMap(([key, part]) =>
    mappingPaths(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? inner : [path, ...inner];
}

/** Mappings whose keys are names of the user's choice, or paths: nothing can be misspelt there, only be unknown. */
const FREE = [
  'hosts',
  'network',
  'upstream',
  'services',
  'pools',
  'caches',
  'routes',
  'vary',
  'thresholds',
  'when',
];

/** Paths to the keys that the schema knows. */
function schemaKeys(value: unknown): Path[] {
  return mappingPaths(value)
    .filter((path) => !FREE.includes(String(path.at(-1))))
    .flatMap((path) => Object.keys(at(value, path) as object).map((key) => [...path, key]));
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, segment) => (node as Record<string | number, unknown>)[segment], value);
}

/** The value with the keys of every mapping put in another order. */
function shuffled(value: unknown, order: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, order));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, part]) => ({
    key,
    part: shuffled(part, order),
    rank: order(),
  }));
  entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(entries.map(({ key, part }) => [key, part]));
}

/** The value with the last key of `path` under another name, in its place. */
function renamed(value: unknown, path: Path, name: string): unknown {
  const [segment, ...rest] = path;
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === segment ? renamed(item, rest, name) : item));
  }
  return Object.fromEntries(
    Object.entries(value as object).map(([key, part]) => {
      if (key !== segment) return [key, part];
      return rest.length === 0 ? [name, part] : [key, renamed(part, rest, name)];
    }),
  );
}

const right = load();
const experiment: unknown = parse(EXPERIMENT);
const model: unknown = parse(MODEL);

describe('the order of keys', () => {
  test.prop([fc.infiniteStream(fc.integer())], OPTIONS)(
    'changes neither checked values nor hash',
    (ranks) => {
      const order = () => ranks.next().value as number;
      const loaded = load(
        filesWith({
          [EXPERIMENT_FILE]: stringify(shuffled(experiment, order)),
          [MODEL_FILE]: stringify(shuffled(model, order)),
        }),
      );
      // As text: also the order of the checked mappings is the same, which the building of a world may follow.
      expect(JSON.stringify(loaded.variants)).toBe(JSON.stringify(right.variants));
      expect(loaded.inputsHash).toBe(right.inputsHash);
    },
  );
});

describe('one misspelt key', () => {
  const places = [
    ...schemaKeys(experiment).map((path) => ({ file: EXPERIMENT_FILE, path })),
    ...schemaKeys(model).map((path) => ({ file: MODEL_FILE, path })),
  ];

  /** One letter doubled, which makes no other key of any mapping. */
  const misspelt = (key: string, position: number) => {
    const index = position % key.length;
    return key.slice(0, index) + key.charAt(index) + key.slice(index);
  };

  test.prop([fc.constantFrom(...places), fc.nat(100)], { ...OPTIONS, numRuns: 300 })(
    'is one mistake, at that key',
    ({ file, path }, position) => {
      const value = file === MODEL_FILE ? model : experiment;
      const name = misspelt(String(path.at(-1)), position);
      const text = stringify(renamed(value, path, name));
      const found = mistakesOf(() => load(filesWith({ [file]: text })));
      expect(found.map((mistake) => mistake.file)).toEqual([file]);
      const [mistake] = found;
      expect(mistake!.lineText!.slice(mistake!.column! - 1)).toMatch(new RegExp(`^"?${name}"?:`));
    },
  );
});
