import { type AnyFunction, isStiff, refuse, Stamp, type Twin, turns, WAIT } from './core.js';
import { currentVu } from './vu.js';

/** What the host is told to do: below 0 to sleep for so many ns, above 0 to send the plan of that number less 1. */
export const Command = { done: 0, idle: -0.5 } as const;

/** What is at hand when a request is over. */
export const answer = {
  status: 0,
  errorCode: 0,
  blockedNs: 0,
  durationNs: 0,
  bytes: 0,
  servedBy: '',
};

/** Begins to wait: the host will do `command`, and resume the virtual user. @param what for the refusal. */
export function beginWait(command: number, what: string): void {
  if (isStiff()) refuse(what);
  currentVu().command = command;
}

/** The virtual user has waited: loops may run on. */
export function resumed(): void {
  turns.left = turns.max;
}

/** A function of k6 that waits, made of its two halves: what begins, and what is left when it is over. */
export function waitingFunction(
  begin: (...values: never[]) => boolean,
  end: () => unknown,
  name: string,
): AnyFunction {
  const twin: Twin = function* (...values) {
    if ((begin as (...list: unknown[]) => boolean)(...values)) yield WAIT;
    return end();
  };
  const plain = {
    [name](...values: unknown[]) {
      // Nobody can wait for it here; what takes no time is done all the same.
      return (begin as (...list: unknown[]) => boolean)(...values) ? refuse(`${name}()`) : end();
    },
  }[name] as AnyFunction;
  return Stamp.put(plain, twin);
}
