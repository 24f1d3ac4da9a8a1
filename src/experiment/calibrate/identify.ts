import { clippedInverse, type Matrix } from './linear.js';

/** What the observations say of each parameter. */
export interface Identification {
  /** Standard deviation of its logarithm; `undefined` where it is not identified. */
  readonly deviations: readonly (number | undefined)[];
  /** Of those that are not: the identified parameters that do the same to all observations, strongest first; empty where it does next to nothing. */
  readonly twins: readonly (readonly number[])[];
}

/** What {@link identify} may do with each parameter. */
export interface IdentifyOptions {
  /** Which are given up first where several cannot be told apart: higher first, then the one known worse, then the later. */
  readonly order: readonly number[];
  readonly candidates: readonly boolean[];
  /** Never given up: their uncertainty is part of that of the others. */
  readonly nuisance: readonly boolean[];
  /** Factor on all deviations: residuals larger than their sigmas say that these were too small. */
  readonly scale: number;
}

/** A 95 % interval from half of the value to twice of it is the widest that is called known. */
const DEVIATION_MAX = Math.LN2 / 1.96;
/** Deviations nearer than this ratio are alike: then the order of the text decides. */
const ALIKE = 1.3;
/** Share of a parameter's effect that a twin must have as well. */
const TWIN_SHARE = 0.2;
/** Information below this is none: a deviation of a factor of e^10. */
const INFORMATION_MIN = 0.01;

/**
 * What two Jacobians of the same place hold on each pair of parameters, `(Aᵀ B + Bᵀ A) / 2`, less what it may be wrong by.
 *
 * A difference of two simulations has noise, and the square of noise would pass for information: then any parameter seems to be
 * identified. The noise of two seeds has no product in the mean; what is left of it, one standard error, is taken off.
 */
export function crossInformation(a: Matrix, b: Matrix): number[][] {
  const count = a[0]?.length ?? 0;
  const result = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const noise = new Array<number>(count).fill(0);
  for (const [index, rowA] of a.entries()) {
    const rowB = b[index]!;
    for (let i = 0; i < count; i += 1) {
      noise[i]! += (rowA[i]! - rowB[i]!) ** 4 / 4;
      for (let j = 0; j < count; j += 1) {
        result[i]![j]! += (rowA[i]! * rowB[j]! + rowB[i]! * rowA[j]!) / 2;
      }
    }
  }
  for (let i = 0; i < count; i += 1) result[i]![i]! -= Math.sqrt(noise[i]!);
  return result;
}

/** Finds the largest set of parameters whose standard deviations are all small enough, by giving up one after the other. */
export function identify(information: Matrix, options: IdentifyOptions): Identification {
  const { candidates, nuisance, order } = options;
  const always = [...nuisance.keys()].filter((index) => nuisance[index]);
  const deviationsOf = (kept: readonly number[]) =>
    deviations(information, [...kept, ...always], options.scale);
  let kept = [...candidates.keys()].filter((index) => candidates[index]);
  let known = deviationsOf(kept);
  for (let worst = worstOf(kept, known, order); worst !== undefined; worst = worstOf(kept, known, order)) {
    const given = worst;
    kept = kept.filter((index) => index !== given);
    known = deviationsOf(kept);
  }
  return {
    deviations: candidates.map((_, index) => {
      const at = kept.indexOf(index);
      return at < 0 ? undefined : known[at]!;
    }),
    twins: candidates.map((isCandidate, index) =>
      !isCandidate || kept.includes(index) ? [] : twinsOf(information, index, kept, options.scale),
    ),
  };
}

function deviations(information: Matrix, kept: readonly number[], scale: number): number[] {
  const part = kept.map((i) => kept.map((j) => information[i]![j]!));
  const covariance = clippedInverse(part, INFORMATION_MIN);
  return kept.map((_, i) => scale * Math.sqrt(covariance[i]![i]!));
}

function worstOf(
  kept: readonly number[],
  known: readonly number[],
  order: readonly number[],
): number | undefined {
  const unknown = [...kept.keys()].filter((at) => !(known[at]! <= DEVIATION_MAX));
  if (unknown.length === 0) return undefined;
  const rank = Math.max(...unknown.map((at) => order[kept[at]!]!));
  const first = unknown.filter((at) => order[kept[at]!] === rank);
  const largest = Math.max(...first.map((at) => known[at]!));
  const alike = first.filter((at) => known[at]! * ALIKE >= largest);
  return kept[alike.at(-1)!];
}

/** The kept parameters whose effect looks like that of `index`. */
function twinsOf(information: Matrix, index: number, kept: readonly number[], scale: number): number[] {
  const own = information[index]![index]!;
  if (own <= 0 || scale / Math.sqrt(own) > DEVIATION_MAX) return [];
  return kept
    .map((column) => {
      const other = information[column]![column]!;
      return { column, share: other <= 0 ? 0 : information[index]![column]! ** 2 / other / own };
    })
    .filter(({ share }) => share >= TWIN_SHARE)
    .sort((a, b) => b.share - a.share || a.column - b.column)
    .map(({ column }) => column);
}
