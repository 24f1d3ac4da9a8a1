import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sim } from '../cli/sim.js';
import { FixedServer } from './k6-server.js';

const HERE = import.meta.dirname;
const SCRIPTS = join(HERE, 'k6-scripts');
const RECORDS = join(HERE, 'k6-runs');

/** Words on the command line beside the script, for the scripts that need some. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'full-summary': ['--summary-mode', 'full'],
  'legacy-summary': ['--summary-mode', 'legacy'],
  tags: ['--tag', 'build=7'],
  'default-options': ['--summary-trend-stats', 'med,p(99.9),count', '--summary-time-unit', 'us'],
  'per-vu-iterations': ['--quiet'],
};

/** The scripts that both run, by name. */
export const scriptNames: readonly string[] = readdirSync(SCRIPTS)
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -'.js'.length));

/** Where k6 is: env K6, the path, or where its package puts it; `undefined` if it is not installed. */
export function findK6(): string | undefined {
  return [process.env.K6, 'k6', '/usr/local/bin/k6'].find((program) => {
    if (program === undefined) return false;
    try {
      execFileSync(program, ['version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false; // not there: the recorded arm still runs
    }
  });
}

/** What one run left, as far as two runs can be compared. */
export interface Observed {
  readonly exitCode: number;
  /** Totals by metric (`iterations`, `http_reqs`) and by check (`check NAME passes`). */
  readonly counts: Readonly<Record<string, number>>;
  /** `metric expression`: true where it holds. */
  readonly thresholds: Readonly<Record<string, boolean>>;
  /** Every set of tags, with the metrics that have samples with it. */
  readonly series: Readonly<Record<string, readonly string[]>>;
  /** Banner, description, summary and the last progress, with masked numbers. */
  readonly text: readonly string[];
  /** Distinct lines of the log, masked. */
  readonly log: readonly string[];
}

/** What several runs of the real k6 have in common, and how far they differ. */
export interface RecordedRuns {
  readonly exitCode: number;
  /** Least and greatest of three runs. */
  readonly counts: Readonly<Record<string, readonly [number, number]>>;
  readonly thresholds: Readonly<Record<string, boolean>>;
  readonly series: Readonly<Record<string, readonly string[]>>;
  /** Sets of tags that not all runs had. */
  readonly sometimes: readonly string[];
  readonly text: readonly string[];
  readonly log: readonly string[];
  /** Lines of the log that not all runs had. */
  readonly logSometimes: readonly string[];
}

/** The recorded runs of a script. */
export function recordedRuns(name: string): RecordedRuns {
  return JSON.parse(readFileSync(join(RECORDS, `${name}.json`), 'utf8')) as RecordedRuns;
}

export function writeRecord(name: string, runs: RecordedRuns): void {
  writeFileSync(
    join(RECORDS, `${name}.json`),
    `${JSON.stringify(runs, null, 1).replace(SHORT_LIST, onOneLine)}\n`,
  );
}

const SHORT_LIST = /\[\s+[^[\]{}]{1,120}?\s+\]/g;

function onOneLine(list: string): string {
  return list.replace(/\s*\n\s*/g, ' ');
}

/** What runs a script: given the words of the command line and the folder to run in. */
export type Runner = (
  words: readonly string[],
  folder: string,
) => Promise<{ code: number; out: string; error: string }>;

/** Runs a script and looks at all it left. */
export async function observe(name: string, base: string, run: Runner): Promise<Observed> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-'));
  try {
    cpSync(join(SCRIPTS, `${name}.js`), join(folder, 'script.js'));
    const words = ['-e', `BASE=${base}`, '--out', 'json=points.json', '--summary-export', 'summary.json'];
    const ran = await run(['run', ...words, ...(WORDS[name] ?? []), 'script.js'], folder);
    const points = maybeRead(join(folder, 'points.json'));
    const summary = maybeRead(join(folder, 'summary.json'));
    const mask = (text: string) =>
      text
        .replaceAll(base, 'http://HOST')
        .replaceAll(`file://${folder}/`, 'file:///')
        .replaceAll(`${folder}/`, '');
    return {
      exitCode: ran.code,
      ...countsOf(summary),
      series: seriesOf(mask(points)),
      text: textOf(mask(ran.out)),
      log: logOf(mask(ran.error)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs our own: the same script, against the model that says what the fixed server does. */
export function observeSimulated(name: string): Promise<Observed> {
  return observe(name, 'http://127.0.0.1:24100', (words, folder) => {
    const at = (file: string) => join(folder, file);
    const whole = words.map((word) =>
      word === 'script.js' || word === 'summary.json'
        ? at(word)
        : word.replace(/^json=(.*)$/, (_, file: string) => `json=${at(file)}`),
    );
    return sim(['k6', ...whole, '--model', join(HERE, 'k6-model.yaml')]);
  });
}

/** Runs the real k6 against a fixed server on `port`. */
export async function observeReal(k6: string, name: string, port: number): Promise<Observed> {
  const server = new FixedServer(port);
  await server.start();
  try {
    return await observe(name, `http://127.0.0.1:${port}`, (words, folder) => runProgram(k6, words, folder));
  } finally {
    await server.stop();
  }
}

/** Runs a program to its end. */
export function runProgram(program: string, words: readonly string[], folder: string) {
  return new Promise<{ code: number; out: string; error: string }>((resolve, reject) => {
    const ran = { out: '', error: '' };
    const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (data) => (ran.out += String(data)));
    child.stderr.on('data', (data) => (ran.error += String(data)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, ...ran }));
  });
}

/** One record of several runs. */
export function combine(runs: readonly Observed[]): RecordedRuns {
  const [first] = runs;
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.counts)))].sort();
  const counts = names.map((name): [string, [number, number]] => {
    const values = runs.map((run) => run.counts[name] ?? 0);
    return [name, [Math.min(...values), Math.max(...values)]];
  });
  const everywhere = runs.reduce<Series>((common, run) => commonSeries(common, run.series), first!.series);
  const sometimes = new Set(runs.flatMap((run) => linesOf(run.series)));
  for (const line of linesOf(everywhere)) sometimes.delete(line);
  const log = first!.log.filter((line) => runs.every((run) => run.log.includes(line)));
  return {
    exitCode: first!.exitCode,
    counts: Object.fromEntries(counts),
    thresholds: first!.thresholds,
    series: everywhere,
    sometimes: [...sometimes].sort(),
    text: first!.text,
    log,
    logSometimes: [...new Set(runs.flatMap((run) => run.log))].filter((line) => !log.includes(line)).sort(),
  };
}

type Series = Readonly<Record<string, readonly string[]>>;

/** `metric tags` of each. */
export function linesOf(series: Series): string[] {
  return Object.entries(series).flatMap(([tags, metrics]) => metrics.map((metric) => `${metric} ${tags}`));
}

function commonSeries(a: Series, b: Series): Series {
  const common = Object.entries(a).map(([tags, metrics]): [string, string[]] => [
    tags,
    metrics.filter((metric) => b[tags]?.includes(metric)),
  ]);
  return Object.fromEntries(common.filter(([, metrics]) => metrics.length > 0));
}

function maybeRead(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

interface Exported {
  readonly metrics: Readonly<
    Record<string, { readonly count?: number; readonly thresholds?: Readonly<Record<string, boolean>> }>
  >;
  readonly root_group: ExportedGroup;
}

interface ExportedGroup {
  readonly path: string;
  readonly groups: Readonly<Record<string, ExportedGroup>>;
  readonly checks: Readonly<Record<string, { path: string; passes: number; fails: number }>>;
}

/** Counters of bytes differ by what the two servers write beside the body. */
const NOT_COUNTED = ['data_sent', 'data_received'];

function countsOf(summary: string): Pick<Observed, 'counts' | 'thresholds'> {
  const counts: Record<string, number> = {};
  const thresholds: Record<string, boolean> = {};
  if (summary === '') return { counts, thresholds };
  const { metrics, root_group } = JSON.parse(summary) as Exported;
  for (const [name, metric] of Object.entries(metrics)) {
    if (metric.count !== undefined && !NOT_COUNTED.includes(name)) counts[name] = metric.count;
    for (const [expression, crossed] of Object.entries(metric.thresholds ?? {})) {
      thresholds[`${name} ${expression}`] = !crossed;
    }
  }
  addChecks(root_group, counts);
  return { counts, thresholds: sortedByKey(thresholds) };
}

function addChecks(group: ExportedGroup, counts: Record<string, number>): void {
  for (const check of Object.values(group.checks)) {
    counts[`check ${check.path} passes`] = check.passes;
    counts[`check ${check.path} fails`] = check.fails;
  }
  for (const inner of Object.values(group.groups)) addChecks(inner, counts);
}

function seriesOf(points: string): Series {
  const byTags = new Map<string, Set<string>>();
  for (const line of points.split('\n')) {
    if (!line.includes('"Point"')) continue;
    const { metric, data } = JSON.parse(line) as {
      metric: string;
      data: { tags: Record<string, string> | null };
    };
    const tags = Object.entries(data.tags ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`)
      .join(' ');
    if (!byTags.has(tags)) byTags.set(tags, new Set());
    byTags.get(tags)!.add(metric);
  }
  return sortedByKey(Object.fromEntries([...byTags].map(([tags, metrics]) => [tags, shortened(metrics)])));
}

const HTTP_METRICS = (
  'http_reqs http_req_duration http_req_blocked http_req_connecting http_req_tls_handshaking http_req_sending ' +
  'http_req_waiting http_req_receiving http_req_failed'
).split(' ');

/** All metrics of a request, as one word. */
const ALL_HTTP = 'http_*';

function shortened(metrics: ReadonlySet<string>): string[] {
  if (!HTTP_METRICS.every((metric) => metrics.has(metric))) return [...metrics].sort();
  return [ALL_HTTP, ...[...metrics].filter((metric) => !HTTP_METRICS.includes(metric)).sort()];
}

function sortedByKey<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A block of progress: a blank line, then `running ...` (or `setup()`), then a bar for each scenario. */
const PROGRESS = /\n(?:running|Run {4}|Init {3}) .*\n(?:.*\[ .*\n)*/g;

/** All but the progress on the way, with masked numbers. */
function textOf(out: string): string[] {
  const blocks = [...out.matchAll(PROGRESS)];
  const last = blocks.at(-1)?.[0] ?? '';
  const rest = out.replace(PROGRESS, '');
  const start = rest.indexOf('execution:');
  const summary = rest.indexOf('\n\n\n', start) < 0 ? start : rest.indexOf('\n\n\n', start);
  const description = rest.slice(start, summary).split('\n');
  const masks = [...rest.slice(summary).split('\n'), ...last.split('\n')].map(masked);
  return [...description.map((line) => line.trim()), ...masks].filter((line) => line !== '');
}

/** Numbers and their units are all the same; so is the room for them. */
function masked(line: string): string {
  return line
    .replace(/\d+(?:\.\d+)?(?:h\d+m\d+s|m\d+(?:\.\d+)?s|µs|ns|ms|s\b|m\b| kB| MB| B)?/g, '#')
    .replace(/\.{3,}/g, '...')
    .replace(/\s+/g, ' ')
    .trimEnd();
}

function logOf(error: string): string[] {
  const lines = error.split('\n').map((line) =>
    line
      .replace(/time="[^"]*"/, 'time=#')
      // Sobek's program counter: our code is another program.
      .replace(/(:\d+:\d+)\(\d+\)/g, '$1')
      .replace(/0x[0-9a-f]+/g, '0x#')
      .replace(/127\.0\.0\.1:\d+/g, 'HOST'),
  );
  return [...new Set(lines.filter((line) => line !== ''))].sort();
}

/** What a run has otherwise than the recorded ones, a line each. */
export function differences(recorded: RecordedRuns, run: Observed): string[] {
  return [
    ...(recorded.exitCode === run.exitCode ? [] : [`exit code ${recorded.exitCode}, now ${run.exitCode}`]),
    ...countDifferences(recorded.counts, run.counts),
    ...lineDifferences('threshold', thresholdLines(recorded.thresholds), thresholdLines(run.thresholds), []),
    ...lineDifferences('series', linesOf(recorded.series), linesOf(run.series), recorded.sometimes),
    ...lineDifferences('log', recorded.log, run.log, recorded.logSometimes),
    ...textDifferences(recorded.text, run.text),
  ];
}

function countDifferences(
  recorded: RecordedRuns['counts'],
  counts: Readonly<Record<string, number>>,
): string[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(counts)]);
  return [...names].flatMap((name) => {
    const [least, most] = recorded[name] ?? [0, 0];
    const count = counts[name] ?? 0;
    return count >= least && count <= most ? [] : [`${name}: ${least} to ${most}, now ${count}`];
  });
}

function thresholdLines(thresholds: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(thresholds).map(([name, holds]) => `${name} ${holds ? 'holds' : 'is crossed'}`);
}

function lineDifferences(
  what: string,
  recorded: readonly string[],
  lines: readonly string[],
  allowed: readonly string[],
): string[] {
  const missing = recorded.filter((line) => !lines.includes(line));
  const added = lines.filter((line) => !recorded.includes(line) && !allowed.includes(line));
  return [...missing.map((line) => `- ${what}: ${line}`), ...added.map((line) => `+ ${what}: ${line}`)];
}

function textDifferences(recorded: readonly string[], text: readonly string[]): string[] {
  if (recorded.join('\n') === text.join('\n')) return [];
  const changed = lineDifferences('text', recorded, text, []);
  return changed.length > 0 ? changed : ['the same lines of text in another order'];
}
