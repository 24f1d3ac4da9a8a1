import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadModel } from '../../input/load.js';
import type { Model } from '../../input/model-file.js';
import { OutputError, type PointsOutput, parseOutput } from '../../report/k6/outputs.js';
import { K6_EXIT_CODES, K6Error } from '../../script/exit-codes.js';
import { type Arguments, parseArguments } from '../../script/flags.js';
import { GoError } from '../../script/go-json.js';
import { type RuntimeOptions, readFlags, readRuntimeOptions } from '../../script/options-flags.js';
import { type OptionsLayer, readConfigFile } from '../../script/options-layer.js';
import { diskFiles } from '../files.js';

/** Flags of `sim k6` besides k6's own. */
const OWN_FLAGS = {
  model: { kind: 'string' },
  seed: { kind: 'string' },
  root: { kind: 'string' },
  'execution-requirements': { kind: 'bool' },
  help: { kind: 'bool', short: 'h' },
} as const;

/** A command line of `sim k6`, read. */
export interface K6Request {
  /** The script, as it was given; empty for none. */
  readonly script: string;
  readonly positional: readonly string[];
  readonly model: string | undefined;
  readonly seed: string;
  /** The folder that the script may read from, if not its own. */
  readonly root: string | undefined;
  readonly flags: OptionsLayer;
  readonly config: OptionsLayer;
  readonly runtime: RuntimeOptions;
  readonly outputs: readonly PointsOutput[];
  readonly environment: Readonly<Record<string, string>>;
  readonly verbose: boolean;
  /** File for the script's console; empty for none. */
  readonly consoleOutput: string;
  readonly executionRequirements: boolean;
  readonly help: boolean;
}

/** Takes a command line apart. @throws K6Error in k6's words. */
export function readRequest(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): K6Request {
  const parsed = parseArguments(words, OWN_FLAGS);
  const { flags, positional } = parsed;
  const runtime = readRuntimeOptions(parsed, environment);
  return {
    script: positional[0] ?? '',
    positional,
    model: flags.model as string | undefined,
    seed: String(flags.seed ?? '1'),
    root: flags.root as string | undefined,
    flags: attempt(() => readFlags(parsed), K6_EXIT_CODES.other),
    config: configOf(parsed, environment),
    runtime,
    outputs: runtime.outputs.map((argument) => outputOf(argument, environment)),
    environment,
    verbose: flags.verbose === true,
    consoleOutput: String(flags['console-output'] ?? environment.K6_CONSOLE_OUTPUT ?? ''),
    executionRequirements: flags['execution-requirements'] === true,
    help: flags.help === true,
  };
}

/** Only a file that is named: what lies in the home folder of whoever runs it must not change a simulated run. */
function configOf({ flags }: Arguments, environment: Readonly<Record<string, string>>): OptionsLayer {
  const file = flags.config ?? environment.K6_CONFIG;
  if (typeof file !== 'string' || file === '') return {};
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    const problem = `could not load config file "${file}": open ${file}: no such file or directory`;
    throw new K6Error(problem, K6_EXIT_CODES.invalidConfig);
  }
  return attempt(() => readConfigFile(JSON.parse(text)), K6_EXIT_CODES.invalidConfig);
}

function attempt<Value>(read: () => Value, code: K6Error['exitCode']): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof GoError || error instanceof SyntaxError) throw new K6Error(error.message, code);
    throw error;
  }
}

function outputOf(argument: string, environment: Readonly<Record<string, string>>): PointsOutput {
  try {
    return parseOutput(argument, environment);
  } catch (error) {
    if (error instanceof OutputError) throw new K6Error(error.message, K6_EXIT_CODES.other);
    throw error;
  }
}

/** The one script that the command line names. @throws K6Error in k6's words. */
export function oneScript({ positional }: K6Request): string {
  if (positional.length === 1) return positional[0]!;
  const what = 'arg should either be "-", if reading script from stdin, or a path to a script file';
  throw new K6Error(`accepts 1 arg(s), received ${positional.length}: ${what}`, K6_EXIT_CODES.other);
}

/**
 * The model that the command line names, or the script: `options.ext.sim.model`, relative to the script.
 *
 * @throws K6Error where neither does; InputError where it is wrong.
 */
export function modelOf(request: K6Request, options: OptionsLayer): Model {
  const own = (options.ext as { sim?: { model?: unknown } } | undefined)?.sim?.model;
  if (request.model !== undefined) return loadModel(request.model, diskFiles);
  if (typeof own === 'string') return loadModel(path.join(path.dirname(request.script), own), diskFiles);
  throw new K6Error(
    'there is no model to run the script against: name one with --model models/x.yaml, or in the script with options.ext.sim.model',
    K6_EXIT_CODES.invalidConfig,
  );
}
