import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LoadedExperiment } from '../../input/experiment.js';
import { maybeDuration } from '../../options/units.js';
import { canonicalJson } from '../../report/canonical.js';
import { scoreboardTable } from '../../report/comparison-table.js';
import { consoleTable } from '../../report/table.js';
import { compareFully, comparisonFiles, type FullComparison, printComparison } from '../comparing.js';
import type { CommandContext } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { UsageError } from '../failure.js';
import { addLoadOptions, type LoadOptions, loadWithOptions } from '../load-options.js';
import type { Predictable } from '../predicting.js';
import { printRows } from '../printing-rows.js';
import { writeFiles } from '../results.js';

interface CompareCommandOptions extends LoadOptions {
  readonly out?: string;
  readonly json?: true;
  readonly plots: boolean;
  /** Seconds. */
  readonly bucket?: number;
  readonly ownCpu?: true;
  readonly prometheus?: string;
}

/** `sim compare FILE...` */
export function addCompare(program: Command, context: CommandContext): void {
  const command = program
    .command('compare')
    .description('hold a prediction against the real runs that the experiment names under `measured`')
    .argument('<file...>', 'experiment files')
    .option('-o, --out <directory>', 'where files go (default: results/NAME)')
    .option('--json', 'print one JSON object instead of text: comparisons, and rows of single numbers')
    .addOption(
      new Option('--bucket <duration>', 'length of a bucket of time (default: at most 15 of them)').argParser(
        parseBucket,
      ),
    )
    .option(
      '--own-cpu',
      'predict each take also given its own CPU per request, from the Prometheus files that stand beside it',
    )
    .option(
      '--prometheus <url>',
      'ask this Prometheus about the time of each take, in place of its saved answers: http://localhost:9090',
    )
    .option('--no-plots', 'draw no charts');
  addLoadOptions(command).action(async (files: string[], options: CompareCommandOptions) => {
    const experiments = files.map((file) => predictableOf(file, options));
    const all: FullComparison[] = [];
    for (const predictable of experiments) {
      const { loaded } = predictable;
      const { comparisons, isInterrupted } = await compareFully(predictable, context, {
        progress: options.json ? 'hidden' : 'shown',
        bucketSeconds: options.bucket,
        ownCpu: options.ownCpu,
        prometheus: options.prometheus,
      });
      all.push(...comparisons);
      const directory = options.out ?? path.join('results', loaded.name);
      writeFiles(
        directory,
        await comparisonFiles(
          comparisons.map(({ comparison }) => comparison),
          options,
        ),
      );
      if (!options.json) for (const full of comparisons) print(full, context);
      if (isInterrupted) {
        context.exitWith(ExitCode.interrupted);
        return;
      }
    }
    printAll(all, options, context);
  });
}

function print(full: FullComparison, context: CommandContext): void {
  printComparison(full.comparison, context);
  printRows(full, context);
}

function printAll(
  all: readonly FullComparison[],
  { json, ownCpu }: CompareCommandOptions,
  { console }: CommandContext,
): void {
  const comparisons = all.map(({ comparison }) => comparison);
  if (json === true) {
    const rows = all.flatMap((full) => full.rows);
    const takes = all.flatMap((full) => full.ownCpu ?? []);
    const own = ownCpu && {
      ownCpu: takes.map(({ rows: _, ...take }) => take),
      ownCpuRows: takes.flatMap((take) => take.rows),
    };
    const prometheus = all.flatMap((full) => full.prometheus.map(({ run, view }) => ({ run, ...view })));
    console.out(canonicalJson({ comparisons, rows, prometheus, ...own }).trimEnd());
  } else if (all.length > 1) console.out(consoleTable(scoreboardTable(comparisons), console.style));
}

function parseBucket(text: string): number {
  const lengthNs = maybeDuration(text);
  if (lengthNs === undefined || lengthNs < 1e9) {
    throw new InvalidArgumentError('It is a duration of a second at least, such as 15s.');
  }
  return lengthNs / 1e9;
}

function predictableOf(file: string, options: LoadOptions): Predictable {
  const loaded = withMeasurements(file, loadWithOptions(file, options));
  return { loaded, reload: (overrides) => withMeasurements(file, loadWithOptions(file, options, overrides)) };
}

/** Only the variants that were measured. */
function withMeasurements(file: string, loaded: LoadedExperiment): LoadedExperiment {
  const variants = loaded.variants.filter(({ experiment }) => experiment.measured.length > 0);
  if (variants.length === 0) {
    throw new UsageError(`${file} names no measurement to compare with`, 'add one under `measured:`');
  }
  return { ...loaded, variants };
}
