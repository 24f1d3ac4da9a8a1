import { type Capability, newCapability, resolvePromise, ScriptPromise, settleWith } from './promise.js';

interface Outcome {
  readonly fulfilled: (value: unknown) => void;
  readonly rejected: (error: unknown) => void;
}

function collect(
  values: Iterable<unknown>,
  outcome: (
    results: unknown[],
    index: number,
    capability: Capability,
    done: (act: () => void) => void,
  ) => Outcome,
  finish?: (capability: Capability) => void,
): ScriptPromise {
  const capability = newCapability();
  const results: unknown[] = [];
  let left = 1;
  const finished = () => {
    left -= 1;
    if (left > 0) return;
    if (finish === undefined) capability.resolve(results);
    else finish(capability);
  };
  try {
    let index = 0;
    for (const value of values) {
      results[index] = undefined;
      left += 1;
      const done = (act: () => void) => {
        act();
        finished();
      };
      const { fulfilled, rejected } = outcome(results, index, capability, done);
      settleWith(resolvePromise(value), fulfilled, rejected);
      index += 1;
    }
    finished();
  } catch (error) {
    capability.reject(error);
  }
  return capability.promise;
}

function all(values: Iterable<unknown>): ScriptPromise {
  return collect(values, (results, index, capability, done) => ({
    fulfilled: (value) => done(() => (results[index] = value)),
    rejected: capability.reject,
  }));
}

function allSettled(values: Iterable<unknown>): ScriptPromise {
  return collect(values, (results, index, _capability, done) => ({
    fulfilled: (value) => done(() => (results[index] = { status: 'fulfilled', value })),
    rejected: (reason) => done(() => (results[index] = { status: 'rejected', reason })),
  }));
}

function any(values: Iterable<unknown>): ScriptPromise {
  const errors: unknown[] = [];
  const failed = (capability: Capability) =>
    capability.reject(new AggregateError(errors, 'All promises were rejected'));
  return collect(
    values,
    (_results, index, capability, done) => ({
      fulfilled: capability.resolve,
      rejected: (error) => done(() => (errors[index] = error)),
    }),
    failed,
  );
}

function race(values: Iterable<unknown>): ScriptPromise {
  const capability = newCapability();
  try {
    for (const value of values) settleWith(resolvePromise(value), capability.resolve, capability.reject);
  } catch (error) {
    capability.reject(error);
  }
  return capability.promise;
}

/** Gives the promises of a script what takes several of them. */
export function installCombinators(): void {
  for (const value of [all, allSettled, any, race]) {
    Object.defineProperty(ScriptPromise, value.name, { value, writable: true, configurable: true });
  }
}
