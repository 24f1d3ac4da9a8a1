import { apiExport } from './api.js';
import {
  call0,
  call1,
  call2,
  call3,
  callArray,
  method0,
  method1,
  method2,
  method3,
  methodArray,
  SUSPEND,
  takePending,
  turns,
  value0,
  value1,
  value2,
  value3,
  valueArray,
  WAIT,
} from './core.js';
import { awaitValue } from './coroutines.js';
import { makeFunction, makeMethod, makeNamed } from './functions.js';
import { delegate, isPull, loopOver } from './generators.js';
import { host } from './host.js';
import { beginVerb, endRequest } from './http.js';
import { beginSleep } from './k6.js';
import { newPromise } from './promise.js';
import { inSobeksWords } from './sobek.js';

/** A loop ran for too long without a wait: the test ends here. */
function endlessLoop(): never {
  turns.left = turns.max;
  const text = `a loop ran ${turns.max} turns without a request or a sleep; in virtual time only those let the clock go on`;
  const error = new Error(text);
  host.abort('endless', String(error.stack));
  throw error;
}

/** Counts what might go on for ever, as compiled loops do. */
export function countTurn(): void {
  turns.left -= 1;
  if (turns.left < 0) endlessLoop();
}

/** Makes exports visible, as live as the language has them. */
function exportNames(
  exports: object,
  getters: Readonly<Record<string, () => unknown>>,
  stars: object[],
): void {
  for (const star of stars) {
    for (const name of Object.keys(star)) {
      if (name === 'default' || Object.hasOwn(getters, name)) continue;
      Object.defineProperty(exports, name, {
        get: () => (star as Record<string, unknown>)[name],
        enumerable: true,
      });
    }
  }
  for (const name of Object.keys(getters)) {
    Object.defineProperty(exports, name, { get: getters[name]!, enumerable: true });
  }
}

/** The key that `[value]` of a class is. */
function toKey(value: unknown): PropertyKey {
  return typeof value === 'symbol' ? value : String(value);
}

/** A tag that keeps its parts. */
function partsOf(...parts: unknown[]): unknown[] {
  return parts;
}

/** The names that compiled text uses, without their `$$`: see the compiler. */
export const runtime: Readonly<Record<string, unknown>> = {
  api: apiExport,
  k: { ...beginVerb, sleep: beginSleep, answer: endRequest },
  n: turns,
  l: endlessLoop,
  e: inSobeksWords,
  W: WAIT,
  s: SUSPEND,
  p: takePending,
  f: makeFunction,
  o: makeNamed,
  j: makeMethod,
  w: awaitValue,
  y: delegate,
  x: exportNames,
  of: loopOver,
  pulls: isPull,
  promise: newPromise,
  key: toKey,
  parts: partsOf,
  c0: call0,
  c1: call1,
  c2: call2,
  c3: call3,
  ca: callArray,
  m0: method0,
  m1: method1,
  m2: method2,
  m3: method3,
  ma: methodArray,
  v0: value0,
  v1: value1,
  v2: value2,
  v3: value3,
  va: valueArray,
};
