import { apiExport } from './api.js';
import { installCombinators } from './combinators.js';
import { consoleObject } from './console.js';
import { webCrypto } from './crypto.js';
import { installDate } from './dates.js';
import { goError } from './errors.js';
import { host } from './host.js';
import { fromJson, installJson } from './json.js';
import { ScriptPromise } from './promise.js';
import { installStacks } from './stack.js';
import { timerFunctions } from './timers.js';
import { currentVu, type Vu } from './vu.js';

/** Globals of the language that k6's engine has; whatever else the realm has is taken away. */
const KEPT: ReadonlySet<string> = new Set(
  (
    'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error ' +
    'AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math ArrayBuffer ' +
    'Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Uint8ClampedArray ' +
    'BigUint64Array BigInt64Array DataView Map BigInt Set WeakMap WeakSet Proxy Reflect decodeURI ' +
    'decodeURIComponent encodeURI encodeURIComponent escape unescape isFinite isNaN eval'
  ).split(' '),
);

/** Makes the realm's global object k6's, and closes it. */
export function installGlobals(): void {
  const scope = globalThis as unknown as Record<PropertyKey, unknown>;
  for (const name of Reflect.ownKeys(scope)) {
    if (!KEPT.has(name as string)) Reflect.deleteProperty(scope, name);
  }
  installStacks();
  installCombinators();
  installJson();
  fix(scope, 'Error', Error);
  fix(scope, 'Date', installDate());
  fix(scope, 'Promise', ScriptPromise);
  Object.defineProperty(ScriptPromise, 'name', { value: 'Promise' });
  fix(scope, 'console', consoleObject());
  fix(scope, 'crypto', webCrypto);
  for (const [name, value] of Object.entries(timerFunctions)) fix(scope, name, value);
  fix(scope, 'require', requireApi);
  accessor(scope, '__VU', () => currentVu().id);
  accessor(scope, '__ITER', () => (currentVu().iteration < 0 ? undefined : currentVu().iteration));
  accessor(scope, '__ENV', () => envOf(currentVu()));
  Math.random = () => currentVu().numbers.next();
  Reflect.deleteProperty(Error, 'captureStackTrace');
  Object.preventExtensions(globalThis);
}

function fix(scope: object, name: string, value: unknown): void {
  Object.defineProperty(scope, name, { value, writable: false, configurable: false, enumerable: false });
}

function accessor(scope: object, name: string, get: () => unknown): void {
  Object.defineProperty(scope, name, { get, configurable: false, enumerable: false });
}

/** A scenario's environment comes on top of what the virtual user has. */
export function enterScenario(vu: Vu, scenario: string): void {
  if (vu.scenario === scenario) return;
  vu.scenario = scenario;
  if (vu.env !== undefined) Object.assign(vu.env, fromJson(host.execution('env') || '{}'));
}

/** The environment, with what the scenario adds; each virtual user has its own. */
function envOf(vu: Vu): object {
  vu.env ??= fromJson(host.execution('env') || '{}') as object;
  return vu.env;
}

/** The virtual user's `globalThis`: what all have, and its own. */
export function globalOf(vu: Vu): object {
  vu.global ??= Object.create(globalThis) as object;
  return vu.global;
}

/** k6's `require` in a module of the language: of k6's own modules; where a module is CommonJS, it has its own. */
function requireApi(specifier: unknown): unknown {
  if (!currentVu().initialising) throw goError(onlyInInit('require'));
  return apiExport(String(specifier), '*');
}

function onlyInInit(name: string): string {
  return `the "${name}" function is only available in the init stage (i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information`;
}

/** k6's `open`, for files below the script's folder, in init code. @param from the module that asks. */
export function openFile(from: string, path: unknown, mode: unknown): unknown {
  const vu = currentVu();
  if (!vu.initialising) {
    throw goError(onlyInInit('open'));
  }
  const name = String(path ?? '');
  if (name === '') throw goError("open() can't be used with an empty filename");
  const text = host.open(from, name, mode === 'b' ? 'b' : '');
  if (text.startsWith('!')) throw goError(text.slice(1));
  if (mode !== 'b') return text.slice(1);
  const bytes = new Uint8Array(text.length - 1);
  for (let index = 0; index < bytes.length; index++) bytes[index] = text.charCodeAt(index + 1);
  return bytes.buffer;
}
