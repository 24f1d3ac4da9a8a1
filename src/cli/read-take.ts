import { createReadStream } from 'node:fs';
import type { MeasuredSpec } from '../input/experiment.js';
import { joinFiles } from '../input/join-files.js';
import type { MeasuredRun, MeasuredSettings } from '../input/measured.js';
import { readMeasured } from '../input/read-measured.js';

/** How the files of an entry of `measured:` are to be read. */
type Reading = Pick<MeasuredSpec, 'file' | 'also' | 'label' | 'logFormat' | 'scrapeIntervalSeconds'>;

/**
 * Reads the files of one take, several where locust wrote several, as one run.
 * @throws InputError where a file is not what it should be.
 */
export async function readTake(spec: Reading): Promise<MeasuredRun> {
  const { label, logFormat, scrapeIntervalSeconds } = spec;
  const settings: MeasuredSettings = {
    ...(label !== undefined && { label }),
    ...(logFormat !== undefined && { logFormat }),
    ...(scrapeIntervalSeconds !== undefined && { scrapeIntervalSeconds }),
  };
  const runs: MeasuredRun[] = [];
  for (const file of [spec.file, ...spec.also]) {
    runs.push(await readMeasured(file, createReadStream(file), settings));
  }
  return joinFiles(runs);
}
