import type { Matrix } from './linear.js';
import type { CalibrationRun } from './simulator.js';

/** A row of the Jacobian with the observation it belongs to. */
export interface RowPlace {
  readonly run: number;
  /** Index into the run's observations. */
  readonly observation: number;
}

/** A take tells how fast its machine was where speed moves what was observed by this much: 1 / sigma of its logarithm. */
const INFORMATION_MIN = 20 * 20;
/** What is assumed where no run was made twice, and at least what two takes of the same speed may seem to differ by. */
const SPREAD_UNKNOWN = 0.05;
const SPREAD_MIN = 0.01;

/**
 * How much the machine's speed differs between takes of one run: for each take the one speed that explains best by how much its
 * observations lie off the mean of the takes.
 * @param column the Jacobian's column of a run's speed.
 * @returns relative standard deviation.
 */
export function speedSpread(
  runs: readonly CalibrationRun[],
  jacobian: Matrix,
  places: readonly RowPlace[],
  column: (run: number) => number,
): number {
  let squares = 0;
  let freedom = 0;
  for (const [runIndex, { takes, observations }] of runs.entries()) {
    if (takes.length < 2) continue;
    const rows = places.flatMap(({ run, observation }, row) =>
      run === runIndex
        ? [{ slope: jacobian[row]![column(runIndex)]!, observed: observations[observation]! }]
        : [],
    );
    const information = rows.reduce((sum, { slope }) => sum + slope * slope, 0);
    if (information < INFORMATION_MIN) continue;
    for (const take of takes.keys()) {
      const speed = rows.reduce((sum, { slope, observed }) => {
        return sum + (slope * (observed.takes[take]! - observed.value)) / observed.sigma;
      }, 0);
      squares += (speed / information) ** 2;
    }
    freedom += takes.length - 1;
  }
  return freedom === 0 ? SPREAD_UNKNOWN : Math.max(SPREAD_MIN, Math.sqrt(squares / freedom));
}
