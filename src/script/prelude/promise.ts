import { type AnyFunction, invoke, SUSPEND, takePending, valueArray } from './core.js';
import { addJob, noteRejection, unnoteRejection } from './jobs.js';

type State = 'pending' | 'fulfilled' | 'rejected';
type Steps = Generator<unknown, unknown, unknown>;

interface Reaction {
  readonly fulfilled: (value: unknown) => Steps;
  readonly rejected: (error: unknown) => Steps;
}

/** A promise and the two ways to settle it. */
export interface Capability {
  readonly promise: ScriptPromise;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The language's promises (ECMA-262, 27.2), over the virtual user's own queue of jobs, whose callbacks may wait. The
 * language's own run their callbacks where nobody can wait.
 */
export class ScriptPromise {
  #state: State = 'pending';
  #value: unknown = undefined;
  #reactions: Reaction[] = [];
  #handled = false;

  constructor(executor: unknown) {
    if (typeof executor !== 'function') {
      throw new TypeError(`Promise resolver ${String(executor)} is not a function`);
    }
    const { resolve, reject } = this.#resolvers();
    try {
      (executor as AnyFunction)(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  get [Symbol.toStringTag](): string {
    return 'Promise';
  }

  static get [Symbol.species](): unknown {
    return ScriptPromise;
  }

  static isPromise(value: unknown): value is ScriptPromise {
    return typeof value === 'object' && value !== null && #state in value;
  }

  static capability(): Capability {
    let settlers: { resolve: (value: unknown) => void; reject: (error: unknown) => void } | undefined;
    const promise = new ScriptPromise((resolve: (value: unknown) => void, reject: (e: unknown) => void) => {
      settlers = { resolve, reject };
    });
    return { promise, ...settlers! };
  }

  static react(promise: ScriptPromise, reaction: Reaction): void {
    if (promise.#state === 'rejected' && !promise.#handled) unnoteRejection(promise);
    promise.#handled = true;
    if (promise.#state === 'pending') promise.#reactions.push(reaction);
    else promise.#schedule(reaction);
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise.
  then(onFulfilled?: unknown, onRejected?: unknown): ScriptPromise {
    const capability = ScriptPromise.capability();
    const handler = (callback: unknown, otherwise: (value: unknown) => void) =>
      function* (value: unknown): Steps {
        if (typeof callback !== 'function') {
          otherwise(value);
          return;
        }
        try {
          capability.resolve(yield* invoke(callback, undefined, [value]));
        } catch (error) {
          capability.reject(error);
        }
      };
    ScriptPromise.react(this, {
      fulfilled: handler(onFulfilled, capability.resolve),
      rejected: handler(onRejected, capability.reject),
    });
    return capability.promise;
  }

  catch(onRejected?: unknown): ScriptPromise {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: unknown): ScriptPromise {
    if (typeof onFinally !== 'function') return this.then(onFinally, onFinally);
    const capability = ScriptPromise.capability();
    const handler = (settle: (value: unknown) => void) =>
      function* (value: unknown): Generator<unknown, void, unknown> {
        try {
          const result = yield* invoke(onFinally, undefined, []);
          settleWith(resolvePromise(result), () => settle(value), capability.reject);
        } catch (error) {
          capability.reject(error);
        }
      };
    ScriptPromise.react(this, {
      fulfilled: handler(capability.resolve),
      rejected: handler(capability.reject),
    });
    return capability.promise;
  }

  static resolve(value?: unknown): ScriptPromise {
    return resolvePromise(value);
  }

  static reject(error?: unknown): ScriptPromise {
    const capability = ScriptPromise.capability();
    capability.reject(error);
    return capability.promise;
  }

  static withResolvers(): Capability {
    return ScriptPromise.capability();
  }

  #resolvers(): { resolve: (value: unknown) => void; reject: (error: unknown) => void } {
    let settled = false;
    const reject = (error: unknown): void => {
      if (settled) return;
      settled = true;
      this.#settle('rejected', error);
    };
    const resolve = (value: unknown): void => {
      if (settled) return;
      settled = true;
      this.#follow(value);
    };
    return { resolve, reject };
  }

  #follow(value: unknown): void {
    if (value === this) {
      this.#settle('rejected', new TypeError('Chaining cycle detected for promise #<Promise>'));
      return;
    }
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
      this.#settle('fulfilled', value);
      return;
    }
    let then: unknown;
    try {
      then = (value as { then?: unknown }).then;
    } catch (error) {
      this.#settle('rejected', error);
      return;
    }
    if (typeof then !== 'function') {
      this.#settle('fulfilled', value);
      return;
    }
    const { resolve, reject } = this.#resolvers();
    addJob(
      (function* (): Generator<unknown, void, unknown> {
        try {
          yield* invoke(then, value, [resolve, reject]);
        } catch (error) {
          reject(error);
        }
      })(),
    );
  }

  #settle(state: State, value: unknown): void {
    const reactions = this.#reactions;
    this.#state = state;
    this.#value = value;
    this.#reactions = [];
    if (state === 'rejected' && !this.#handled) noteRejection(this, value);
    for (const reaction of reactions) this.#schedule(reaction);
  }

  #schedule(reaction: Reaction): void {
    const react = this.#state === 'fulfilled' ? reaction.fulfilled : reaction.rejected;
    addJob(react(this.#value));
  }
}

/** A promise that nothing has settled. */
export function newCapability(): Capability {
  return ScriptPromise.capability();
}

/** `Promise.resolve(value)`. */
export function resolvePromise(value: unknown): ScriptPromise {
  if (ScriptPromise.isPromise(value)) return value;
  const capability = ScriptPromise.capability();
  capability.resolve(value);
  return capability.promise;
}

/** Runs one of two pieces of work once the promise is settled. */
export function whenSettled(
  promise: ScriptPromise,
  fulfilled: (value: unknown) => Steps,
  rejected: (error: unknown) => Steps,
): void {
  ScriptPromise.react(promise, { fulfilled, rejected });
}

/** A job that only calls. */
// biome-ignore lint/correctness/useYield: jobs are generators, and this one never waits.
function* once(call: (value: unknown) => void, value: unknown): Steps {
  call(value);
  return undefined;
}

/** `new Promise(executor)` for an executor that may wait. */
export function* newPromise(executor: unknown): Steps {
  if (typeof executor !== 'function') return new ScriptPromise(executor);
  const capability = ScriptPromise.capability();
  try {
    const result = valueArray(executor as AnyFunction, undefined, [capability.resolve, capability.reject]);
    if (result === SUSPEND) yield* takePending();
  } catch (error) {
    capability.reject(error);
  }
  return capability.promise;
}

/** Calls one of two functions once the promise is settled. */
export function settleWith(
  promise: ScriptPromise,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  whenSettled(
    promise,
    (value) => once(resolve, value),
    (error) => once(reject, error),
  );
}
