import { stampArrays } from './arrays.js';
import { type AnyFunction, resetStiff, SUSPEND, takePending, turns, valueArray, WAIT } from './core.js';
import { describeThrown } from './errors.js';
import { argumentOf, filesOf, goJson, jsonOf } from './exported.js';
import { enterScenario, installGlobals } from './globals.js';
import { fromJson, toJson } from './json.js';
import { installLinks } from './links.js';
import { loadModule, moduleFactories } from './modules.js';
import { planned } from './plans.js';
import { afterAnswer } from './redirects.js';
import { optionOf } from './run-options.js';
import { countTurn, runtime } from './runtime.js';
import { type Answer, enterVu, type Steps, Vu } from './vu.js';
import { answer, Command, resumed } from './waiting.js';

const vus = new Map<number, Vu>();
/** What `setup` returned, as JSON; nothing if there was none. */
const setupResult = { text: '' };

function vuOf(id: number): Vu {
  const vu = vus.get(id)!;
  enterVu(vu);
  return vu;
}

/** What the host holds of the prelude: functions of numbers and texts that never throw what a script made. */
export const entry = {
  /** Sets how many turns loops may make between two waits. */
  limit(turnsMax: number): void {
    turns.max = turnsMax;
  },

  /** Makes a compiled module known. */
  define(
    index: number,
    make: (given: unknown) => AnyFunction,
    kind: string,
    imports: string,
    id: string,
  ): void {
    moduleFactories[index] = { make: make(runtime), kind, imports: fromJson(imports) as never, id };
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

  /** Gives a virtual user up: its state, modules and all. */
  drop(id: number): void {
    vus.delete(id);
  },

  /** Names of the exported functions, as JSON. */
  functions(id: number): string {
    vuOf(id);
    const exports = loadModule(0) as Record<string, unknown>;
    const names: string[] = [];
    for (const name of Object.getOwnPropertyNames(exports)) {
      try {
        if (typeof exports[name] === 'function') names[names.length] = name;
      } catch {
        // An export that throws is none.
      }
    }
    return toJson(names);
  },

  /** What the script exports under a name: `function`, `undefined`, ... */
  exported(id: number, name: string): string {
    vuOf(id);
    try {
      return typeof exportOf(name);
    } catch {
      return 'undefined';
    }
  },

  /** An export as JSON; nothing if it is undefined. */
  exportedJson(id: number, name: string): string {
    vuOf(id);
    try {
      return jsonOf(exportOf(name));
    } catch {
      return '';
    }
  },

  /** What all iterations are given: the result of `setup`, as JSON. */
  setData(text: string): void {
    setupResult.text = text;
  },

  /** Prepares a virtual user to run an exported function as an iteration. */
  begin(id: number, name: string, iteration: number, scenario: string): void {
    const vu = vuOf(id);
    prepare(vu, iteration);
    enterScenario(vu, scenario);
    vu.running = run(vu, name, () => dataOf(vu));
  },

  /** Prepares it to run `setup`, `teardown` or `handleSummary`, with its argument as JSON, if it has one. */
  beginWith(id: number, name: string, argument: string): void {
    const vu = vuOf(id);
    prepare(vu, -1);
    if (name !== 'handleSummary') vu.group = `::${name}`;
    vu.running = run(vu, name, () => (argument === '' ? [] : [argumentOf(name, argument)]));
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
    headers: string,
    body: string,
  ): number {
    const vu = vuOf(id);
    resumed();
    if (vu.delayed !== 0) {
      vu.command = vu.delayed;
      vu.delayed = 0;
      return vu.command;
    }
    answer.status = status;
    answer.errorCode = errorCode;
    answer.blockedNs = blockedNs;
    answer.durationNs = durationNs;
    answer.bytes = bytes;
    answer.servedBy = servedBy;
    answer.headers = headers;
    answer.body = body;
    if (headers !== '' && vu.command > 0) {
      const next = afterAnswer(vu.asked!, answer);
      const plan = next === undefined ? -1 : planned(next).plan;
      if (plan >= 0) {
        vu.asked = next;
        vu.command = plan + 1;
        return vu.command;
      }
    }
    try {
      if (!vu.running!.next().done) return vu.command;
    } catch {
      // Only the end of the stack comes here; the iteration is over all the same.
    }
    resetStiff();
    vu.running = undefined;
    return vu.thrown === '' ? Command.done : Command.threw;
  },

  /** A timer has rung: the virtual user will see to it. */
  arrive(id: number, event: number): void {
    vus.get(id)?.arrived.push({ event, answer: undefined });
  },

  /** A request of its own is over. */
  arriveAnswer(
    id: number,
    event: number,
    status: number,
    errorCode: number,
    blockedNs: number,
    durationNs: number,
    bytes: number,
    servedBy: string,
    headers: string,
    body: string,
  ): void {
    const given: Answer = { status, errorCode, blockedNs, durationNs, bytes, servedBy, headers, body };
    vus.get(id)?.arrived.push({ event, answer: given });
  },

  /** What the function that ran returned, as JSON; nothing for undefined. */
  returned(id: number): string {
    try {
      const { returned } = vuOf(id);
      return returned === undefined ? '' : goJson(returned);
    } catch (error) {
      return `!${(error as Error).message}`;
    }
  },

  /** What `handleSummary` returned: JSON of pairs of a file's name and a text; bytes are a character each, after a `b`. */
  returnedFiles(id: number): string {
    try {
      return filesOf(vuOf(id).returned);
    } catch {
      return '';
    }
  },

  /** What it threw; nothing if it did not. */
  thrown(id: number): string {
    return vus.get(id)?.thrown ?? '';
  },

  /** What ran will not go on. */
  cut(id: number): void {
    const vu = vus.get(id);
    if (vu === undefined) return;
    vu.running = undefined;
    vu.forget();
  },
};

function exportOf(name: string): unknown {
  return (loadModule(0) as Record<string, unknown>)[name];
}

function prepare(vu: Vu, iteration: number): void {
  vu.iteration = iteration;
  vu.group = '';
  if (optionOf('noCookiesReset') !== true) vu.jar = undefined;
  vu.command = 0;
  vu.delayed = 0;
  vu.returned = undefined;
  vu.thrown = '';
  vu.aborted = false;
}

function dataOf(vu: Vu): unknown[] {
  if (!vu.setupKnown) {
    vu.setupKnown = true;
    vu.setupData = setupResult.text === '' ? undefined : fromJson(setupResult.text);
  }
  return vu.setupData === undefined ? [] : [vu.setupData];
}

function* run(vu: Vu, name: string, values: () => unknown[]): Generator<unknown, void, unknown> {
  try {
    let result = valueArray(exportOf(name) as AnyFunction, undefined, values());
    if (result === SUSPEND) result = yield* takePending();
    vu.returned = result;
    if (!vu.quiet || isThenable(result)) yield* runEvents(vu, result);
  } catch (error) {
    vu.thrown = describeThrown(error) || 'undefined';
    vu.forget();
  }
}

function isThenable(value: unknown): value is { then(a: unknown, b: unknown): unknown } {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}

/** The event loop: jobs, then events as they come, until nothing is left. */
function* runEvents(vu: Vu, result: unknown): Steps {
  if (isThenable(result)) {
    result.then((value: unknown) => {
      vu.returned = value;
    }, undefined);
  }
  for (;;) {
    while (vu.jobs.length > 0) {
      countTurn();
      yield* vu.jobs.shift()!;
    }
    for (const error of vu.rejections.values()) {
      vu.thrown = `Uncaught (in promise) ${describeThrown(error)}`;
      vu.forget();
      return undefined;
    }
    if (vu.events.size === 0) return undefined;
    while (vu.arrived.length === 0) {
      vu.command = Command.idle;
      yield WAIT;
    }
    const arrival = vu.arrived.shift()!;
    const event = vu.events.get(arrival.event);
    if (event !== undefined) yield* event.run(arrival);
  }
}

stampArrays();
installLinks();
installGlobals();
