import { type AnyFunction, drive, Stamp, type Twin } from './core.js';
import { asyncTwin } from './coroutines.js';
import { generatorFunction } from './generators.js';

/** Bits of a function's shape, as the compiler writes them. */
const ARROW = 1;
const ASYNC = 2;
const GENERATOR = 4;
const METHOD = 8;

/** Makes an ordinary function of a generator: what runs it to its end for callers that cannot wait. */
export function makeFunction(shape: number, body: Twin, length: number, name?: string): AnyFunction {
  if ((shape & GENERATOR) !== 0) return named(generatorFunction(body), name, length);
  const twin = (shape & ASYNC) === 0 ? body : asyncTwin(body);
  const plain = (shape & (ARROW | METHOD)) === 0 ? constructible(twin, length) : callable(twin, length);
  return named(Stamp.put(plain, twin), name, length);
}

function named(plain: AnyFunction, name: string | undefined, length: number): AnyFunction {
  if (name !== undefined) Object.defineProperty(plain, 'name', { value: name, configurable: true });
  if (plain.length !== length) Object.defineProperty(plain, 'length', { value: length, configurable: true });
  return plain;
}

/** Functions with `prototype`; written out by length, for to define that afterwards is dear. */
function constructible(twin: Twin, length: number): AnyFunction {
  switch (length) {
    case 0:
      return function () {
        // biome-ignore lint/complexity/noArguments: a rest parameter would be no shorter and count as none.
        return drive(Reflect.apply(twin, this, arguments as unknown as unknown[]));
      };
    case 1:
      return function (_a) {
        // biome-ignore lint/complexity/noArguments: see above.
        return drive(Reflect.apply(twin, this, arguments as unknown as unknown[]));
      };
    default:
      return function (_a, _b) {
        // biome-ignore lint/complexity/noArguments: see above.
        return drive(Reflect.apply(twin, this, arguments as unknown as unknown[]));
      };
  }
}

/** Functions without: the method form has `this`, and cannot be called with `new`. */
function callable(twin: Twin, length: number): AnyFunction {
  if (length === 0) {
    return {
      method(this: unknown, ...values: unknown[]) {
        return drive(Reflect.apply(twin, this, values));
      },
    }.method;
  }
  return {
    method(this: unknown, _a?: unknown) {
      // biome-ignore lint/complexity/noArguments: see above.
      return drive(Reflect.apply(twin, this, arguments as unknown as unknown[]));
    },
  }.method as AnyFunction;
}

/** A function expression with a name of its own, by which it knows itself. */
export function makeNamed(shape: number, body: (itself: AnyFunction) => Twin, length: number): AnyFunction {
  let inner: Twin | undefined;
  const later: Twin = function (this: unknown, ...values) {
    return Reflect.apply(inner!, this, values);
  };
  const plain = makeFunction(shape, later, length);
  inner = body(plain);
  return plain;
}

/** Puts an ordinary method in the place of a class's generator method. */
export function makeMethod(owner: object, key: PropertyKey, shape: number, length: number): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key)!;
  const name = typeof key === 'symbol' ? `[${key.description ?? ''}]` : String(key);
  const value = makeFunction(shape, descriptor.value as Twin, length, name);
  Object.defineProperty(owner, key, { ...descriptor, value });
}
