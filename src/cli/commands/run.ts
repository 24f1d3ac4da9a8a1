import path from 'node:path';
import type { Command } from 'commander';
import type { LoadedExperiment } from '../../input/experiment.js';
import type { Comparison } from '../../metrics/comparison.js';
import type { RunResult } from '../../metrics/result.js';
import { verdictText } from '../../report/console.js';
import type { RenderedFile } from '../../report/format.js';
import { csv } from '../../report/formats/csv.js';
import { summaryJson } from '../../report/formats/json.js';
import { markdown } from '../../report/formats/markdown.js';
import { result as wholeResult } from '../../report/formats/result.js';
import { svg } from '../../report/formats/svg.js';
import { consoleTable, variantTable } from '../../report/table.js';
import { compareAll, comparisonFiles, printComparison } from '../comparing.js';
import type { CommandContext } from '../context.js';
import { execute } from '../execute.js';
import { ExitCode } from '../exit-codes.js';
import { UsageError } from '../failure.js';
import { addLoadOptions, type LoadOptions, loadWithOptions, overridesOf } from '../load-options.js';
import {
  checkWritable,
  readResume,
  removeResume,
  writeFiles,
  writeResume,
  writeRunRecord,
} from '../results.js';

interface RunCommandOptions extends LoadOptions {
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly resume?: true;
  /** Commander's form of `--no-plots`. */
  readonly plots: boolean;
}

/** `sim run FILE...` */
export function addRun(program: Command, context: CommandContext): void {
  const command = program
    .command('run')
    .description('run experiments: a table, a verdict, and results/NAME/ with data and charts')
    .argument('<file...>', 'experiment files')
    .option('-o, --out <directory>', 'where results go (default: results/NAME)')
    .option('--json', 'print one JSON object instead of text')
    .option('-q, --quiet', 'print nothing but errors')
    .option('--no-plots', 'draw no charts')
    .option('--resume', 'go on with an interrupted run');
  addLoadOptions(command).action(async (files: string[], options: RunCommandOptions) => {
    if (options.json && files.length > 1) throw new UsageError('--json takes one file: it prints one object');
    // All are checked before the first is run.
    const experiments = files.map((file) => loadWithOptions(file, options));
    for (const loaded of experiments) checkWritable(directoryOf(loaded, options.out, files.length));
    for (const loaded of experiments) {
      const code = await runOne(loaded, options, { context, fileCount: files.length });
      if (code !== ExitCode.ok) context.exitWith(code);
      if (code === ExitCode.interrupted) return;
    }
  });
}

interface Surrounding {
  readonly context: CommandContext;
  readonly fileCount: number;
}

async function runOne(
  loaded: LoadedExperiment,
  options: RunCommandOptions,
  { context, fileCount }: Surrounding,
): Promise<ExitCode> {
  const { console, version } = context;
  const directory = directoryOf(loaded, options.out, fileCount);
  const finished = options.resume ? readResume(directory, { inputs: loaded.inputsHash, version }) : undefined;
  const { result, isInterrupted } = await execute(loaded, context, {
    progress: options.quiet ? 'hidden' : 'shown',
    replayCommand: commandLine(loaded, options),
    ...(finished === undefined ? {} : { finished }),
  });
  const comparisons = await compareAll(loaded, result);
  if (result.variants.length > 0) {
    writeFiles(directory, await filesOf(result, options));
    if (comparisons.length > 0) writeFiles(directory, await comparisonFiles(comparisons, options));
    writeRunRecord(directory, loaded.file, overridesOf(options));
  }
  if (isInterrupted) {
    tellInterrupted(loaded, result, { directory, options, context });
    return ExitCode.interrupted;
  }
  removeResume(directory);
  if (options.json) console.out(summaryJson(result).trimEnd());
  else if (!options.quiet) {
    printText(result, context);
    printMeasured(comparisons, context);
    printPlace(result, directory, context);
  }
  return hasCrossed(result) ? ExitCode.thresholdsCrossed : ExitCode.ok;
}

function directoryOf(loaded: LoadedExperiment, out: string | undefined, fileCount: number): string {
  if (out === undefined) return path.join('results', loaded.name);
  return fileCount > 1 ? path.join(out, loaded.name) : out;
}

/** Everything a run leaves in its directory; the whole result last, so that where it is, all is. */
async function filesOf(result: RunResult, { plots }: RunCommandOptions): Promise<RenderedFile[]> {
  const formats = plots ? [csv, markdown, svg, wholeResult] : [csv, markdown, wholeResult];
  const files: RenderedFile[] = [];
  for (const format of formats) files.push(...(await format.render(result)));
  return files;
}

function printText(result: RunResult, { console }: CommandContext): void {
  const { bold } = console.colours;
  console.out(bold(result.title));
  console.out(consoleTable(variantTable(result), console.style));
  if (result.variants.length > 0) console.out(verdictText(result, { width: console.width, bold }));
}

/** What was measured, beside what was predicted. */
function printMeasured(comparisons: readonly Comparison[], context: CommandContext): void {
  if (comparisons.length === 0) return;
  context.console.out(context.console.colours.bold('Beside real runs'));
  for (const comparison of comparisons) printComparison(comparison, context);
}

function printPlace(result: RunResult, directory: string, { console }: CommandContext): void {
  const { dim } = console.colours;
  console.out(dim(`written to ${directory}; seed ${result.seed}, inputs ${result.inputs.slice(0, 19)}…`));
}

interface Interruption {
  readonly directory: string;
  readonly options: RunCommandOptions;
  readonly context: CommandContext;
}

function tellInterrupted(
  loaded: LoadedExperiment,
  result: RunResult,
  { directory, options, context }: Interruption,
): void {
  const { console } = context;
  const finished = `${result.variants.length} of ${loaded.variants.length} variants were finished`;
  if (result.variants.length === 0) {
    console.error(`interrupted; ${finished}, nothing was written`);
    return;
  }
  writeResume(directory, result);
  console.error(`interrupted; ${finished} and are in ${directory}`);
  console.error(`to go on: ${commandLine(loaded, options)} --resume`);
}

/** The command that runs the same again, with what changes its numbers or its place. */
function commandLine(loaded: LoadedExperiment, options: RunCommandOptions): string {
  const words = ['sim', 'run', loaded.file];
  if (options.seed !== undefined) words.push('--seed', options.seed);
  if (options.replications !== undefined) words.push('--replications', String(options.replications));
  for (const label of options.only ?? []) words.push('--only', label);
  if (options.out !== undefined) words.push('--out', options.out);
  return words
    .map((word) => (/^[\w./=@:%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

function hasCrossed(result: RunResult): boolean {
  return result.variants.some((variant) =>
    Object.values(variant.thresholds).some((own) => Object.values(own).some((threshold) => !threshold.ok)),
  );
}
