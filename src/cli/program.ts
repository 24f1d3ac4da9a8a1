import { Command } from 'commander';
import type { Surroundings } from './console.js';
import { createConsole } from './console.js';
import type { CommandContext } from './context.js';
import { ExitCode } from './exit-codes.js';
import { reportFailure } from './failure.js';
import { packageVersion } from './version.js';

/** Adds a command to the program. */
type AddCommand = (program: Command, context: CommandContext) => void;

/** Every command, in the order in which help shows them. Only the one that is asked for is loaded: all take twice as long. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import('./commands/run.js')).addRun,
  k6: async () => (await import('./commands/k6.js')).addK6,
  check: async () => (await import('./commands/check.js')).addCheck,
  compare: async () => (await import('./commands/compare.js')).addCompare,
  calibrate: async () => (await import('./commands/calibrate.js')).addCalibrate,
  picks: async () => (await import('./commands/picks.js')).addPicks,
  plot: async () => (await import('./commands/plot.js')).addPlot,
  replay: async () => (await import('./commands/replay.js')).addReplay,
  list: async () => (await import('./commands/list.js')).addList,
  schema: async () => (await import('./commands/schema.js')).addSchema,
  accuracy: async () => (await import('./commands/accuracy.js')).addAccuracy,
};

/**
 * Runs one command line.
 * @param words the command line without the program's own name.
 * @returns the exit code; never throws.
 */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const console = createConsole(surroundings);
  const version = packageVersion();
  let exitCode: number = ExitCode.ok;
  const context: CommandContext = {
    console,
    surroundings,
    version,
    exitWith: (code) => {
      exitCode = code;
    },
  };
  try {
    const program = await createProgram(context, words[0]);
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportFailure(error, console, version);
  } finally {
    console.clearProgress();
  }
}

/** @param asked the first word; where that is no command's name, the program has all of them. */
async function createProgram(context: CommandContext, asked: string | undefined): Promise<Command> {
  const { stdout, stderr } = context.surroundings;
  const program = new Command('sim')
    .description('Rehearse a load test before deploying: simulate a load-balanced HTTP cluster.')
    .version(context.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError(true)
    .showHelpAfterError('(sim help shows every command)')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(text),
    })
    // The library would end the process; tests run many command lines in one.
    .exitOverride();
  const names = Object.keys(COMMANDS);
  const wanted = asked !== undefined && names.includes(asked) ? [asked] : names;
  for (const name of wanted) {
    const add = await COMMANDS[name]!();
    add(program, context);
  }
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
  }
  return program;
}
