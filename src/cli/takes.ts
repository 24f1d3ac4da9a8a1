import { createReadStream } from 'node:fs';
import type { MeasuredSpec } from '../input/experiment.js';
import { type MeasuredRun, stretchRun } from '../input/measured.js';
import { readMeasured } from '../input/read-measured.js';
import { readTake } from './read-take.js';

/** One take of a real run, with the series of the servers' own metrics where Prometheus' answers are named. */
export interface Take {
  readonly run: MeasuredRun;
  /** `instance` labels of the instances, where they are told. */
  readonly targets: readonly string[] | undefined;
}

/**
 * Reads the files of the takes. Prometheus' times are counted from the start of the load generator's file.
 * @throws InputError where a file is not what it should be.
 */
export async function readTakes(specs: readonly MeasuredSpec[]): Promise<Take[]> {
  const takes: Take[] = [];
  for (const spec of specs) {
    const { stretch, prometheus, targets } = spec;
    const run = await readTake(spec);
    const series = [...run.series];
    for (const answer of prometheus) {
      const settings = run.startMs === undefined ? {} : { startMs: run.startMs };
      series.push(...(await readMeasured(answer, createReadStream(answer), settings)).series);
    }
    takes.push({ run: stretchRun({ ...run, series }, stretch), targets });
  }
  return takes;
}
