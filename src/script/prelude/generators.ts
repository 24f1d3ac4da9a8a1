import { type AnyFunction, drive, invoke, Stamp, type Twin, WAIT } from './core.js';

type Steps = Generator<unknown, unknown, unknown>;
type How = 'next' | 'throw' | 'return';

/** Objects that generator functions of the script return: their steps may wait. */
class ScriptGenerator {
  #body: Steps;

  constructor(body: Steps) {
    this.#body = body;
  }

  *step(how: How, value: unknown): Steps {
    const body = this.#body;
    let result = how === 'next' ? body.next(value) : how === 'throw' ? body.throw(value) : body.return(value);
    while (!result.done && result.value === WAIT) {
      yield WAIT;
      result = body.next();
    }
    return result;
  }
}

const generatorPrototype: object = Object.create(
  // The prototype of all iterators of the language, for `instanceof` and helpers.
  Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object,
);

const bodies = new WeakMap<object, ScriptGenerator>();

function step(how: How): AnyFunction {
  const twin: Twin = function* (this: unknown, value: unknown) {
    const generator = bodies.get(this as object);
    if (generator === undefined) throw new TypeError(`${how} method called on incompatible receiver`);
    return yield* generator.step(how, value);
  };
  const plain = {
    [how](this: unknown, value: unknown) {
      return drive(Reflect.apply(twin, this, [value]));
    },
  }[how] as AnyFunction;
  return Stamp.put(plain, twin);
}

for (const how of ['next', 'return', 'throw'] as const) {
  Object.defineProperty(generatorPrototype, how, { value: step(how), writable: true, configurable: true });
}
Object.defineProperty(generatorPrototype, Symbol.toStringTag, { value: 'Generator', configurable: true });

/** A generator function of the script that may wait. */
export function generatorFunction(body: Twin): AnyFunction {
  const plain: AnyFunction = function (this: unknown, ...values) {
    const generator = Object.create(
      (plain as { prototype?: object }).prototype ?? generatorPrototype,
    ) as object;
    bodies.set(generator, new ScriptGenerator(Reflect.apply(body, this, values)));
    return generator;
  };
  (plain as { prototype?: object }).prototype = Object.create(generatorPrototype) as object;
  return plain;
}

/** An item of a loop that has to be fetched first; see the compiler's `for ... of`. */
export class Pull {
  value: unknown = undefined;
  private finished = false;

  constructor(
    private readonly iterator: Iterator<unknown>,
    private readonly nextMethod: unknown,
  ) {}

  [Symbol.iterator](): this {
    return this;
  }

  /** The language's loop gets this itself, over and over; the loop's body pulls. */
  next(): IteratorResult<unknown> {
    return { done: false, value: this };
  }

  return(): IteratorResult<unknown> {
    if (!this.finished) this.iterator.return?.();
    return { done: true, value: undefined };
  }

  /** Fetches the next item; false at the end. */
  *pull(): Generator<unknown, boolean, unknown> {
    const result = (yield* invoke(this.nextMethod, this.iterator, [])) as IteratorResult<unknown>;
    if (typeof result !== 'object' || result === null) {
      throw new TypeError(`Iterator result ${String(result)} is not an object`);
    }
    if (result.done) {
      this.finished = true;
      return false;
    }
    this.value = result.value;
    return true;
  }
}

/** What a loop runs over: the value itself, or where its steps may wait, something that fetches them. */
export function loopOver(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const method = (value as Iterable<unknown>)[Symbol.iterator];
  if (typeof method !== 'function') throw new TypeError('object is not iterable');
  const iterator = Reflect.apply(method, value, []) as Iterator<unknown>;
  const { next } = iterator;
  if (Stamp.has(next)) return new Pull(iterator, next);
  return { [Symbol.iterator]: () => iterator };
}

/** True for what {@link loopOver} hands out in place of items. */
export function isPull(value: unknown): value is Pull {
  return value instanceof Pull;
}

/** `yield* value` of a generator of the script. */
export function* delegate(value: unknown): Steps {
  const method = (value as Iterable<unknown>)[Symbol.iterator];
  const iterator = Reflect.apply(method, value, []) as Iterator<unknown>;
  let sent: unknown;
  let how: 'next' | 'throw' = 'next';
  for (;;) {
    const f = iterator[how];
    if (f === undefined) throw sent;
    const result = (yield* invoke(f, iterator, [sent])) as IteratorResult<unknown>;
    if (result.done) return result.value;
    let finished = false;
    try {
      sent = yield result.value;
      how = 'next';
      finished = true;
    } catch (error) {
      sent = error;
      how = 'throw';
      finished = true;
    } finally {
      if (!finished) iterator.return?.();
    }
  }
}
