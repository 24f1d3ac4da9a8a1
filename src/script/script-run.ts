import type { Handler } from '../kernel/queue.js';
import type { ScriptMetricsSink } from '../metrics/sink.js';
import type { Call } from '../model/call.js';
import type { VirtualUser } from '../model/virtual-user.js';
import type { CompiledScript } from './compile/compile.js';
import { type AnswerValues, type HostTable, ScriptEngine } from './engine.js';
import { MetricTable } from './metric-table.js';
import type { Realm } from './realm.js';
import { RequestTable, type RequestTableOptions } from './requests.js';

/** What a script said on the console or by an exception. */
export interface ScriptLog {
  /** k6's levels: `debug`, `info`, `warning`, `error`. */
  readonly level: string;
  readonly text: string;
  /** k6's field `source`: `console`, `stacktrace`, or empty. */
  readonly source: string;
  /** The virtual user (k6's `__VU`), 0 outside of iterations, and its scenario. */
  readonly vu: number;
  readonly scenario: string;
}

/** Facts of the execution that only the driver knows; see `k6/execution`. A text with `!` before it is thrown. */
export type ScriptFacts = (fact: string, scenario: string) => unknown;

/** What a script runs in. */
export interface ScriptRunOptions extends RequestTableOptions {
  readonly script: CompiledScript;
  readonly realm: Realm;
  readonly sink: ScriptMetricsSink;
  readonly nowNs: () => number;
  /** What the wall clock said when the test began, in ms since 1970. */
  readonly startedAtMs: number;
  /** Seeds of the virtual users' random numbers, integers below 2^53. */
  readonly seedOf: (stream: number) => number;
  /** Name of the instance that answered, by its index: what `X-Instance-ID` says. */
  readonly instanceName: (index: number) => string;
  readonly log: (entry: ScriptLog) => void;
  /** Files for `open()`: the text (with `b`: a character per byte). @throws ScriptError where it may not be read. */
  readonly open?: ((from: string, path: string, mode: string) => string) | undefined;
  /** k6's `__ENV`, by scenario (empty: outside of scenarios). */
  readonly env?: ((scenario: string) => Readonly<Record<string, string>>) | undefined;
  readonly facts?: ScriptFacts | undefined;
  /** `exec.test.abort` (kind `abort`) and `exec.test.fail` (`fail`). */
  readonly onTestEnd?: ((kind: string, message: string) => void) | undefined;
  /** How many turns all loops together may make between two waits; a hundred million if absent: about a second. */
  readonly loopTurnsMax?: number | undefined;
}

const LOOP_TURNS_MAX = 100_000_000;

/** The script cannot go on: it waited where it cannot, never waits, or threw as it was loaded. The text has the place. */
export class ScriptStopped extends Error {}

/** What a script's side of a virtual user is to the host. */
export interface ScriptState {
  /** True: only an event brings it on. */
  idle: boolean;
  /** Counts iterations, so that what belongs to an earlier one is known. */
  serial: number;
  iterationInScenario: number;
  iterationInTest: number;
}

const NOTHING: AnswerValues = [0, 0, 0, 0, 0, '', ''];
/** See the prelude's `Command`. */
const IDLE = -0.5;

/** A script in a run: shared by the behaviours of all scenarios, by `setup` and `teardown`. */
export class ScriptRun {
  readonly metrics = new MetricTable();
  readonly engine: ScriptEngine;
  private readonly requests: RequestTable;
  private readonly loaded = new Set<number>();
  private readonly iterationsOf = new Map<string, number>();
  private current: VirtualUser | undefined = undefined;
  private stopped: ScriptStopped | undefined = undefined;
  private aborted = false;

  constructor(readonly options: ScriptRunOptions) {
    this.requests = new RequestTable(options);
    this.engine = new ScriptEngine(options.realm, this.hostTable());
    this.engine.entry.limit(options.loopTurnsMax ?? LOOP_TURNS_MAX);
    this.engine.define(options.script);
  }

  /** Loads the script for a virtual user (0: for the test as a whole), once. @throws ScriptStopped where it throws. */
  load(id: number): void {
    if (this.loaded.has(id)) return;
    this.loaded.add(id);
    const mistake = this.engine.entry.load(id);
    this.check();
    if (mistake !== '') throw new ScriptStopped(mistake);
  }

  /** Gives up what {@link load} made. */
  drop(id: number): void {
    this.loaded.delete(id);
    this.engine.entry.drop(id);
  }

  /** Names of the functions that the script exports; it must be loaded for the virtual user. */
  functions(id: number): readonly string[] {
    return JSON.parse(this.engine.entry.functions(id)) as string[];
  }

  /** After `exec.test.abort` and the end of all iterations: `teardown` and `handleSummary` may run. */
  goOn(): void {
    this.aborted = false;
  }

  /** The type of an export, as `typeof` says it; the script must be loaded for the virtual user. */
  exportedType(id: number, name: string): string {
    return this.engine.entry.exported(id, name);
  }

  /** An export, as JSON has it. */
  exported(id: number, name: string): unknown {
    const text = this.engine.entry.exportedJson(id, name);
    this.check();
    return text === '' ? undefined : JSON.parse(text);
  }

  /** What every iteration is given from now on: what `setup` returned, as JSON. */
  setData(text: string): void {
    this.engine.entry.setData(text);
  }

  /** Prepares an iteration. */
  begin(vu: VirtualUser, exec: string): void {
    this.load(vu.id);
    this.current = vu;
    if (vu.state === undefined) this.engine.entry.enterScenario(vu.id);
    const state = this.stateOf(vu);
    state.serial += 1;
    state.iterationInScenario += 1;
    const count = this.iterationsOf.get(vu.scenario) ?? 0;
    this.iterationsOf.set(vu.scenario, count + 1);
    state.iterationInTest = count;
    vu.response = undefined;
    this.engine.entry.begin(vu.id, exec, vu.iteration);
  }

  /** Prepares `setup`, `teardown` or `handleSummary`, with its argument as JSON (none if empty). */
  beginWith(vu: VirtualUser, name: string, argument: string): void {
    this.load(vu.id);
    this.current = vu;
    this.stateOf(vu).serial += 1;
    vu.response = undefined;
    if (name !== 'handleSummary') vu.group = `::${name}`;
    this.engine.entry.beginWith(vu.id, name, argument);
  }

  /** Runs on to the next wait; false there, true at the end. */
  advance(vu: VirtualUser): boolean {
    const state = this.stateOf(vu);
    state.idle = false;
    for (;;) {
      this.current = vu;
      const { response } = vu;
      const command = this.engine.entry.advance(
        vu.id,
        ...(response === undefined ? NOTHING : this.valuesOf(response)),
      );
      this.check();
      if (this.aborted) return false;
      if (command === 0) return true;
      if (command === IDLE) {
        state.idle = true;
        return false;
      }
      if (!this.act(vu, command)) return false;
    }
  }

  /** What the function that has ended threw, with its stack; empty if it did not. */
  thrown(id: number): string {
    return this.engine.entry.thrown(id);
  }

  /** A call of its own is over. */
  answered(vu: VirtualUser, call: Call): void {
    this.engine.entry.arriveAnswer(vu.id, call.context as number, ...this.valuesOf(call));
    this.wake(vu);
  }

  /** An event has come: the virtual user goes on if it waits for one. */
  wake(vu: VirtualUser): void {
    if (this.stateOf(vu).idle) vu.resume();
  }

  /** The iteration will not go on. */
  cut(vu: VirtualUser): void {
    const state = this.stateOf(vu);
    state.idle = false;
    state.serial += 1;
    this.engine.entry.cut(vu.id);
  }

  /** The state of a virtual user; a new scenario starts a new one. */
  stateOf(vu: VirtualUser): ScriptState {
    vu.state ??= {
      idle: false,
      serial: 0,
      iterationInScenario: -1,
      iterationInTest: 0,
    } satisfies ScriptState;
    return vu.state as ScriptState;
  }

  private valuesOf(call: Call): AnswerValues {
    const { status, errorCode, blockedNs, durationNs, responseBytes, servedBy, responseHeaders } = call;
    const name = servedBy < 0 ? '' : this.options.instanceName(servedBy);
    const headers = responseHeaders === undefined ? '' : JSON.stringify(responseHeaders);
    return [status, errorCode, blockedNs, durationNs, responseBytes, name, headers];
  }

  /** Does what the script waits for; true if that is over at once. */
  private act(vu: VirtualUser, command: number): boolean {
    if (command < 0) return vu.sleep(-command);
    const plan = this.requests.plan(command - 1);
    if (plan === undefined) throw new ScriptStopped('the script has replaced what k6 itself needs');
    return vu.request(plan);
  }

  /** Throws what must end the test. */
  check(): void {
    try {
      this.engine.check();
    } catch (error) {
      // The end of the stack may come anywhere, and what was under way here is half done: the test cannot go on.
      if (!(error instanceof RangeError && /call stack/.test(error.message))) throw error;
      throw new ScriptStopped('RangeError: Maximum call stack size exceeded');
    }
    if (this.stopped !== undefined) throw this.stopped;
  }

  private hostTable(): HostTable {
    const { options } = this;
    const { sink } = options;
    return {
      plan: (description: string) => this.requests.add(description),
      group: (name: string) => {
        if (this.current !== undefined) this.current.group = name;
      },
      check: (name: string, passed: boolean, tags: string) => {
        const { scenario = '', group = '' } = this.current ?? {};
        sink.check(name, passed, scenario, group, tagsOf(tags));
      },
      defineMetric: (name: string, type: string, isTime: boolean) => this.metrics.define(name, type, isTime),
      metric: (name: string, value: number, tags: string) => sink.custom(name, value, this.sampleTags(tags)),
      log: (level: string, text: string, source: string) => this.log(level, text, source),
      nowNs: () => options.nowNs(),
      dateMs: () => options.startedAtMs + options.nowNs() / 1e6,
      place: (file: string, line: number, column: number) => this.place(file, line, column),
      timer: (event: number, afterNs: number) => this.startTimer(event, afterNs),
      send: (event: number, plan: number) => this.send(event, plan),
      open: (from: string, path: string, mode: string) => this.open(from, path, mode),
      execution: (fact: string) => this.fact(fact),
      abort: (kind: string, message: string) => this.end(kind, message),
      seed: (stream: number) => options.seedOf(stream),
    };
  }

  private log(level: string, text: string, source: string): void {
    const { id = 0, scenario = '' } = this.current ?? {};
    this.options.log({ level, text, source, vu: id, scenario });
  }

  private sampleTags(text: string): Record<string, string> {
    const { scenario = '', group = '' } = this.current ?? {};
    return { scenario, group, ...tagsOf(text) };
  }

  /** A line of a stack trace; empty where the place is not the script's. */
  private place(file: string, line: number, column: number): string {
    const module = this.options.script.modules.find(({ id }) => id === file);
    const place = module?.places.locate(line, column);
    if (place === undefined) return '';
    const where = `${file}:${place.line}:${place.column}`;
    return place.name === '' ? where : `${place.name} (${where})`;
  }

  private startTimer(event: number, afterNs: number): void {
    const vu = this.current;
    if (vu === undefined) return;
    vu.simulation.after(afterNs, new TimerWake(this, vu, event, this.stateOf(vu).serial), 0);
  }

  private send(event: number, plan: number): void {
    const vu = this.current;
    const known = this.requests.plan(plan);
    if (vu !== undefined && known !== undefined) vu.send(known, event);
  }

  private open(from: string, path: string, mode: string): string {
    const { open } = this.options;
    if (open === undefined) return `!open ${path}: no such file or directory`;
    try {
      return ` ${open(from, path, mode)}`;
    } catch (error) {
      return `!${(error as Error).message}`;
    }
  }

  private fact(name: string): string {
    const vu = this.current;
    const scenario = vu?.scenario ?? '';
    if (name === 'env') return JSON.stringify(this.options.env?.(scenario) ?? {});
    const value =
      (vu === undefined ? undefined : vuFact(name, vu, this.stateOf(vu))) ??
      this.options.facts?.(name, scenario);
    if (value === undefined) return '';
    return typeof value === 'string' && value.startsWith('!') ? value : JSON.stringify(value);
  }

  private end(kind: string, message: string): void {
    if (kind === 'abort' || kind === 'fail') {
      if (kind === 'abort') this.aborted = true;
      this.options.onTestEnd?.(kind, message);
    } else this.stopped ??= new ScriptStopped(message);
  }
}

function vuFact(name: string, vu: VirtualUser, state: ScriptState): unknown {
  switch (name) {
    case 'scenario.name':
      return vu.scenario === '' ? undefined : vu.scenario;
    case 'scenario.iterationInTest':
    case 'scenario.iterationInInstance':
      return vu.scenario === '' ? undefined : state.iterationInTest;
    case 'vu.idInTest':
    case 'vu.idInInstance':
      return vu.id;
    case 'vu.iterationInInstance':
      return Math.max(0, vu.iteration);
    case 'vu.iterationInScenario':
      return state.iterationInScenario;
    default:
      return undefined;
  }
}

function tagsOf(text: string): Readonly<Record<string, string>> | undefined {
  return text === '' ? undefined : (JSON.parse(text) as Record<string, string>);
}

/** The end of a timer of a script; of no interest once its iteration is over. */
class TimerWake implements Handler {
  constructor(
    private readonly run: ScriptRun,
    private readonly vu: VirtualUser,
    private readonly event: number,
    private readonly serial: number,
  ) {}

  handle(): void {
    if (this.run.stateOf(this.vu).serial !== this.serial) return;
    this.run.engine.entry.arrive(this.vu.id, this.event);
    this.run.wake(this.vu);
  }
}
