import type { Command } from 'commander';
import { InputError, type Mistake } from '../../input/error.js';
import { isModelFile, loadExperiment, loadModel } from '../../input/load.js';
import type { CommandContext } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { reportFailure } from '../failure.js';
import { diskFiles } from '../files.js';

/** What a file that is right turned out to be. */
interface Checked {
  readonly file: string;
  readonly kind: 'experiment' | 'model';
  readonly summary: string;
  readonly variants?: readonly string[];
  readonly inputs?: string;
}

/** `sim check FILE...` */
export function addCheck(program: Command, context: CommandContext): void {
  program
    .command('check')
    .description('check experiments and models without running them')
    .argument('<file...>', 'experiment or model files')
    .option('--json', 'print one JSON object instead of text')
    .action((files: string[], options: { json?: true }) => {
      const results = files.map((file) => checkFile(file));
      const isWrong = results.some((result) => result instanceof InputError);
      if (options.json) printJson(files, results, context);
      else printText(results, context);
      if (isWrong) context.exitWith(ExitCode.wrongInput);
    });
}

function checkFile(file: string): Checked | InputError {
  try {
    if (isModelFile(file, diskFiles)) {
      const model = loadModel(file, diskFiles);
      const parts = [...Object.keys(model.services), ...Object.keys(model.databases)];
      return { file, kind: 'model', summary: `a model of ${parts.join(', ')}` };
    }
    const loaded = loadExperiment(file, diskFiles);
    const variants = loaded.variants.map((variant) => variant.label);
    const { replications } = loaded.variants[0]!.experiment;
    const summary = `an experiment with ${plural(variants.length, 'variant')} of ${plural(replications, 'replication')}`;
    return { file, kind: 'experiment', summary, variants, inputs: loaded.inputsHash };
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function printText(results: readonly (Checked | InputError)[], { console, version }: CommandContext): void {
  for (const result of results) {
    if (result instanceof InputError) reportFailure(result, console, version);
    else console.out(`${result.file}: ${console.colours.green('ok')}, ${result.summary}`);
  }
}

function printJson(
  files: readonly string[],
  results: readonly (Checked | InputError)[],
  { console }: CommandContext,
): void {
  const rows = results.map((result, index) =>
    result instanceof InputError
      ? { file: files[index], ok: false, mistakes: result.mistakes.map(withoutLine) }
      : { ...result, ok: true },
  );
  console.out(JSON.stringify({ files: rows }, null, 2));
}

/** The line's text is for people. */
function withoutLine({ lineText: _, ...rest }: Mistake): Omit<Mistake, 'lineText'> {
  return rest;
}
