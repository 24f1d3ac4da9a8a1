import { mean, sampleStandardDeviation } from 'simple-statistics';

/**
 * Two-sided 95 % quantiles of Student's t (0.975 one-sided) for 1 to 30 degrees of freedom: solutions of the closed form
 * for whole degrees of freedom (Abramowitz and Stegun 26.7.3-4), to 8 decimals.
 */
const STUDENT_T_975: readonly number[] = [
  12.70620474, 4.30265273, 3.18244631, 2.77644511, 2.57058184, 2.44691185, 2.36462425, 2.30600414, 2.26215716,
  2.22813885, 2.20098516, 2.17881283, 2.16036866, 2.14478669, 2.13144955, 2.1199053, 2.10981558, 2.10092204,
  2.09302405, 2.08596345, 2.07961384, 2.07387307, 2.06865761, 2.06389856, 2.05953855, 2.05552944, 2.05183052,
  2.04840714, 2.04522964, 2.04227246,
];

/** The same quantile of the normal distribution. */
const NORMAL_975 = 1.959963984540054;

/**
 * The factor of a 95 % confidence interval: half width = factor * standard error.
 *
 * From 31 degrees of freedom on by the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5, three terms), which is less
 * than 2e-6 off there. A table and plain arithmetic, so that an interval is the same on every machine.
 *
 * @param degreesOfFreedom whole, at least 1.
 */
export function studentT95(degreesOfFreedom: number): number {
  if (!(degreesOfFreedom >= 1))
    throw new RangeError(`degrees of freedom must be at least 1: ${degreesOfFreedom}`);
  const tabulated = STUDENT_T_975[degreesOfFreedom - 1];
  if (tabulated !== undefined) return tabulated;
  const n = degreesOfFreedom;
  const z = NORMAL_975;
  const square = z * z;
  const first = (z * (square + 1)) / (4 * n);
  const second = (z * ((5 * square + 16) * square + 3)) / (96 * n * n);
  const third = (z * (((3 * square + 19) * square + 17) * square - 15)) / (384 * n * n * n);
  return z + first + second + third;
}

/**
 * The 95 % confidence interval of the mean of independent replications (Student's t); `undefined` with fewer than two values.
 */
export function confidenceInterval(values: readonly number[]): readonly [number, number] | undefined {
  if (values.length < 2) return undefined;
  const center = mean(values as number[]);
  const error = sampleStandardDeviation(values as number[]) / Math.sqrt(values.length);
  const half = studentT95(values.length - 1) * error;
  return [center - half, center + half];
}
