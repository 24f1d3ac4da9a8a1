import { gram, inverse, type Matrix } from './linear.js';

/** What the observations say of each parameter. */
export interface Identification {
  /** Standard deviation of its logarithm; `undefined` where it is not identified. */
  readonly deviations: readonly (number | undefined)[];
  /** Of those that are not: the parameters that do the same to all observations, strongest first; empty where it does next to nothing. */
  readonly twins: readonly (readonly number[])[];
}

/** Which parameters are given up first where several cannot be told apart: higher first, then the one known worse, then the later. */
export type GiveUpOrder = readonly number[];

/** A 95 % interval from half of the value to twice of it is the widest that is called known. */
export const DEVIATION_MAX = Math.LN2 / 1.96;
/** Deviations nearer than this ratio are alike: then the order of the text decides. */
const ALIKE = 1.3;
/** Share of a column's length that a twin must explain. */
const TWIN_SHARE = 0.2;

/**
 * Finds the largest set of parameters whose standard deviations are all small enough, by giving up one after the other.
 *
 * @param jacobian weighted rows; @param scale factor on all deviations: residuals larger than their sigmas say that these were too small.
 * @param candidates parameters that may be identified.
 * @param nuisance parameters that are never given up: their uncertainty is part of that of the others.
 */
export function identify(
  jacobian: Matrix,
  scale: number,
  { order, candidates, nuisance }: IdentifyOptions,
): Identification {
  const always = [...nuisance.keys()].filter((index) => nuisance[index]);
  let kept = [...candidates.keys()].filter((index) => candidates[index]);
  let deviations = deviationsOf(jacobian, [...kept, ...always], scale);
  while (kept.length > 0) {
    const worst = worstOf(kept, deviations, order);
    if (worst === undefined) break;
    kept = kept.filter((index) => index !== worst);
    deviations = deviationsOf(jacobian, [...kept, ...always], scale);
  }
  const result = candidates.map((_, index) => {
    const at = kept.indexOf(index);
    return at < 0 ? undefined : deviations[at]!;
  });
  const twins = candidates.map((isCandidate, index) =>
    !isCandidate || kept.includes(index) ? [] : twinsOf(jacobian, index, { kept, scale }),
  );
  return { deviations: result, twins };
}

/** What {@link identify} may do with each column. */
interface IdentifyOptions {
  readonly order: GiveUpOrder;
  readonly candidates: readonly boolean[];
  readonly nuisance: readonly boolean[];
}

/** Keeps the inverse defined where a column is 0: a deviation of a factor of e^10 is no knowledge. */
const RIDGE = 0.01;

function deviationsOf(jacobian: Matrix, kept: readonly number[], scale: number): number[] {
  const rows = jacobian.map((row) => kept.map((column) => row[column]!));
  const information = gram(rows, kept.length).map((row, i) =>
    row.map((value, j) => (i === j ? value + RIDGE : value)),
  );
  const covariance = inverse(information);
  if (covariance === undefined) return kept.map(() => Number.POSITIVE_INFINITY);
  return kept.map((_, i) => scale * Math.sqrt(covariance[i]![i]!));
}

function worstOf(
  kept: readonly number[],
  deviations: readonly number[],
  order: GiveUpOrder,
): number | undefined {
  const unknown = [...kept.keys()].filter((at) => !(deviations[at]! <= DEVIATION_MAX));
  if (unknown.length === 0) return undefined;
  const rank = Math.max(...unknown.map((at) => order[kept[at]!]!));
  const first = unknown.filter((at) => order[kept[at]!] === rank);
  const largest = Math.max(...first.map((at) => deviations[at]!));
  const alike = first.filter((at) => deviations[at]! * ALIKE >= largest);
  return kept[alike.at(-1)!];
}

/** The kept parameters whose columns together look like that of `index`. */
function twinsOf(
  jacobian: Matrix,
  index: number,
  { kept, scale }: { readonly kept: readonly number[]; readonly scale: number },
): number[] {
  const own = Math.sqrt(jacobian.reduce((sum, row) => sum + row[index]! ** 2, 0));
  if (own === 0 || scale / own > DEVIATION_MAX) return [];
  const similarity = kept.map((column) => {
    let product = 0;
    let length = 0;
    for (const row of jacobian) {
      product += row[column]! * row[index]!;
      length += row[column]! ** 2;
    }
    return { column, share: length === 0 ? 0 : (product * product) / length / (own * own) };
  });
  return similarity
    .filter(({ share }) => share >= TWIN_SHARE)
    .sort((a, b) => b.share - a.share)
    .map(({ column }) => column);
}
