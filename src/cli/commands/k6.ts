import type { Command } from 'commander';
import { K6_EXIT_CODES, K6Error, type K6ExitCode } from '../../script/exit-codes.js';
import { inspectConsolidated, inspectScript } from '../../script/inspect.js';
import { STARTED_AT_MS } from '../../script/script-plan.js';
import type { CommandContext } from '../context.js';
import { K6Log } from '../k6/log.js';
import { type K6Request, readRequest } from '../k6/request.js';
import { type K6Surrounding, planOfRequest, runScript } from '../k6/run.js';

const HELP = `Usage: sim k6 run [flags] SCRIPT --model MODEL
       sim k6 inspect [flags] SCRIPT

Runs a k6 script, as it is, in virtual time against a model, and says what k6 v1.8 would say.

  --model FILE   the cluster to run against (or options.ext.sim.model in the script)
  --seed SEED    all randomness follows from it (default 1)
  --root FOLDER  what the script may import and open (default: its own folder)

All other flags are those of k6 run: -u -d -i -s -e -o -q, --summary-mode, --summary-export, --tag, ...
`;

/** `sim k6 run SCRIPT` and `sim k6 inspect SCRIPT`. */
export function addK6(program: Command, context: CommandContext): void {
  program
    .command('k6')
    .description('run a k6 script, unmodified, in virtual time against a model')
    .argument('[words...]', 'run or inspect, then the flags of k6 and the script')
    .helpOption(false)
    .allowUnknownOption()
    .action(async (_words: string[], _options: unknown, command: Command) => {
      // As they were typed: flags in k6's own order and form.
      const words = (command.parent as Command & { rawArgs: string[] }).rawArgs;
      const [verb, ...rest] = words.slice(words.indexOf('k6') + 1);
      context.exitWith(await runVerb(verb, rest, context));
    });
}

async function runVerb(
  verb: string | undefined,
  words: readonly string[],
  context: CommandContext,
): Promise<K6ExitCode> {
  const { stdout } = context.surroundings;
  if (verb === undefined || verb === 'help' || verb === '--help' || verb === '-h') {
    stdout.write(HELP);
    return K6_EXIT_CODES.ok;
  }
  let log = plainLog(context);
  try {
    if (verb !== 'run' && verb !== 'inspect') {
      throw new K6Error(`unknown command "${verb}" for "k6"`, K6_EXIT_CODES.other);
    }
    const request = readRequest(words, environmentOf(context));
    if (request.help) {
      stdout.write(HELP);
      return K6_EXIT_CODES.ok;
    }
    log = logOf(request, context);
    const surrounding = { context, log };
    return verb === 'run' ? await runScript(request, surrounding) : inspect(request, surrounding);
  } catch (error) {
    if (!(error instanceof K6Error)) throw error;
    log.add({ level: 'error', message: error.message, fields: error.fields });
    return error.exitCode;
  }
}

function inspect(request: K6Request, surrounding: K6Surrounding): K6ExitCode {
  const plan = planOfRequest(request, surrounding);
  const text = request.executionRequirements
    ? inspectConsolidated(plan.consolidated)
    : inspectScript(plan.loaded.options);
  surrounding.context.surroundings.stdout.write(`${text}\n`);
  return K6_EXIT_CODES.ok;
}

function environmentOf({ surroundings }: CommandContext): Record<string, string> {
  const entries = Object.entries(surroundings.env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return Object.fromEntries(entries);
}

function plainLog({ surroundings }: CommandContext): K6Log {
  const settings = { format: '', output: 'stderr', console: '', verbose: false, noColor: false };
  return new K6Log(surroundings, settings, STARTED_AT_MS);
}

function logOf({ runtime, verbose, consoleOutput }: K6Request, { surroundings }: CommandContext): K6Log {
  const { logFormat: format, logOutput: output, noColor } = runtime;
  return new K6Log(surroundings, { format, output, console: consoleOutput, verbose, noColor }, STARTED_AT_MS);
}
