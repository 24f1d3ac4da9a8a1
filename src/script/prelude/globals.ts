import { installDate } from './dates.js';
import { host } from './host.js';
import { toJson } from './json.js';
import { ScriptPromise } from './promise.js';
import { installStacks } from './stack.js';
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
  define(scope, 'Error', Error);
  define(scope, 'Date', installDate());
  define(scope, 'Promise', ScriptPromise);
  Object.defineProperty(ScriptPromise, 'name', { value: 'Promise' });
  define(scope, 'console', consoleObject());
  accessor(scope, '__VU', () => currentVu().id);
  accessor(scope, '__ITER', () => (currentVu().iteration < 0 ? undefined : currentVu().iteration));
  Math.random = () => currentVu().numbers.next();
  Reflect.deleteProperty(Error, 'captureStackTrace');
  Object.preventExtensions(globalThis);
}

function define(scope: object, name: string, value: unknown): void {
  Object.defineProperty(scope, name, { value, writable: false, configurable: false, enumerable: false });
}

function accessor(scope: object, name: string, get: () => unknown): void {
  Object.defineProperty(scope, name, { get, configurable: false, enumerable: false });
}

function consoleObject(): object {
  const write =
    (level: string) =>
    (...values: unknown[]): void => {
      host.log(level, values.map(shown).join(' '), 'console');
    };
  return {
    log: write('info'),
    info: write('info'),
    warn: write('warning'),
    error: write('error'),
    debug: write('debug'),
  };
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Error) return String(value);
    const text = toJson(value) as string | undefined;
    return text ?? String(value);
  }
  return String(value);
}

/** The virtual user's `globalThis`: what all have, and its own. */
export function globalOf(vu: Vu): object {
  vu.global ??= Object.create(globalThis) as object;
  return vu.global;
}
