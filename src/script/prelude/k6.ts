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
  if (vu.initialising) throw goError('group() can be used only in VU code, not in the init context');
  if (typeof callback !== 'function') throw goError('group() requires a callback as a second argument');
  if (text.includes('::')) throw goError("group and check names may not contain '::'");
  const outer = vu.group;
  const startNs = host.nowNs();
  setGroup(`${outer}::${text}`);
  try {
    return yield* invoke(callback, undefined, []);
  } finally {
    host.metric('group_duration', (host.nowNs() - startNs) / 1e6, tagsText());
    setGroup(outer);
  }
}, 'group');

function setGroup(name: string): void {
  currentVu().group = name;
  host.group(name);
}

/** internal/js/modules/k6/k6.go, Check. */
const checkTwin: Twin = function* check(value, sets, tags) {
  if (currentVu().initialising) throw goError('check() can be used only in VU code, not in the init context');
  if (sets === undefined || sets === null) throw goError('no checks provided to check()');
  const own = tagsText(tags);
  let passed = true;
  for (const name of Object.keys(sets as object)) {
    if (name.includes('::')) throw goError("group and check names may not contain '::'");
    const condition = (sets as Record<string, unknown>)[name];
    let result: unknown = condition;
    if (typeof condition === 'function') {
      try {
        result = yield* invoke(condition, undefined, [value]);
      } catch (error) {
        host.check(name, false, own);
        throw error;
      }
      if (isThenable(result)) throw new TypeError(ASYNC_CHECK);
    }
    host.check(name, Boolean(result), own);
    if (!result) passed = false;
  }
  return passed;
};

/** k6's `check`. Where no condition may wait, it runs as it stands: that is nearly always. */
export const check = Stamp.put(
  function check(value: unknown, sets: unknown, tags: unknown): unknown {
    return drive(checkTwin(value, sets, tags));
  } as AnyFunction,
  checkTwin,
);

const ASYNC_CHECK = 'The value of check cannot be a promise: checks may not be async functions';

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
