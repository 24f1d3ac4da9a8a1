import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Take } from '../experiment/calibrate/observation.js';
import type { MeasuredSpec } from '../input/experiment.js';
import { type MeasuredRun, stretchRun } from '../input/measured.js';
import { cpuShares } from '../input/measured-cpu.js';
import { readMeasured } from '../input/read-measured.js';
import { sha256 } from '../input/sha256.js';

/** One take as it was read from its files. */
export interface ReadTake extends Take {
  /** `sha256:` of each file, in the order of their names. */
  readonly hashes: readonly string[];
}

/** Prometheus' answers that lie beside a run's points, whose names begin so. */
const PROMETHEUS_FILE = /^prom.*\.json(\.gz)?$/;

/** Reads a take: its samples, and what Prometheus saw of its servers, by the files that lie beside. */
export async function readTake({ file, label, stretch }: MeasuredSpec): Promise<ReadTake> {
  const run = await readMeasured(file, createReadStream(file), label === undefined ? {} : { label });
  const seen: MeasuredRun[] = [];
  const files = prometheusFiles(file);
  for (const each of files) {
    const settings = run.startMs === undefined ? {} : { startMs: run.startMs };
    seen.push(await readMeasured(each, createReadStream(each), settings));
  }
  const hashes = [file, ...files].map((each) => `sha256:${sha256(readFileSync(each))}`);
  return { run: stretchRun(run, stretch), cpu: cpuShares(seen), hashes };
}

function prometheusFiles(file: string): string[] {
  const directory = path.dirname(file);
  const names = readdirSync(directory).filter((name) => PROMETHEUS_FILE.test(name));
  return names.sort().map((name) => path.join(directory, name));
}
