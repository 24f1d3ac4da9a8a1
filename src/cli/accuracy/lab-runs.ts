import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson } from '../../input/canonical.js';
import { type LabCase, type LabFiles, readLabCase } from '../../input/lab/case.js';
import { loadExperiment } from '../../input/load.js';
import { readMeasured } from '../../input/read-measured.js';
import { type Files, readSource } from '../../input/source.js';
import { parseYaml } from '../../input/yaml.js';
import { UsageError } from '../failure.js';
import { diskFiles } from '../files.js';
import type { Predictable } from '../predicting.js';

/** All takes of one run of the lab, as an experiment. */
export interface LabRun {
  /** `n1-shop-ramp`: the folders' name without the letter of the take. */
  readonly run: string;
  readonly takes: readonly string[];
  readonly predictable: Predictable;
}

/** A folder that cannot be predicted, and why. */
export interface Refused {
  readonly folder: string;
  readonly unknown: readonly string[];
}

const SEED = 430;
const REPLICATIONS = 10;

/**
 * Finds the runs of the lab in these folders (each a run, or a folder of runs), and makes an experiment of each, on the model.
 * @throws UsageError where a folder has no run in it.
 */
export async function findLabRuns(
  folders: readonly string[],
  modelFile: string,
): Promise<{ readonly runs: readonly LabRun[]; readonly refused: readonly Refused[] }> {
  const model = parseYaml(readSource(diskFiles, modelFile)).value;
  const refused: Refused[] = [];
  const groups = new Map<string, { run: string; takes: string[]; labCase: LabCase }>();
  for (const folder of folders.flatMap(runFolders)) {
    const labCase = await readFolder(folder, model);
    if (labCase.unknown.length > 0) {
      refused.push({ folder, unknown: labCase.unknown });
      continue;
    }
    const run = path.basename(folder).replace(/-[a-z]$/, '');
    // Takes are of one experiment if everything but the place of their script is the same.
    const { script: _, ...load } = labCase.load;
    const key = `${run} ${canonicalJson({ load, vary: labCase.vary, events: labCase.events.length })}`;
    const group = groups.get(key) ?? { run, takes: [], labCase };
    groups.set(key, group);
    group.takes.push(folder);
  }
  const runs = [...groups.keys()].sort().map((key) => {
    const { run, takes, labCase } = groups.get(key)!;
    return { run, takes, predictable: predictableOf(run, takes, labCase, modelFile) };
  });
  return { runs, refused };
}

/** The folder itself where it is a run, else the runs in it. */
function runFolders(folder: string): string[] {
  if (existsSync(path.join(folder, 'case.json'))) return [folder];
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(
      `there is no folder ${folder}`,
      'give --runs a folder with case.json, or one of such folders',
    );
  }
  const inside = readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name))
    .filter((inner) => existsSync(path.join(inner, 'case.json')));
  if (inside.length === 0) {
    throw new UsageError(`there is no run of the lab in ${folder}`, 'a run is a folder with case.json');
  }
  return inside;
}

async function readFolder(folder: string, model: unknown): Promise<LabCase> {
  const read = (name: string) => {
    const file = path.join(folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const files: LabFiles = {
    caseJson: read('case.json'),
    nginxConf: read('nginx.conf'),
    script: read('script.js'),
    scriptFile: `${path.basename(folder)}/script.js`,
  };
  const missing = ['nginx.conf', 'script.js', 'points.csv.gz'].filter(
    (name) => !existsSync(path.join(folder, name)),
  );
  const labCase = readLabCase(files, model, await lateSeconds(folder, files.caseJson));
  return { ...labCase, unknown: [...missing.map((name) => `${name}: not there`), ...labCase.unknown] };
}

/** How long after the case's start the load began; looked up only where something was done during the run. */
async function lateSeconds(folder: string, caseJson: string): Promise<number> {
  const start = Number(/"start":\s*([\d.]+)/.exec(caseJson)?.[1]);
  const points = path.join(folder, 'points.csv.gz');
  if (!/"during":\s*"[^"]/.test(caseJson) || !existsSync(points) || !(start > 0)) return 0;
  const { startMs } = await readMeasured(points, createReadStream(points));
  return startMs === undefined ? 0 : startMs / 1000 - start;
}

const ANSWERS = ['cpu', 'requests', 'bucket'];

function predictableOf(
  run: string,
  takes: readonly string[],
  labCase: LabCase,
  modelFile: string,
): Predictable {
  const { load, vary, events, targets } = labCase;
  const directory = path.dirname(takes[0]!);
  const experiment = {
    title: `The run ${run} of the lab`,
    model: path.relative(directory, modelFile),
    seed: SEED,
    replications: REPLICATIONS,
    load,
    vary,
    events,
    measured: takes.map((folder) => ({
      k6: path.relative(directory, path.join(folder, 'points.csv.gz')),
      prometheus: ANSWERS.map((name) => path.join(folder, `prom-${name}.json.gz`))
        .filter(isAnswer)
        .map((file) => path.relative(directory, file)),
      targets,
    })),
  };
  const file = path.join(directory, `${run}.yaml`);
  const files = withFile(file, JSON.stringify(experiment));
  return {
    loaded: loadExperiment(file, files),
    reload: (overrides) => loadExperiment(file, files, overrides),
  };
}

/** A run that was cut has an empty answer: gzip's head and foot are some twenty bytes. */
function isAnswer(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 60;
}

/** The disk, with one file more. */
function withFile(file: string, text: string): Files {
  return {
    ...diskFiles,
    read: (wanted, sizeBytesMax) =>
      wanted === file
        ? { kind: 'file', bytes: new TextEncoder().encode(text) }
        : diskFiles.read(wanted, sizeBytesMax),
  };
}
