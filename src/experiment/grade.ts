import type { ComparedValue, Grade } from '../metrics/comparison.js';

/** Largest error of each grade, see `Grade`: of a ratio its difference, of anything else the relative error. */
const LIMITS: readonly (readonly [grade: Grade, relative: number, ratio: number])[] = [
  ['A', 0.05, 0.005],
  ['B', 0.1, 0.01],
  ['C', 0.25, 0.025],
  ['D', 0.5, 0.05],
];

/** Probability of the quantities that are quantiles. */
const QUANTILES: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/** A quantile with fewer requests above it is a matter of single requests, on either side. */
const REQUESTS_ABOVE_MIN = 5;

/**
 * The grade of one value; `undefined` where it cannot be had.
 *
 * @param requests of the side that has fewer.
 */
export function valueGrade(value: ComparedValue, requests: number): Grade | undefined {
  const { predicted, measured } = value;
  if (predicted === null || measured === null) return undefined;
  const probability = QUANTILES[value.name];
  if (probability !== undefined && requests * (1 - probability) < REQUESTS_ABOVE_MIN) return undefined;
  if (predicted === measured) return 'A';
  const isRatio = value.unit === 'ratio';
  const error = isRatio
    ? Math.abs(predicted - measured)
    : Math.abs(value.relativeError ?? Number.POSITIVE_INFINITY);
  return LIMITS.find(([, relative, ratio]) => error <= (isRatio ? ratio : relative))?.[0] ?? 'E';
}

/** What a capacity question is answered by. p90 lies between p50 and p95, p99 is the least sure of all, users are the load's. */
const HEADLINE: ReadonlySet<string> = new Set(['throughput', 'avg', 'p50', 'p95', 'error rate']);

/** The worst of the headline values: a prediction is as good as its worst answer. */
export function overallGrade(values: readonly ComparedValue[]): Grade | undefined {
  const grades = values.filter((value) => HEADLINE.has(value.name)).flatMap((value) => value.grade ?? []);
  return grades.sort().at(-1);
}
