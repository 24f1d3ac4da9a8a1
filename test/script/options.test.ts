import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { K6Error } from '../../src/script/exit-codes.js';
import { parseArguments } from '../../src/script/flags.js';
import { GoError } from '../../src/script/go-json.js';
import { inspectConsolidated, inspectScript } from '../../src/script/inspect.js';
import { type Consolidated, consolidate, type LogLine } from '../../src/script/options.js';
import { readFlags, readRuntimeOptions } from '../../src/script/options-flags.js';
import { type OptionsLayer, readConfigFile, readScriptOptions } from '../../src/script/options-layer.js';

/** What k6 v1.8.1 said of a script with these options: `k6 run` where there are `args`, otherwise `k6 inspect --execution-requirements`. */
interface Recorded {
  /** A JavaScript expression. */
  readonly options: string;
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
  readonly config?: unknown;
  readonly exitCode: number;
  /** `LOAD: ` stands for what is said of every script that cannot be loaded. */
  readonly log: readonly string[];
  /** What `k6 inspect` prints, with and without `--execution-requirements`. */
  readonly requirements?: unknown;
  readonly script?: unknown;
}

const file = new URL('./k6-options.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];
const FUNCTIONS = ['default', 'other'];

interface Outcome {
  exitCode: number;
  log: string[];
  script: OptionsLayer;
  consolidated?: Consolidated;
}

/** What we make of the same. */
function outcomeOf(item: Recorded): Outcome {
  const outcome: Outcome = { exitCode: 0, log: [], script: {} };
  const environment = item.env ?? {};
  try {
    const parsed = parseArguments([...(item.args ?? []), 'script.js']);
    if (parsed.positional.length !== 1) throw new K6Error(argumentCount(parsed.positional.length), 255);
    const runtime = readRuntimeOptions(parsed, environment);
    outcome.script = scriptLayer(item, outcome);
    const flags = attempt(() => readFlags(parsed), '', 255);
    const config = attempt(() => readConfigFile(item.config ?? {}), CONFIG, 104);
    const consolidated = consolidate({
      config,
      script: outcome.script,
      environment,
      flags,
      defaultVus: item.args === undefined ? 0 : 1,
      functions: FUNCTIONS,
      noThresholds: runtime.noThresholds,
      warn: (line) => outcome.log.push(lineOf(line)),
    });
    outcome.consolidated = consolidated;
  } catch (error) {
    if (!(error instanceof K6Error)) throw error;
    outcome.exitCode = error.exitCode;
    outcome.log.push(lineOf({ level: 'error', message: error.message }));
  }
  return outcome;
}

const CONFIG =
  'failed to load the configuration file from the local file system: couldn\'t parse the configuration from "config.json": ';

function argumentCount(count: number): string {
  return `accepts 1 arg(s), received ${count}: arg should either be "-", if reading script from stdin, or a path to a script file`;
}

function scriptLayer(item: Recorded, outcome: Outcome): OptionsLayer {
  const value = new Function(`return (${item.options})`)() as unknown;
  if (value === undefined) return {};
  const { layer, unknown } = attempt(() => readScriptOptions(value), 'LOAD: ', 104);
  if (unknown !== undefined) {
    const message = 'There were unknown fields in the options exported in the script';
    outcome.log.push(lineOf({ level: 'warning', message, fields: { error: unknown } }));
  }
  return layer;
}

function attempt<Value>(read: () => Value, prefix: string, exitCode: 104 | 255): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof GoError) throw new K6Error(`${prefix}${error.message}`, exitCode);
    throw error;
  }
}

function lineOf({ level, message, fields = {} }: LogLine): string {
  const quoted = (text: string) => JSON.stringify(text);
  const more = Object.entries(fields).map(([name, text]) => ` ${name}=${quoted(text)}`);
  return `level=${level} msg=${quoted(message)}${more.join('')}`;
}

describe('options, as k6 v1.8.1 takes them', () => {
  it.each(recorded.map((item) => [titleOf(item), item] as const))('%s', (_, item) => {
    const outcome = outcomeOf(item);
    const told = item.log.filter(
      (line) => !line.includes('component=') && !/No script iterations/.test(line),
    );
    // Which of the unknown outputs there are, nobody looks at before the run.
    if (item.args?.includes('--out')) return;
    expect(outcome.log).toEqual(told);
    expect(outcome.exitCode).toBe(item.exitCode);
    if (item.script !== undefined) {
      expect(inspectScript(outcome.script)).toBe(
        JSON.stringify(item.script, null, 2).replace(/[<>&]/g, escaped),
      );
    }
    if (item.requirements !== undefined) {
      expect(inspectConsolidated(outcome.consolidated!)).toBe(
        JSON.stringify(item.requirements, null, 2).replace(/[<>&]/g, escaped),
      );
    }
  });
});

function titleOf({ options, env, args, config }: Recorded): string {
  const more = [env, args, config].filter((part) => part !== undefined).map((part) => JSON.stringify(part));
  return [options, ...more].join(' ');
}

function escaped(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`;
}

describe('what the run needs besides', () => {
  const run = (script: OptionsLayer) => consolidate({ script, functions: FUNCTIONS, warn: () => {} });

  it('setup() and teardown() have a minute each, unless said otherwise', () => {
    expect(run({}).timeoutsNs).toEqual({ setup: 60e9, teardown: 60e9 });
    expect(run({ setupTimeout: 5e9 }).timeoutsNs).toEqual({ setup: 5e9, teardown: 60e9 });
  });

  it('thresholds are parsed, under their metrics', () => {
    const { layer } = readScriptOptions({ thresholds: { http_reqs: ['count>1'] } });
    expect(run(layer).thresholds.http_reqs).toMatchObject([{ method: 'count', operator: '>', value: 1 }]);
  });

  it('scenarios beyond what the simulator can do are refused', () => {
    const { layer } = readScriptOptions({
      scenarios: { a: { executor: 'externally-controlled', vus: 1, duration: '1s' } },
    });
    expect(() => inspectConsolidated(run(layer))).toThrow('scenario a cannot be simulated');
    const many = { scenarios: { a: { executor: 'constant-vus', vus: 2e6, duration: '1s' } } };
    expect(() => inspectConsolidated(run(readScriptOptions(many).layer))).toThrow(/vus: expected .*1000000/);
  });
});
