import { host } from './host.js';

/** Any function of a script. */
export type AnyFunction = (this: unknown, ...values: unknown[]) => unknown;
/** A function's resumable twin. */
export type Twin = (this: unknown, ...values: unknown[]) => Generator<unknown, unknown, unknown>;

/** What a generator yields to say: the virtual user waits for what was begun. Nothing of the script ever sees it. */
export const WAIT: unique symbol = Symbol('wait');
/** What a dispatched call returns to say: here is a generator, run it (`takePending`). */
export const SUSPEND: unique symbol = Symbol('suspend');

/** Loop turns that are left until the virtual user waits, and how many there are between two waits. */
export const turns = { left: 0, max: 0 };

/** Makes private fields sit on functions: the constructor's result is the function itself. */
class Itself {
  constructor(value: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field gets onto a function.
    return value as Itself;
  }
}

/**
 * The twin of a function, and whether it is needed only for callbacks that have one themselves. Private fields: a script
 * cannot see, copy or forge them.
 */
export class Stamp extends Itself {
  readonly #twin: Twin;
  readonly #native: boolean;

  private constructor(value: object, twin: Twin, native: boolean) {
    super(value);
    this.#twin = twin;
    this.#native = native;
  }

  /** Gives a function its twin. */
  static put<F extends object>(value: F, twin: Twin): F {
    new Stamp(value, twin, false);
    return value;
  }

  /** Gives a method of the language a twin, for callbacks that may wait. */
  static putNative(value: object, twin: Twin): void {
    new Stamp(value, twin, true);
  }

  static has(value: unknown): boolean {
    return typeof value === 'function' && #twin in value;
  }

  /** The twin to use for a call with this first argument on this receiver, if any. */
  static of(value: AnyFunction, receiver: unknown, first: unknown): Twin | undefined {
    if (!(#twin in value)) return undefined;
    const stamped = value as unknown as Stamp;
    if (stamped.#native && !Stamp.has(first) && !Stamp.has(receiver)) return undefined;
    return stamped.#twin;
  }
}

/** How many functions are being run to their end because the language itself called them: nobody can wait below. */
const stiff = { depth: 0 };

/** True where nobody can wait. */
export function isStiff(): boolean {
  return stiff.depth > 0;
}

/** Runs a twin to its end for a caller that cannot wait. */
export function drive(generator: Generator<unknown, unknown, unknown>): unknown {
  stiff.depth += 1;
  try {
    const step = generator.next();
    if (step.done) return step.value;
  } finally {
    stiff.depth -= 1;
  }
  throw new Error('a function waited where it could not');
}

/** Forgets what an exception of the engine itself may have left behind. */
export function resetStiff(): void {
  stiff.depth = 0;
}

/**
 * Refuses to wait. The script may not catch it away: the host is told first, and ends the test.
 *
 * @param what `http.get()`, `sleep()`.
 */
export function refuse(what: string): never {
  const error = new Error(`${what} cannot wait here`);
  const { stack } = error;
  const native = /at (?:new )?([\w.]+) \(native\)/.exec(String(stack))?.[1];
  const where =
    native === undefined ? 'a getter, a constructor or another function that cannot wait' : `${native}()`;
  const text = `${what} was called from within ${where}, which cannot wait; call it before, and use its result there`;
  host.abort('refused', `${text}\n${String(stack)}`);
  throw new Error(text);
}

let pending: Generator<unknown, unknown, unknown> | undefined;

/** The generator of the call that just returned `SUSPEND`. */
export function takePending(): Generator<unknown, unknown, unknown> {
  return pending!;
}

function suspend(generator: Generator<unknown, unknown, unknown>): unknown {
  pending = generator;
  return SUSPEND;
}

function notCallable(value: unknown): never {
  throw new TypeError(`Value is not an object: ${String(value)}`);
}

/** Calls `f` for somebody who can wait. */
export function call0(f: AnyFunction): unknown {
  if (typeof f !== 'function') notCallable(f);
  const twin = Stamp.of(f, undefined, undefined);
  return twin === undefined ? f() : suspend(twin());
}

/** See {@link call0}. */
export function call1(f: AnyFunction, a: unknown): unknown {
  if (typeof f !== 'function') notCallable(f);
  const twin = Stamp.of(f, undefined, a);
  return twin === undefined ? f(a) : suspend(twin(a));
}

/** See {@link call0}. */
export function call2(f: AnyFunction, a: unknown, b: unknown): unknown {
  if (typeof f !== 'function') notCallable(f);
  const twin = Stamp.of(f, undefined, a);
  return twin === undefined ? f(a, b) : suspend(twin(a, b));
}

/** See {@link call0}. */
export function call3(f: AnyFunction, a: unknown, b: unknown, c: unknown): unknown {
  if (typeof f !== 'function') notCallable(f);
  const twin = Stamp.of(f, undefined, a);
  return twin === undefined ? f(a, b, c) : suspend(twin(a, b, c));
}

/** See {@link call0}. */
export function callArray(f: AnyFunction, values: unknown[]): unknown {
  if (typeof f !== 'function') notCallable(f);
  const twin = Stamp.of(f, undefined, values[0]);
  return twin === undefined ? f(...values) : suspend(twin(...values));
}

type Methods = Record<PropertyKey, AnyFunction>;

function method(object: unknown, key: PropertyKey): AnyFunction {
  if (object === undefined || object === null) {
    throw new TypeError(`Cannot read property '${String(key)}' of undefined or null`);
  }
  const f = (object as Methods)[key];
  if (typeof f === 'function') return f;
  if (f === undefined) throw new TypeError(`Object has no member '${String(key)}'`);
  return notCallable(f);
}

/** Calls `object[key]` for somebody who can wait. */
export function method0(object: unknown, key: PropertyKey): unknown {
  const f = method(object, key);
  const twin = Stamp.of(f, object, undefined);
  return twin === undefined ? f.call(object) : suspend(twin.call(object));
}

/** See {@link method0}. */
export function method1(object: unknown, key: PropertyKey, a: unknown): unknown {
  const f = method(object, key);
  const twin = Stamp.of(f, object, a);
  return twin === undefined ? f.call(object, a) : suspend(twin.call(object, a));
}

/** See {@link method0}. */
export function method2(object: unknown, key: PropertyKey, a: unknown, b: unknown): unknown {
  const f = method(object, key);
  const twin = Stamp.of(f, object, a);
  return twin === undefined ? f.call(object, a, b) : suspend(twin.call(object, a, b));
}

/** See {@link method0}. */
export function method3(object: unknown, key: PropertyKey, a: unknown, b: unknown, c: unknown): unknown {
  const f = method(object, key);
  const twin = Stamp.of(f, object, a);
  return twin === undefined ? f.call(object, a, b, c) : suspend(twin.call(object, a, b, c));
}

/** See {@link method0}. */
export function methodArray(object: unknown, key: PropertyKey, values: unknown[]): unknown {
  return valueArray(method(object, key), object, values);
}

/** Calls `f` on `self` for somebody who can wait. */
export function valueArray(f: AnyFunction, self: unknown, values: unknown[]): unknown {
  if (typeof f !== 'function') notCallable(f);
  const twin = Stamp.of(f, self, values[0]);
  return twin === undefined ? Reflect.apply(f, self, values) : suspend(Reflect.apply(twin, self, values));
}

/** See {@link valueArray}. */
export function value0(f: AnyFunction, self: unknown): unknown {
  return valueArray(f, self, []);
}

/** See {@link valueArray}. */
export function value1(f: AnyFunction, self: unknown, a: unknown): unknown {
  return valueArray(f, self, [a]);
}

/** See {@link valueArray}. */
export function value2(f: AnyFunction, self: unknown, a: unknown, b: unknown): unknown {
  return valueArray(f, self, [a, b]);
}

/** See {@link valueArray}. */
export function value3(f: AnyFunction, self: unknown, a: unknown, b: unknown, c: unknown): unknown {
  return valueArray(f, self, [a, b, c]);
}

/** Calls `f` on `self` from a generator of the prelude. */
export function* invoke(f: unknown, self: unknown, values: unknown[]): Generator<unknown, unknown, unknown> {
  const result = valueArray(f as AnyFunction, self, values);
  return result === SUSPEND ? yield* takePending() : result;
}
