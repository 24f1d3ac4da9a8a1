import type { MetricInfo } from '../metrics/k6-metrics.js';
import type { ScriptMetricsSink } from '../metrics/sink.js';
import { EndpointTable, K6_USER_AGENT } from '../model/endpoint.js';
import { type CompiledScript, compileScript } from './compile/compile.js';
import type { ModuleProvider } from './compile/link.js';
import { MissingExport } from './compile/missing.js';
import { ScriptError } from './compile/script-error.js';
import { K6_EXIT_CODES, K6Error } from './exit-codes.js';
import { GoError } from './go-json.js';
import { JSLIB_NAMES, jslibModule } from './jslib.js';
import { type OptionsLayer, readScriptOptions } from './options-layer.js';
import type { ScriptLog } from './run-options.js';
import { idOf, pathOf, resolvePath, ScriptFiles, type ScriptHost } from './script-host.js';
import { ScriptRun, ScriptStopped } from './script-run.js';
import { syntaxText } from './syntax-text.js';

/** What {@link loadScript} needs. */
export interface LoadOptions {
  readonly host: ScriptHost;
  /** As it was given: what messages call it. */
  readonly name: string;
  /** The folder that the script may read from, as it was given; its own if absent. */
  readonly root?: string | undefined;
  /** k6's `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: (entry: ScriptLog) => void;
  readonly startedAtMs: number;
  readonly seedOf: (stream: number) => number;
}

/** A script that was compiled, and run once as k6's virtual user 0 to learn what it exports. */
export interface LoadedScript {
  readonly name: string;
  readonly files: ScriptFiles;
  readonly compiled: CompiledScript;
  readonly options: OptionsLayer;
  /** What k6 warns of: `json: unknown field "foo"`. */
  readonly unknown: string | undefined;
  /** Names of the exported functions. */
  readonly functions: readonly string[];
  /** The metrics that it makes. */
  readonly metrics: Readonly<Record<string, MetricInfo>>;
}

/** Reads, compiles and tries a script. @throws K6Error in k6's words, with k6's exit code. */
export function loadScript(options: LoadOptions): LoadedScript {
  const { host, name } = options;
  const path = host.absolute(name);
  const root = options.root === undefined ? undefined : host.absolute(options.root);
  const files = new ScriptFiles(host, path, root);
  const compiled = compile(files, name);
  const run = trialRun(compiled, files, options);
  try {
    run.load(0);
  } catch (error) {
    if (!(error instanceof ScriptStopped)) throw error;
    throw new K6Error(error.message, K6_EXIT_CODES.scriptException, { hint: 'script exception' });
  }
  const functions = run.functions(0);
  if (functions.length === 0)
    throw notLoaded(name, path, 'no exported functions in script', K6_EXIT_CODES.other);
  const { layer, unknown } = readOptions(run, name, path);
  return { name, files, compiled, options: layer, unknown, functions, metrics: metricsOf(run) };
}

function compile(files: ScriptFiles, name: string): CompiledScript {
  const { path } = files;
  let entry: string;
  try {
    entry = files.module(path, name);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    throw new K6Error(error.message, K6_EXIT_CODES.other);
  }
  const texts = new Map([[idOf(path), entry]]);
  try {
    return compileScript(idOf(path), providerOf(files, texts));
  } catch (error) {
    if (error instanceof MissingExport) {
      throw new K6Error(error.message, K6_EXIT_CODES.scriptException, { hint: 'script exception' });
    }
    if (!(error instanceof ScriptError)) throw error;
    const text = syntaxText(error, texts.get(error.place?.file ?? ''));
    throw notLoaded(name, path, text, K6_EXIT_CODES.scriptException);
  }
}

/** Modules by relative path, and k6's library by its address. */
function providerOf(files: ScriptFiles, texts: Map<string, string>): ModuleProvider {
  const specifiers = new Map<string, string>();
  return {
    resolve: (specifier, from) => {
      if (/^https?:/.test(specifier)) return specifier;
      if (!/^(?:\.{1,2}\/|\/|file:)/.test(specifier)) throw new ScriptError(unknownModule(specifier));
      const id = idOf(resolvePath(pathOf(from), specifier));
      specifiers.set(id, specifier);
      return id;
    },
    read: (id) => {
      const known = texts.get(id) ?? jslibModule(id);
      if (known !== undefined) return known;
      if (/^https?:/.test(id)) throw new ScriptError(remoteModule(id));
      const text = files.module(pathOf(id), specifiers.get(id) ?? id);
      texts.set(id, text);
      return text;
    },
  };
}

function unknownModule(specifier: string): string {
  return `The moduleSpecifier ${JSON.stringify(specifier)} couldn't be recognised as something k6 supports.`;
}

function remoteModule(address: string): string {
  const known = JSLIB_NAMES.join(', ');
  return `The moduleSpecifier ${JSON.stringify(address)} couldn't be retrieved: a simulated run fetches nothing. Of https://jslib.k6.io it has ${known}; put a copy of another module beside the script, and import that`;
}

function notLoaded(name: string, path: string, text: string, code: K6Error['exitCode']): K6Error {
  return new K6Error(
    `could not initialize '${baseName(name)}': could not load JS test '${idOf(path)}': ${text}`,
    code,
  );
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function readOptions(run: ScriptRun, name: string, path: string) {
  if (run.exportedType(0, 'options') === 'function') {
    const problem = 'json: unsupported type: func(sobek.FunctionCall) sobek.Value';
    throw notLoaded(name, path, `error parsing script options: ${problem}`, K6_EXIT_CODES.other);
  }
  try {
    return readScriptOptions(run.exported(0, 'options') ?? {});
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw notLoaded(name, path, error.message, K6_EXIT_CODES.invalidConfig);
  }
}

function metricsOf(run: ScriptRun): Readonly<Record<string, MetricInfo>> {
  const entries = run.metrics.all.map(({ name, type, isTime }) => {
    const info: MetricInfo = { type, contains: isTime ? 'time' : 'default' };
    return [name, info] as const;
  });
  return Object.fromEntries(entries);
}

function trialRun(script: CompiledScript, files: ScriptFiles, options: LoadOptions): ScriptRun {
  const { host, env, log, startedAtMs, seedOf } = options;
  return new ScriptRun({
    script,
    realm: host.createRealm(),
    sink: NOWHERE,
    endpoints: new EndpointTable(),
    userAgent: K6_USER_AGENT,
    targetOf: () => 0,
    nowNs: () => 0,
    startedAtMs,
    seedOf,
    instanceName: () => '',
    log,
    open: (from, path, mode) => files.open(from, path, mode),
    env: () => env,
    facts: initFact,
  });
}

/** What `k6/execution` says in init code. */
export function initFact(fact: string): unknown {
  if (fact.startsWith('instance.'))
    return '!getting instance information in the init context is not supported';
  if (fact.startsWith('test.')) return '!getting test options in the init context is not supported';
  if (fact.startsWith('vu.')) return '!getting VU information in the init context is not supported';
  return fact.startsWith('scenario.') ? OUTSIDE : undefined;
}

/** What `k6/execution` says of scenarios where there is none. */
export const OUTSIDE = '!getting scenario information outside of the VU context is not supported';

const nothing = (): void => {};

/** Nothing is measured before the test. */
const NOWHERE: ScriptMetricsSink = {
  http: nothing,
  iteration: nothing,
  interruptedIteration: nothing,
  droppedIterations: nothing,
  check: nothing,
  data: nothing,
  served: nothing,
  gauge: nothing,
  custom: nothing,
};
