import path from 'node:path';
import type { Command } from 'commander';
import type { LoadedExperiment } from '../../input/experiment.js';
import type { Comparison } from '../../metrics/comparison.js';
import { canonicalJson } from '../../report/canonical.js';
import { scoreboardTable } from '../../report/comparison-table.js';
import { consoleTable } from '../../report/table.js';
import { compareAll, comparisonFiles, printComparison } from '../comparing.js';
import type { CommandContext } from '../context.js';
import { execute } from '../execute.js';
import { ExitCode } from '../exit-codes.js';
import { UsageError } from '../failure.js';
import { addLoadOptions, type LoadOptions, loadWithOptions } from '../load-options.js';
import { writeFiles } from '../results.js';

interface CompareCommandOptions extends LoadOptions {
  readonly out?: string;
  readonly json?: true;
  readonly plots: boolean;
}

/** `sim compare FILE...` */
export function addCompare(program: Command, context: CommandContext): void {
  const command = program
    .command('compare')
    .description('hold a prediction against the real runs that the experiment names under `measured`')
    .argument('<file...>', 'experiment files')
    .option('-o, --out <directory>', 'where files go (default: results/NAME)')
    .option('--json', 'print one JSON object instead of text')
    .option('--no-plots', 'draw no charts');
  addLoadOptions(command).action(async (files: string[], options: CompareCommandOptions) => {
    const experiments = files.map((file) => withMeasurements(file, loadWithOptions(file, options)));
    const all: Comparison[] = [];
    for (const loaded of experiments) {
      const { result, isInterrupted } = await execute(loaded, context, {
        progress: options.json ? 'hidden' : 'shown',
        replayCommand: `sim compare ${loaded.file}`,
      });
      const comparisons = await compareAll(loaded, result);
      all.push(...comparisons);
      const directory = options.out ?? path.join('results', loaded.name);
      writeFiles(directory, await comparisonFiles(comparisons, options));
      if (!options.json) for (const comparison of comparisons) printComparison(comparison, context);
      if (isInterrupted) {
        context.exitWith(ExitCode.interrupted);
        return;
      }
    }
    if (options.json) context.console.out(canonicalJson({ comparisons: all }).trimEnd());
    else if (all.length > 1) context.console.out(consoleTable(scoreboardTable(all), context.console.style));
  });
}

/** Only the variants that were measured. */
function withMeasurements(file: string, loaded: LoadedExperiment): LoadedExperiment {
  const variants = loaded.variants.filter(({ experiment }) => experiment.measured.length > 0);
  if (variants.length === 0) {
    throw new UsageError(`${file} names no measurement to compare with`, 'add one under `measured:`');
  }
  return { ...loaded, variants };
}
