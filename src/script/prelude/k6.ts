import { type AnyFunction, drive, invoke, Stamp, type Twin } from './core.js';
import { goError } from './errors.js';
import { host } from './host.js';
import { tagsText } from './tags.js';
import { currentVu } from './vu.js';
import { beginWait, waitingFunction } from './waiting.js';

const NS_PER_SECOND = 1e9;

/** `sleep(seconds)`: true if it takes any time. */
export function beginSleep(seconds: unknown): boolean {
  const ns = Math.round(Number(seconds) * NS_PER_SECOND);
  if (!(ns > 0) || currentVu().initialising) return false;
  beginWait(-ns, 'sleep()');
  return true;
}

/** k6's `sleep`. */
export const sleep = waitingFunction(beginSleep, () => undefined, 'sleep');

/** Both forms of a function of k6 that calls back. */
function calling(twin: Twin, name: string): AnyFunction {
  const plain = {
    [name](this: unknown, ...values: unknown[]) {
      return drive(Reflect.apply(twin, this, values));
    },
  }[name] as AnyFunction;
  return Stamp.put(plain, twin);
}

/** k6's `group`: internal/js/modules/k6/k6.go, Group. */
export const group = calling(function* group(name, callback) {
  const vu = currentVu();
  const text = String(name);
  if (vu.initialising) throw goError('Using group() in the init context is not supported');
  if (typeof callback !== 'function') throw goError('group() requires a callback as a second argument');
  if (text.includes('::')) throw goError("group and check names may not contain '::'");
  const outer = vu.group;
  const startNs = host.nowNs();
  setGroup(`${outer}::${text}`);
  try {
    const result = yield* invoke(callback, undefined, []);
    if (isThenable(result)) throw goError(ASYNC_GROUP);
    return result;
  } finally {
    host.metric('group_duration', (host.nowNs() - startNs) / 1e6, tagsText());
    setGroup(outer);
  }
}, 'group');

function setGroup(name: string): void {
  currentVu().group = name;
  host.group(name);
}

/** The entries of a check (internal/js/modules/k6/k6.go, Check), after what must hold before. */
function checkNames(sets: unknown): string[] {
  if (currentVu().initialising) {
    throw goError('Using check() in the init context is not supported');
  }
  if (sets === undefined) throw goError('no checks provided to `check`');
  if (sets === null) throw new TypeError('Cannot convert undefined or null to object');
  return Object.keys(sets as object);
}

function report(name: string, result: unknown, tags: string): boolean {
  if (isThenable(result)) throw goError(ASYNC_CHECK);
  const passed = Boolean(result);
  host.check(name, passed, tags);
  return passed;
}

function refuseColons(name: string): void {
  if (name.includes('::')) throw goError("group and check names may not contain '::'");
}

const checkTwin: Twin = function* check(value, sets, tags) {
  const names = checkNames(sets);
  const own = tagsText(tags);
  let passed = true;
  for (const name of names) {
    refuseColons(name);
    let result = (sets as Record<string, unknown>)[name];
    if (typeof result === 'function') {
      try {
        result = yield* invoke(result, undefined, [value]);
      } catch (error) {
        host.check(name, false, own);
        throw error;
      }
    }
    if (!report(name, result, own)) passed = false;
  }
  return passed;
};

/** k6's `check`. Where no condition may wait, which is nearly always, this is what runs. */
export const check = Stamp.put(
  function check(value: unknown, sets: unknown, tags: unknown): unknown {
    const names = checkNames(sets);
    const own = tagsText(tags);
    let passed = true;
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!;
      refuseColons(name);
      let result = (sets as Record<string, unknown>)[name];
      if (typeof result === 'function') {
        try {
          result = (result as AnyFunction)(value);
        } catch (error) {
          host.check(name, false, own);
          throw error;
        }
      }
      if (!report(name, result, own)) passed = false;
    }
    return passed;
  } as AnyFunction,
  checkTwin,
);

const ASYNC_CHECK =
  'the built-in check() does not support async functions as arguments. Use the JavaScript utils library as a replacement. Refer to https://grafana.com/docs/k6/latest/javascript-api/jslib/utils/check/ for more info';
const ASYNC_GROUP =
  'group() does not support async functions as arguments, please see https://grafana.com/docs/k6/latest/javascript-api/k6/group/ for more info';

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/** k6's `fail`. */
export function fail(message: unknown): never {
  throw goError(message === undefined ? '' : String(message));
}

/** k6's `randomSeed`. */
export function randomSeed(seed: unknown): void {
  currentVu().numbers.reseed(Number(seed));
}

/** What `import ... from 'k6'` gives. */
export const k6Module: Readonly<Record<string, unknown>> = { check, fail, group, randomSeed, sleep };
