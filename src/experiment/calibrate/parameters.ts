import type { Unknown } from '../../input/unknowns.js';
import { log } from '../../random/math.js';

/**
 * The parameters of a fit, as logarithms: the model's unknowns, then the instances' background CPU (s per s: scrapes, timers), then
 * for each run how much faster the machine was that day.
 */
export interface Parameters {
  readonly unknownCount: number;
  readonly runCount: number;
  readonly count: number;
  readonly start: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** Index of the background CPU. */
  readonly background: number;
  /** Index of the first run's speed. */
  readonly firstSpeed: number;
}

/** Two scrapes of some milliseconds every five seconds; looked for from nothing to a tenth of a core. */
const BACKGROUND = { start: 0.002, min: 1e-6, max: 0.1 };
/** No machine is twice as fast tomorrow. */
const SPEED_MAX = Math.LN2;

/** The parameters of a model's unknowns over some runs. */
export function parametersOf(unknowns: readonly Unknown[], runCount: number): Parameters {
  const logs = (pick: (range: { start: number; min: number; max: number }) => number) =>
    [...unknowns, BACKGROUND].map((range) => log(pick(range)));
  const ofRuns = (value: number) => new Array<number>(runCount).fill(value);
  return {
    unknownCount: unknowns.length,
    runCount,
    count: unknowns.length + 1 + runCount,
    start: [...logs(({ start }) => start), ...ofRuns(0)],
    lower: [...logs(({ min }) => min), ...ofRuns(-SPEED_MAX)],
    upper: [...logs(({ max }) => max), ...ofRuns(SPEED_MAX)],
    background: unknowns.length,
    firstSpeed: unknowns.length + 1,
  };
}

/** `hosts.core-1.speed` drifts with the machine, and only scales all demands that are not known otherwise. */
export function isSpeedPath(name: string | undefined): boolean {
  return name !== undefined && /^hosts\..*\.speed$/.test(name);
}
