import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { diskFiles } from '../../src/cli/files.js';
import { runExperiment } from '../../src/experiment/run.js';
import type { LoadedExperiment } from '../../src/input/experiment.js';
import { loadExperiment, type Overrides } from '../../src/input/load.js';
import type { VariantResult } from '../../src/metrics/result.js';
import { canonicalJson } from '../../src/report/canonical.js';

/** True where the results of this run are the right ones from now on: `npm run golden`. */
const isRecording = process.env.UPDATE_GOLDEN === '1';

/** The experiments' files, from the root of the repository (where the tests run), sorted. */
export const experimentFiles: readonly string[] = readdirSync('experiments')
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => path.join('experiments', file));

/** How much of every experiment is run. */
export interface GoldenForm {
  /** Directory beside this file that holds the recorded results. */
  readonly directory: 'short' | 'complete';
  readonly overrides: Overrides;
  /** Which of the variants. */
  choose(loaded: LoadedExperiment): LoadedExperiment['variants'];
}

/** `experiments/n-instances.yaml` is `n-instances`. */
export function nameOf(file: string): string {
  return path.basename(file, '.yaml');
}

/** What an experiment gives now, beside what it gave when it was recorded; the same text, if it is recording. */
export async function compareGolden(
  file: string,
  form: GoldenForm,
): Promise<{ now: string; recorded: string }> {
  const loaded = loadExperiment(file, diskFiles, form.overrides);
  const chosen = { ...loaded, variants: form.choose(loaded) };
  const { variants } = await runExperiment(chosen, { version: 'golden', replayCommand: `sim run ${file}` });
  const now = readable({ inputs: loaded.inputsHash, variants: variants.map(essence) });
  const target = fileOf(form, nameOf(file));
  if (isRecording) {
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, now);
  }
  return { now, recorded: readRecorded(target) };
}

/** Recorded results of experiments that are no more; none, if it is recording: they are removed. */
export function findOrphans({ directory }: GoldenForm): string[] {
  const known = experimentFiles.map((file) => `${nameOf(file)}.json`);
  const folder = path.join(import.meta.dirname, directory);
  const orphans = readdirSync(folder).filter((file) => !known.includes(file));
  if (!isRecording) return orphans;
  for (const orphan of orphans) rmSync(path.join(folder, orphan));
  return [];
}

function fileOf({ directory }: GoldenForm, name: string): string {
  return path.join(import.meta.dirname, directory, `${name}.json`);
}

function readRecorded(target: string): string {
  try {
    return readFileSync(target, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return `${path.basename(target)} is not recorded yet: npm run golden`;
  }
}

/** What a change of the model cannot leave alone: events, metrics, thresholds and instances. Series and charts follow from these. */
function essence({ label, fingerprint, replications, events, durationSeconds, ...rest }: VariantResult) {
  const { metrics, thresholds, instances } = rest;
  return { label, fingerprint, replications, events, durationSeconds, metrics, thresholds, instances };
}

/** Canonical numbers, an entry a line: made to be read as a difference. */
function readable(value: unknown): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(value)), undefined, 1)}\n`;
}
