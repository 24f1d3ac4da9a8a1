import type { Command } from 'commander';
import type { LoadedExperiment } from '../../input/experiment.js';
import { loadExperiment } from '../../input/load.js';
import type { RunResult, VariantResult } from '../../metrics/result.js';
import type { CommandContext } from '../context.js';
import { execute } from '../execute.js';
import { ExitCode } from '../exit-codes.js';
import { UsageError } from '../failure.js';
import { diskFiles } from '../files.js';
import { readResult, readRunRecord } from '../results.js';

/** `sim replay RESULT` */
export function addReplay(program: Command, context: CommandContext): void {
  program
    .command('replay')
    .description('run a result again and compare the fingerprints of its event streams')
    .argument('<result>', 'result.json, or its directory')
    .option('--experiment <file>', 'the experiment’s file (default: the one the result was made from)')
    .action(async (given: string, options: { experiment?: string }) => {
      const { result, directory } = readResult(given);
      const loaded = findExperiment(result, directory, options.experiment);
      const { result: again, isInterrupted } = await execute(loaded, context, {
        progress: 'shown',
        replayCommand: `sim replay ${given}`,
      });
      context.exitWith(isInterrupted ? ExitCode.interrupted : compareFingerprints(result, again, context));
    });
}

/** The experiment that the result was made from, with only the variants that the result has. */
function findExperiment(result: RunResult, directory: string, given: string | undefined): LoadedExperiment {
  const record = readRunRecord(directory);
  const file = given ?? record?.file;
  if (file === undefined) {
    throw new UsageError(
      `nothing beside the result says which experiment it is of`,
      'name it with --experiment FILE',
    );
  }
  const loaded = loadExperiment(file, diskFiles, record?.overrides ?? {});
  if (loaded.inputsHash !== result.inputs) {
    throw new UsageError(
      `${file} or its model has changed since the result was made`,
      `the result is of inputs ${result.inputs}, these are ${loaded.inputsHash}`,
    );
  }
  const labels = result.variants.map((variant) => variant.label);
  return { ...loaded, variants: loaded.variants.filter((variant) => labels.includes(variant.label)) };
}

function compareFingerprints(
  before: RunResult,
  after: RunResult,
  { console, version }: CommandContext,
): ExitCode {
  let differs = false;
  for (const variant of before.variants) {
    const again = after.variants.find((candidate) => candidate.label === variant.label);
    const isSame = again?.fingerprint === variant.fingerprint;
    const word = isSame ? console.colours.green('same') : console.colours.red('differs');
    console.out(
      `${variant.label}: ${word}, ${variant.fingerprint}${isSame ? '' : ` before, ${again?.fingerprint} now`}`,
    );
    if (!isSame) console.out(firstDifference(variant, again));
    differs ||= !isSame;
  }
  if (differs && before.version !== version) {
    console.out(`the result was made by sim ${before.version}, this is ${version}`);
  }
  return differs ? ExitCode.other : ExitCode.ok;
}

function firstDifference(before: VariantResult, after: VariantResult | undefined): string {
  const run = before.runs.find(
    (candidate, index) => candidate.fingerprint !== after?.runs[index]?.fingerprint,
  );
  if (run === undefined) return '  the replications are the same, their number is not';
  const again = after?.runs.find((candidate) => candidate.seed === run.seed);
  return `  first in the replication of seed ${run.seed}: ${run.events} events before, ${again?.events ?? 'none'} now`;
}
