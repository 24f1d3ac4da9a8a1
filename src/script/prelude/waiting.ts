import { type AnyFunction, isStiff, refuse, Stamp, type Twin, turns, WAIT } from './core.js';
import { type Answer, currentVu } from './vu.js';

/**
 * What the host is told to do: to send the plan of that number less 1 (above 0), to sleep for so many ns (below), to do
 * nothing until an event comes (`idle`), or that the function is over (`done`, `threw`).
 */
export const Command = { done: 0, threw: 0.5, idle: -0.5 } as const;

/** What is at hand when a request that was waited for is over. */
export const answer: Answer = {
  status: 0,
  errorCode: 0,
  blockedNs: 0,
  durationNs: 0,
  bytes: 0,
  servedBy: '',
  headers: '',
  body: '',
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

/** A function of k6 that waits, made of its two halves: what begins (on the same `this`), and what is left when it is over. */
export function waitingFunction(
  begin: (this: never, ...values: never[]) => boolean,
  end: () => unknown,
  name: string,
): AnyFunction {
  const short = name.slice(name.lastIndexOf('.') + 1);
  // Under their names, which stack traces show.
  const twin = {
    *[short](this: unknown, ...values: unknown[]) {
      if (Reflect.apply(begin, this, values)) yield WAIT;
      return end();
    },
  }[short] as Twin;
  const plain = {
    // Nobody can wait for it here; what takes no time is done all the same.
    [short](this: unknown, ...values: unknown[]) {
      return Reflect.apply(begin, this, values) ? refuse(`${name}()`) : end();
    },
  }[short] as AnyFunction;
  return Stamp.put(plain, twin);
}
