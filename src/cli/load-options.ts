import { type Command, InvalidArgumentError, Option } from 'commander';
import { nameHint } from '../input/error.js';
import type { LoadedExperiment } from '../input/experiment.js';
import { loadExperiment, type Overrides } from '../input/load.js';
import { UsageError } from './failure.js';
import { diskFiles } from './files.js';

/** Options of every command that runs an experiment. */
export interface LoadOptions {
  readonly seed?: string;
  readonly replications?: number;
  readonly only?: readonly string[];
}

/** Adds `--seed`, `--replications` and `--only`. */
export function addLoadOptions(command: Command): Command {
  return command
    .addOption(new Option('--seed <seed>', 'seed, instead of the file’s').argParser(parseSeed))
    .addOption(
      new Option('--replications <count>', 'replications, instead of the file’s').argParser(parseCount),
    )
    .option('--only <label>', 'run only this variant, by its label; may be repeated', collect);
}

/** What the command line puts in place of the file's. */
export function overridesOf({ seed, replications }: LoadOptions): Overrides {
  return { ...(seed === undefined ? {} : { seed }), ...(replications === undefined ? {} : { replications }) };
}

/**
 * Reads an experiment with the command line's changes.
 * @param overrides stronger than the command line.
 * @throws UsageError where `--only` names no variant.
 */
export function loadWithOptions(
  file: string,
  options: LoadOptions,
  overrides: Overrides = {},
): LoadedExperiment {
  const loaded = loadExperiment(file, diskFiles, { ...overridesOf(options), ...overrides });
  if (options.only === undefined) return loaded;
  const labels = loaded.variants.map((variant) => variant.label);
  for (const label of options.only) {
    if (labels.includes(label)) continue;
    throw new UsageError(`${file} has no variant ${JSON.stringify(label)}`, nameHint(label, labels));
  }
  return { ...loaded, variants: loaded.variants.filter(({ label }) => options.only?.includes(label)) };
}

/** A seed, as a command line gives it. */
export function parseSeed(text: string): string {
  if (text === '') throw new InvalidArgumentError('A seed is a number or a text that is not empty.');
  return text;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 10_000) {
    throw new InvalidArgumentError('It is a whole number from 1 to 10000.');
  }
  return count;
}

function collect(label: string, before: readonly string[] = []): readonly string[] {
  return [...before, label];
}
