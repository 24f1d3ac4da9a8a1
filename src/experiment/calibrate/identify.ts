import { clippedInverse, gram, type Matrix } from './linear.js';

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
/** The same of what is given up first: a speed that may be off by a quarter says nothing. */
const DEVIATION_MAX_FIRST = 0.1;
/** Deviations nearer than this ratio are alike: then the order of the text decides. */
const ALIKE = 1.3;
/** Share of a parameter's effect that a twin must have as well. */
const TWIN_SHARE = 0.2;
/** Information that noise may feign: a deviation of a factor of 1.6. */
const NOISE_MAX = 4;
/** A parameter of whose effect so little is its own is not told from the others, however large the effect. */
const OWN_SHARE_MIN = 0.02;
/** The same for what is given up first: derivatives of a speed and of the demands that it divides are not quite of one scale. */
const OWN_SHARE_MIN_FIRST = 0.1;
/** Information below this is none: a deviation of a factor of e^10. */
const INFORMATION_MIN = 0.01;

/**
 * What the mean of two Jacobians of the same place holds on each pair of parameters, `Mᵀ M`, over the rows that are clean.
 *
 * A difference of two simulations has noise, and the square of noise would pass for information: then any parameter would seem to be
 * identified. How much noise a row has is seen from two seeds; rows count from the cleanest on, until their noise together could
 * feign a parameter that is hardly known.
 */
export function cleanInformation(a: Matrix, b: Matrix): number[][] {
  const count = a[0]?.length ?? 0;
  const rows = a.map((rowA, index) => {
    const rowB = b[index]!;
    const mean = rowA.map((value, i) => (value + rowB[i]!) / 2);
    const noise = rowA.reduce((sum, value, i) => sum + (value - rowB[i]!) ** 2 / 4, 0) / count;
    const signal = mean.reduce((sum, value) => sum + value * value, 0);
    return { index, mean, noise, ratio: signal === 0 ? 0 : noise / signal };
  });
  rows.sort((x, y) => x.ratio - y.ratio || x.index - y.index);
  let noise = 0;
  const clean = rows.filter((row) => {
    noise += row.noise;
    return noise <= NOISE_MAX;
  });
  return gram(
    clean.map(({ mean }) => mean),
    count,
  );
}

/** Finds the largest set of parameters whose standard deviations are all small enough, by giving up one after the other. */
export function identify(information: Matrix, options: IdentifyOptions): Identification {
  const { candidates, nuisance, order } = options;
  const always = [...nuisance.keys()].filter((index) => nuisance[index]);
  const deviationsOf = (kept: readonly number[]) => deviations(information, [...kept, ...always], options);
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

/** Standard deviations, infinite where a parameter has too little of its own. */
function deviations(
  information: Matrix,
  kept: readonly number[],
  { scale, order }: Pick<IdentifyOptions, 'scale' | 'order'>,
): number[] {
  const part = kept.map((i) => kept.map((j) => information[i]![j]!));
  const covariance = clippedInverse(part, INFORMATION_MIN);
  return kept.map((index, i) => {
    const ownShare = 1 / (part[i]![i]! * covariance[i]![i]!);
    const least = order[index]! > 0 ? OWN_SHARE_MIN_FIRST : OWN_SHARE_MIN;
    return ownShare < least ? Number.POSITIVE_INFINITY : scale * Math.sqrt(covariance[i]![i]!);
  });
}

function worstOf(
  kept: readonly number[],
  known: readonly number[],
  order: readonly number[],
): number | undefined {
  const most = (at: number) => (order[kept[at]!]! > 0 ? DEVIATION_MAX_FIRST : DEVIATION_MAX);
  const unknown = [...kept.keys()].filter((at) => !(known[at]! <= most(at)));
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
