/** What is held against a real run, under k6's names: requests per second, then ms, then the failed requests as a fraction of all. */
export const ACCURACY_METRICS = ['rate', 'avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'failed'] as const;

/** One of the compared metrics. */
export type AccuracyMetric = (typeof ACCURACY_METRICS)[number];

/** One number of one take of a real run, beside its prediction. */
export interface AccuracyRow {
  /** The take: label of the measured file, `n1-shop-ramp-a`. */
  readonly run: string;
  readonly metric: AccuracyMetric;
  /** Start of the bucket in seconds from the start of the run; `null` for the whole run. */
  readonly bucket: number | null;
  readonly measured: number;
  readonly predicted: number;
  /** Where one single real run lies in 19 of 20 cases, if the model is right. */
  readonly interval: readonly [low: number, high: number];
  /** `(predicted - measured) / measured`; 0 where both are 0, `null` where only the measurement is. */
  readonly error: number | null;
  /** True where the model was fitted to this run. */
  readonly calibrated: boolean;
}

/** Signed error as a fraction of the measured value; 0 where both are 0, `null` where only the measurement is. */
export function signedError(predicted: number, measured: number): number | null {
  if (measured === 0) return predicted === 0 ? 0 : null;
  return (predicted - measured) / measured;
}

/** True where the measured value lies inside the interval, borders included. */
export function isInside({
  measured,
  interval: [low, high],
}: Pick<AccuracyRow, 'measured' | 'interval'>): boolean {
  return measured >= low && measured <= high;
}

/** Fraction of rows whose measured value lies inside the interval; `null` for none. */
export function coverage(rows: readonly Pick<AccuracyRow, 'measured' | 'interval'>[]): number | null {
  return rows.length === 0 ? null : rows.filter(isInside).length / rows.length;
}
