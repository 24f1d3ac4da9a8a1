import { createReadStream } from 'node:fs';
import type { MeasuredSpec } from '../input/experiment.js';
import { type MeasuredRun, stretchRun } from '../input/measured.js';
import { readMeasured } from '../input/read-measured.js';
import { askPrometheus } from './asked-prometheus.js';
import { readTake } from './read-take.js';

/** One take of a real run, with the series of the servers' own metrics where Prometheus' answers are named. */
export interface Take {
  readonly run: MeasuredRun;
  /** `instance` labels of the instances, where they are told. */
  readonly targets: readonly string[] | undefined;
}

/**
 * Reads the files of the takes. Prometheus' times are counted from the start of the load generator's file.
 * @param address of a Prometheus that is asked, in place of the saved answers.
 * @throws InputError where a file or an answer is not what it should be, UsageError where there is nothing to ask or nothing is answered.
 */
export async function readTakes(specs: readonly MeasuredSpec[], address?: string): Promise<Take[]> {
  const takes: Take[] = [];
  for (const spec of specs) {
    const run = await readTake(spec);
    const seen = address === undefined ? await savedAnswers(spec, run) : await askPrometheus(address, run);
    const series = [...run.series, ...seen.series];
    const ignored = [...run.ignored, ...seen.ignored];
    takes.push({ run: stretchRun({ ...run, series, ignored }, spec.stretch), targets: spec.targets });
  }
  return takes;
}

async function savedAnswers(
  { prometheus }: MeasuredSpec,
  { startMs }: MeasuredRun,
): Promise<Pick<MeasuredRun, 'series' | 'ignored'>> {
  const series = [];
  for (const answer of prometheus) {
    const settings = startMs === undefined ? {} : { startMs };
    series.push(...(await readMeasured(answer, createReadStream(answer), settings)).series);
  }
  return { series, ignored: [] };
}
