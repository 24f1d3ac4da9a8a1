import { stampArrays } from './arrays.js';
import { type AnyFunction, invoke, resetStiff, turns, WAIT } from './core.js';
import { describeThrown } from './errors.js';
import { installGlobals } from './globals.js';
import { host } from './host.js';
import { fromJson, toJson } from './json.js';
import { loadModule, moduleFactories } from './modules.js';
import { countTurn, runtime } from './runtime.js';
import { enterVu, Vu } from './vu.js';
import { answer, Command, resumed } from './waiting.js';

const vus = new Map<number, Vu>();

/** What the host holds of the prelude: functions of numbers and texts that never throw what a script made. */
export const entry = {
  /** Sets how many turns loops may make between two waits. */
  limit(turnsMax: number): void {
    turns.max = turnsMax;
  },

  /** Makes a compiled module known. */
  define(index: number, make: (given: unknown) => AnyFunction, kind: string, imports: string): void {
    moduleFactories[index] = { make: make(runtime), kind, imports: fromJson(imports) as never };
  },

  /** Loads the script for a virtual user; a text says why it could not. */
  load(id: number): string {
    const vu = new Vu(id);
    vus.set(id, vu);
    enterVu(vu);
    resumed();
    vu.initialising = true;
    try {
      loadModule(0);
      return '';
    } catch (error) {
      return describeThrown(error) || 'unknown error';
    } finally {
      vu.initialising = false;
      resetStiff();
    }
  },

  /** What the script exports under a name: `function`, `undefined`, ... */
  exported(id: number, name: string): string {
    enterVu(vus.get(id)!);
    try {
      return typeof (loadModule(0) as Record<string, unknown>)[name];
    } catch {
      return 'undefined';
    }
  },

  /** An export as JSON; nothing if it is undefined. */
  exportedJson(id: number, name: string): string {
    enterVu(vus.get(id)!);
    try {
      const value = (loadModule(0) as Record<string, unknown>)[name];
      return value === undefined ? '' : (toJson(value) ?? '');
    } catch {
      return '';
    }
  },

  /** Prepares a virtual user to run an exported function: an iteration. */
  begin(id: number, name: string, iteration: number): void {
    const vu = vus.get(id)!;
    enterVu(vu);
    vu.iteration = iteration;
    vu.group = '';
    vu.running = run(vu, name);
  },

  /** Runs on, with what was waited for; returns what is to be done next, see `Command`. */
  advance(
    id: number,
    status: number,
    errorCode: number,
    blockedNs: number,
    durationNs: number,
    bytes: number,
    servedBy: string,
  ): number {
    const vu = vus.get(id)!;
    enterVu(vu);
    resumed();
    answer.status = status;
    answer.errorCode = errorCode;
    answer.blockedNs = blockedNs;
    answer.durationNs = durationNs;
    answer.bytes = bytes;
    answer.servedBy = servedBy;
    try {
      if (!vu.running!.next().done) return vu.command;
    } catch {
      // Only the end of the stack comes here; the iteration is over all the same.
    }
    resetStiff();
    vu.running = undefined;
    return Command.done;
  },

  /** What ran will not go on. */
  cut(id: number): void {
    const vu = vus.get(id)!;
    vu.running = undefined;
    vu.forget();
  },
};

function* run(vu: Vu, name: string): Generator<unknown, void, unknown> {
  try {
    const f = (loadModule(0) as Record<string, unknown>)[name];
    yield* invoke(f, undefined, vu.setupData === undefined ? [] : [vu.setupData]);
    if (!vu.quiet) yield* runEvents(vu);
  } catch (error) {
    host.log('error', describeThrown(error), 'stacktrace');
  }
}

function* runEvents(vu: Vu): Generator<unknown, void, unknown> {
  for (;;) {
    while (vu.jobs.length > 0) {
      countTurn();
      yield* vu.jobs.shift()!;
    }
    for (const [promise, error] of vu.rejections) {
      vu.rejections.delete(promise);
      vu.forget();
      host.log('error', `Uncaught (in promise) ${describeThrown(error)}`, '');
      return;
    }
    if (vu.events.size === 0) return;
    while (vu.arrived.length === 0) {
      vu.command = Command.idle;
      yield WAIT;
    }
    const event = vu.events.get(vu.arrived.shift()!);
    if (event !== undefined) yield* event.run();
  }
}

stampArrays();
installGlobals();
