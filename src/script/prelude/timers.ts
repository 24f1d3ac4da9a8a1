import { invoke } from './core.js';
import { host } from './host.js';
import { currentVu, type Steps } from './vu.js';

const NS_PER_MS = 1e6;
/** A timer without delay comes a little later all the same: time has to go on. */
const DELAY_NS_MIN = 1000;

let lastEvent = 0;

/** A number that no other event has. */
export function newEvent(): number {
  lastEvent += 1;
  return lastEvent;
}

function delayNs(delay: unknown): number {
  const ns = Math.round(Number(delay ?? 0) * NS_PER_MS);
  return ns > DELAY_NS_MIN ? ns : DELAY_NS_MIN;
}

function start(callback: unknown, delay: unknown, values: unknown[], repeats: string): number {
  if (typeof callback !== 'function') {
    const shown = String(callback);
    throw new TypeError(
      `could not convert function call parameter 0: could not convert ${shown} to sobek.Callable`,
    );
  }
  const vu = currentVu();
  const event = newEvent();
  const everyNs = delayNs(delay);
  vu.events.set(event, {
    *run(): Steps {
      if (repeats === 'once') vu.events.delete(event);
      else host.timer(event, everyNs);
      return yield* invoke(callback, undefined, values);
    },
  });
  host.timer(event, everyNs);
  return event;
}

function stop(event: unknown): void {
  currentVu().events.delete(Number(event));
}

/** The timers of the virtual user's event loop, in virtual time. */
export const timerFunctions = {
  setTimeout: (callback: unknown, delay: unknown, ...values: unknown[]) =>
    start(callback, delay, values, 'once'),
  setInterval: (callback: unknown, delay: unknown, ...values: unknown[]) =>
    start(callback, delay, values, 'again'),
  clearTimeout: stop,
  clearInterval: stop,
} as const;
