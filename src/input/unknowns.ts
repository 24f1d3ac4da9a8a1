/** The unknowns of a model: what they are numbers of, and the range in which they are looked for. */
import { type AnyField, check, duration, number, record } from '../options/fields.js';
import { writtenAmount } from './calibration.js';
import { sortKeys } from './canonical.js';
import { findingsOf } from './issues.js';
import { isMapping, mappingOf } from './mapping.js';
import { checkModel } from './model-file.js';
import type { Finding } from './origin.js';
import { formatPath, getPath, type Path, setPath, startsWith } from './path.js';
import type { YamlFile } from './yaml.js';

/** What an unknown is: a duration (ns), a plain number, or a whole one. */
export type UnknownKind = 'duration' | 'number' | 'count';

/** A value of a model that is to be fitted. */
export interface Unknown {
  /** The first of its paths: `services.api.routes."GET /cpu"[0].cpu`. */
  readonly name: string;
  /** Several where it stands behind an anchor. */
  readonly paths: readonly Path[];
  readonly kind: UnknownKind;
  /** ns for a duration; `min < max`, both inclusive, and above 0: it is looked for by factors. */
  readonly min: number;
  readonly max: number;
  /** Within these. What it keeps where nothing identifies it. */
  readonly start: number;
  /** Where it stands in the text: characters `from` to before `to`. */
  readonly from: number;
  readonly to: number;
}

/** One value for each unknown, in their order. */
export type UnknownValues = readonly number[];

const MS = 1e6;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly start: number;
}

/** Where `?` is looked for, by the key that it stands at: ranges of what web applications are known to need, wide ones. */
const RANGES_BY_KEY: Readonly<Record<string, Range>> = {
  speed: { min: 0.2, max: 5, start: 1 },
  extra: { min: 0.01, max: 10, start: 0.5 },
  cv: { min: 0.02, max: 4, start: 0.5 },
  cpus: { min: 0.05, max: 64, start: 1 },
  time: { min: 0.05 * MS, max: 10_000 * MS, start: 3 * MS },
  wait: { min: 0.05 * MS, max: 10_000 * MS, start: 3 * MS },
  connect_time: { min: 0.05 * MS, max: 1000 * MS, start: 2 * MS },
  half: { min: 1 * MS, max: 10_000 * MS, start: 40 * MS },
};

const RANGES: Readonly<Record<UnknownKind, Range>> = {
  duration: { min: 0.002 * MS, max: 1000 * MS, start: 0.3 * MS },
  number: { min: 0.001, max: 1000, start: 0.5 },
  count: { min: 1, max: 1000, start: 10 },
};

/** Values that no field of a kind refuses, but for its own bounds. */
const PROBES: readonly (readonly [UnknownKind, string | number])[] = [
  ['duration', '1ms'],
  ['number', 1.5],
  ['number', 0.5],
  ['count', 2],
];

/**
 * Reads the unknowns of a model.
 * @param value the model's plain data.
 * @returns those that are right, and what is wrong with the others. Both empty for a model without.
 */
export function readUnknowns(
  yaml: YamlFile,
  value: unknown,
): { unknowns: readonly Unknown[]; findings: readonly Finding[] } {
  const places = yaml.unknowns();
  const kinds = kindsOf(
    value,
    places.map(({ paths }) => paths[0]!),
  );
  const unknowns: Unknown[] = [];
  const findings: Finding[] = [];
  for (const [index, { paths, start, end }] of places.entries()) {
    const path = paths[0]!;
    const kind = kinds[index];
    if (kind === undefined) {
      findings.push({ path, got: 'an unknown', expected: 'an unknown where a number or a duration stands' });
      continue;
    }
    const read = rangeOf(mappingOf(getPath(value, path)).fit, path, kind);
    if ('findings' in read) findings.push(...read.findings);
    else unknowns.push({ name: formatPath(path), paths, kind, ...read, from: start, to: end });
  }
  if (findings.length === 0) {
    const filled = fillUnknowns(
      value,
      unknowns,
      unknowns.map(({ start }) => start),
    );
    findings.push(...checkModel(filled).findings);
  }
  return { unknowns, findings };
}

/** A model's plain data with values in place of its unknowns. */
export function fillUnknowns(value: unknown, unknowns: readonly Unknown[], values: UnknownValues): unknown {
  let filled = value;
  for (const [index, unknown] of unknowns.entries()) {
    for (const path of unknown.paths) filled = setPath(filled, path, plainAmount(unknown, values[index]!));
  }
  return sortKeys(filled);
}

/** An amount of an unknown as plain data of a model: `31000ns`, `0.93`, `5`. */
export function plainAmount({ kind }: Unknown, amount: number): string | number {
  if (kind === 'count') return Math.round(amount);
  return writtenAmount(kind === 'duration' ? '' : 0, amount);
}

/** What each path takes, by trial; `undefined` where it is none of the three. */
function kindsOf(value: unknown, paths: readonly Path[]): (UnknownKind | undefined)[] {
  const kinds: (UnknownKind | undefined)[] = paths.map(() => undefined);
  const probes: (string | number)[] = paths.map(() => PROBES[0]![1]);
  const refused = (own: readonly (string | number)[]): boolean[] => {
    let filled = value;
    for (const [index, path] of paths.entries()) filled = setPath(filled, path, own[index]);
    const { findings } = checkModel(sortKeys(filled));
    return paths.map((path) => findings.some((finding) => startsWith(finding.path, path)));
  };
  const refusesText = paths.length === 0 ? [] : refused(paths.map(() => 'text'));
  for (const [kind, probe] of PROBES) {
    for (const index of paths.keys()) if (kinds[index] === undefined) probes[index] = probe;
    const isRefused = refused(probes);
    for (const index of paths.keys()) if (!isRefused[index] && refusesText[index]) kinds[index] ??= kind;
  }
  return kinds;
}

/** The range that `fit` gives, completed by what is usual at its key. */
function rangeOf(fit: unknown, path: Path, kind: UnknownKind): Range | { readonly findings: Finding[] } {
  const amount = () => (kind === 'duration' ? duration({ minNs: 1 }) : number({ above: 0 }));
  const field: AnyField = record({
    min: amount().optional(),
    max: amount().optional(),
    start: amount().optional(),
  });
  const result = check(field, fit);
  if (!result.ok) {
    const findings = findingsOf(result.issues);
    return { findings: findings.map((finding) => ({ ...finding, path: [...path, 'fit', ...finding.path] })) };
  }
  const written = result.value as Partial<Range>;
  const usual = usualRange(path, kind);
  const min = written.min ?? Math.min(usual.min, written.max ?? usual.min, written.start ?? usual.min);
  const max = written.max ?? Math.max(usual.max, min, written.start ?? usual.max);
  const start =
    written.start ??
    middleOf(min, max, written.min === undefined && written.max === undefined ? usual.start : undefined);
  if (min < max && start >= min && start <= max) return { min, max, start };
  const got = isMapping(fit) ? JSON.stringify(fit) : 'a range';
  return { findings: [{ path: [...path, 'fit'], got, expected: 'min below max, and start between them' }] };
}

function middleOf(min: number, max: number, usual: number | undefined): number {
  return usual !== undefined && usual >= min && usual <= max ? usual : Math.sqrt(min * max);
}

/** The nearest key above that says what kind of quantity it is: `exponential` alone does not. */
function usualRange(path: Path, kind: UnknownKind): Range {
  const keys = path.filter((segment) => typeof segment === 'string').reverse();
  const key = keys.find((candidate) => Object.hasOwn(RANGES_BY_KEY, candidate));
  const known = key === undefined ? undefined : RANGES_BY_KEY[key];
  const fits = known !== undefined && kind !== 'count' && known.max > 1000 === (kind === 'duration');
  return fits ? known : RANGES[kind];
}
