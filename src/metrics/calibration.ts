/** What `sim calibrate` found, as plain data. */

/** A run that was fitted to. */
export interface CalibratedRun {
  /** `n1-steady` */
  readonly run: string;
  readonly takes: number;
  /** `sha256:` of its measured files. */
  readonly data: string;
}

/** A fitted value. */
export interface FittedValue {
  readonly path: string;
  /** `ns` or `1`. */
  readonly unit: 'ns' | '1';
  readonly value: number;
  readonly start: number;
  /** 95 %; absent where it was not identified, and kept its start value. */
  readonly interval?: readonly [number, number];
  /** Relative standard deviation between takes of one run; only where it drifts with the machine. */
  readonly spread?: number;
  /** What identified it, or why nothing did. */
  readonly source: string;
}

/** What could not be identified, and what would. */
export interface Unidentified {
  readonly path: string;
  readonly reason: string;
  readonly measurement: string;
}

/** One number of a whole run, measured and with the fitted values. Times in ms, rates per second, `failed` a ratio, `cpu` in ms per request. */
export interface CalibrationResidual {
  readonly run: string;
  /** `rate`, `avg`, `med`, `p(95)`, `failed`, `cpu` */
  readonly metric: string;
  readonly measured: number;
  readonly fitted: number;
  /** `(fitted - measured) / measured`, or the difference for `failed`. */
  readonly error: number;
}

/** Everything that `sim calibrate` prints and writes. */
export interface Calibration {
  /** `sha256:` of the model with unknowns. */
  readonly model: string;
  readonly runs: readonly CalibratedRun[];
  readonly values: readonly FittedValue[];
  readonly unidentified: readonly Unidentified[];
  readonly residuals: readonly CalibrationResidual[];
  /** CPU of the instances that no request asked for, seconds per second; absent where nobody measured CPU. */
  readonly background?: number;
  /** Relative standard deviation of the machine's speed between takes. */
  readonly spread: number;
  readonly simulations: number;
  readonly observations: number;
  /** Root of the mean squared residual in sigmas: 1 where the model meets what the takes agree on. */
  readonly misfit: number;
}
