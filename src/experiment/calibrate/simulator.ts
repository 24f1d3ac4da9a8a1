import {
  type MeasuredExperiment,
  type UncalibratedModel,
  withValues,
} from '../../input/calibration-input.js';
import type { Experiment } from '../../input/experiment.js';
import type { Files } from '../../input/source.js';
import type { UnknownValues } from '../../input/unknowns.js';
import { parseSelector } from '../../metrics/selector.js';
import { startReplication } from '../replicate.js';
import type { ReplicationRun } from '../replication.js';
import { replicationSeed } from '../run.js';
import type { Observation, Take } from './observation.js';
import { routesOf } from './observations.js';
import { routeMetric, type Simulated, simulatedOf } from './simulated.js';

/** A measured run: what was asked, what came, and what of it the model has to meet. */
export interface CalibrationRun {
  readonly measured: MeasuredExperiment;
  readonly takes: readonly Take[];
  readonly observations: readonly Observation[];
  /** Index of the speed of the machine that day: parts of one run share it. */
  readonly day: number;
  /** Only so much of the run is simulated; absent: all, or as much as is used. */
  readonly endSeconds?: number;
}

/** How a simulation is watched. */
export interface SimulatorOptions {
  readonly files: Files;
  /** Called every few thousand events; true: stop. */
  readonly pause: () => Promise<boolean>;
}

/** How one run is simulated. */
export interface SimulateOptions {
  /** Factor on the speed of all hosts. */
  readonly speed: number;
  /** From 0. */
  readonly replication: number;
  /** Only so much of the run is needed; absent: all. */
  readonly endSeconds?: number;
}

/** Events between two pauses: some 20 ms. */
const PAUSE_EVENTS = 50_000;
/** The same where a run is cut: simulated seconds. */
const PAUSE_SECONDS = 10;

/** Simulates measured runs with given values; the same again is not simulated again. */
export class Simulator {
  /** Replications that were simulated. */
  count = 0;
  private readonly known = new Map<string, Simulated>();

  constructor(
    private readonly model: UncalibratedModel,
    private readonly runs: readonly CalibrationRun[],
    private readonly options: SimulatorOptions,
  ) {}

  /**
   * One run, under the seed of its experiment or one that follows from it: other values meet the same arrivals and the same luck (common random numbers).
   * @returns `undefined` where it was stopped.
   */
  async simulate(
    runIndex: number,
    values: UnknownValues,
    { speed, replication: index, endSeconds = Number.POSITIVE_INFINITY }: SimulateOptions,
  ): Promise<Simulated | undefined> {
    const key = [runIndex, index, speed, endSeconds, ...values].join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { measured, takes, observations } = this.runs[runIndex]!;
    const experiment = prepared(withValues(measured, this.model, values, this.options.files), takes, speed);
    const seed = replicationSeed(experiment.seed, index);
    const replication = startReplication(experiment, seed, 'sim calibrate');
    do {
      if (await this.options.pause()) return undefined;
    } while (replication.nowSeconds < endSeconds && advance(replication, endSeconds));
    this.count += 1;
    const simulated = simulatedOf(replication.finish(), observations);
    this.known.set(key, simulated);
    return simulated;
  }
}

/** Goes on; true while the test has not ended. */
function advance(replication: ReplicationRun, endSeconds: number): boolean {
  if (!Number.isFinite(endSeconds)) return replication.runEvents(PAUSE_EVENTS);
  return replication.runUntil(Math.min(endSeconds, replication.nowSeconds + PAUSE_SECONDS));
}

/** The experiment on faster or slower hosts, which do not drift (a run's mean is its `speed`), with the durations of every measured route recorded apart. */
function prepared(experiment: Experiment, takes: readonly Take[], speed: number): Experiment {
  const hosts = Object.entries(experiment.model.hosts).map(
    ([name, host]) => [name, { ...host, speed: host.speed * speed, drift: undefined }] as const,
  );
  return {
    ...experiment,
    model: { ...experiment.model, hosts: Object.fromEntries(hosts) },
    thresholds: routesOf(takes).map((route) => ({
      selector: parseSelector(routeMetric(route)),
      thresholds: [],
    })),
  };
}
