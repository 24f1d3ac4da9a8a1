import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Take } from '../experiment/calibrate/observation.js';
import { canonicalJson } from '../input/canonical.js';
import type { MeasuredSpec } from '../input/experiment.js';
import { type MeasuredRun, stretchRun } from '../input/measured.js';
import { cpuShares } from '../input/measured-cpu.js';
import { readMeasured } from '../input/read-measured.js';
import { sha256 } from '../input/sha256.js';
import { askPrometheus } from './asked-prometheus.js';

/** One take as it was read from its files. */
export interface ReadTake extends Take {
  /** `sha256:` of each file, in the order of their names; of an answer of Prometheus, of its series. */
  readonly hashes: readonly string[];
}

/** Prometheus' answers that lie beside a run's points, whose names begin so. */
const PROMETHEUS_FILE = /^prom.*\.json(\.gz)?$/;

/**
 * Reads a take: its samples, and what Prometheus saw of its servers, by the files that the experiment names and those that lie beside.
 * @param address of a Prometheus that is asked, in place of these files.
 */
export async function readTake(spec: MeasuredSpec, address?: string): Promise<ReadTake> {
  const { file, label, stretch } = spec;
  const run = await readMeasured(file, createReadStream(file), label === undefined ? {} : { label });
  const own = hashOf(readFileSync(file));
  const { seen, hashes } =
    address === undefined ? await savedAnswers(spec, run) : await liveAnswer(address, run);
  return { run: stretchRun(run, stretch), cpu: cpuShares(seen), hashes: [own, ...hashes] };
}

interface Answers {
  readonly seen: readonly MeasuredRun[];
  readonly hashes: readonly string[];
}

async function liveAnswer(address: string, run: MeasuredRun): Promise<Answers> {
  const answered = await askPrometheus(address, run);
  const text = canonicalJson(answered.series);
  return { seen: [answered], hashes: [hashOf(new TextEncoder().encode(text))] };
}

/** A file that is named and lies beside, or a copy, counts once: counters are summed. */
async function savedAnswers(spec: MeasuredSpec, { startMs }: MeasuredRun): Promise<Answers> {
  const byHash = new Map<string, MeasuredRun>();
  for (const file of prometheusFiles(spec)) {
    const hash = hashOf(readFileSync(file));
    if (byHash.has(hash)) continue;
    const settings = startMs === undefined ? {} : { startMs };
    byHash.set(hash, await readMeasured(file, createReadStream(file), settings));
  }
  return { seen: [...byHash.values()], hashes: [...byHash.keys()] };
}

function prometheusFiles({ file, prometheus }: MeasuredSpec): string[] {
  const directory = path.dirname(file);
  const names = readdirSync(directory).filter((name) => PROMETHEUS_FILE.test(name));
  const beside = names.sort().map((name) => path.join(directory, name));
  return [...beside, ...prometheus];
}

function hashOf(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes)}`;
}
