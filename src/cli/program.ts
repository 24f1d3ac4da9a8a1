import { Command } from 'commander';
import { addAccuracy } from './commands/accuracy.js';
import { addCalibrate } from './commands/calibrate.js';
import { addCheck } from './commands/check.js';
import { addCompare } from './commands/compare.js';
import { addK6 } from './commands/k6.js';
import { addList } from './commands/list.js';
import { addPicks } from './commands/picks.js';
import { addPlot } from './commands/plot.js';
import { addReplay } from './commands/replay.js';
import { addRun } from './commands/run.js';
import { addSchema } from './commands/schema.js';
import type { Surroundings } from './console.js';
import { createConsole } from './console.js';
import type { CommandContext } from './context.js';
import { ExitCode } from './exit-codes.js';
import { reportFailure } from './failure.js';
import { packageVersion } from './version.js';

/** Every command, in the order in which help shows them. */
const COMMANDS = [
  addRun,
  addK6,
  addCheck,
  addCompare,
  addCalibrate,
  addPicks,
  addPlot,
  addReplay,
  addList,
  addSchema,
  addAccuracy,
];

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
    await createProgram(context).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportFailure(error, console, version);
  } finally {
    console.clearProgress();
  }
}

function createProgram(context: CommandContext): Command {
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
  for (const add of COMMANDS) add(program, context);
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
  }
  return program;
}
