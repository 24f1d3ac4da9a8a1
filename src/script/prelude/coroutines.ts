import { type Twin, WAIT } from './core.js';
import { type Capability, newCapability, resolvePromise, whenSettled } from './promise.js';

/** What an `await` yields to the runner of its function. */
export const AWAIT: unique symbol = Symbol('await');
let awaited: unknown;

/** `await value`, as compiled text says it: `yield awaitValue(value)`. */
export function awaitValue(value: unknown): typeof AWAIT {
  awaited = value;
  return AWAIT;
}

/** The twin of an async function: runs its body up to the first `await`, and returns a promise. */
export function asyncTwin(body: Twin): Twin {
  return function* (this: unknown, ...values) {
    const capability = newCapability();
    let generator: Generator<unknown, unknown, unknown>;
    try {
      generator = Reflect.apply(body, this, values);
    } catch (error) {
      capability.reject(error);
      return capability.promise;
    }
    yield* proceed(generator, capability, false, undefined);
    return capability.promise;
  };
}

/** Runs the body of an async function on, until it awaits or ends; what it waits for, the virtual user waits for. */
export function* proceed(
  generator: Generator<unknown, unknown, unknown>,
  capability: Capability,
  thrown: boolean,
  value: unknown,
): Generator<unknown, void, unknown> {
  let step: IteratorResult<unknown, unknown>;
  try {
    step = thrown ? generator.throw(value) : generator.next(value);
    while (!step.done && step.value === WAIT) {
      yield WAIT;
      step = generator.next();
    }
  } catch (error) {
    capability.reject(error);
    return;
  }
  if (step.done) {
    capability.resolve(step.value);
    return;
  }
  whenSettled(
    resolvePromise(awaited),
    (result) => proceed(generator, capability, false, result),
    (error) => proceed(generator, capability, true, error),
  );
}
