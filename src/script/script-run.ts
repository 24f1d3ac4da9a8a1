import type { Call } from '../model/call.js';
import type { VirtualUser } from '../model/virtual-user.js';
import { type AnswerValues, type HostTable, ScriptEngine } from './engine.js';
import { factText, headersOf, openedText, placeText, sampleTags, tagsOf } from './host-texts.js';
import { LaterSend } from './later-send.js';
import { MetricTable } from './metric-table.js';
import { maybeRateLimiter, type RateLimiter } from './rate-limiter.js';
import { RequestTable } from './requests.js';
import type { ScriptLog, ScriptRunOptions } from './run-options.js';
import { type ScriptState, vuFact } from './script-state.js';
import { TimerWake } from './timer-wake.js';

const LOOP_TURNS_MAX = 100_000_000;

/** The script cannot go on: it waited where it cannot, never waits, or threw as it was loaded. The text has the place. */
export class ScriptStopped extends Error {}

type LogFields = Pick<ScriptLog, 'error' | 'url'>;

/** See the prelude's `Command`. */
const DONE = 0;
const THREW = 0.5;
const IDLE = -0.5;

/** A script in a run: shared by the behaviours of all scenarios, by `setup` and `teardown`. */
export class ScriptRun {
  readonly metrics = new MetricTable();
  readonly engine: ScriptEngine;
  private readonly requests: RequestTable;
  private readonly limiter: RateLimiter | undefined;
  private readonly loaded = new Set<number>();
  private readonly iterationsOf = new Map<string, number>();
  private current: VirtualUser | undefined = undefined;
  private stopped: ScriptStopped | undefined = undefined;
  private aborted = false;

  constructor(readonly options: ScriptRunOptions) {
    this.requests = new RequestTable(options);
    this.limiter = maybeRateLimiter(options.rps);
    this.engine = new ScriptEngine(options.realm, this.hostTable());
    this.engine.entry.limit(options.loopTurnsMax ?? LOOP_TURNS_MAX);
    this.engine.define(options.script);
  }

  /** Loads the script for a virtual user (0: for the test as a whole), once. @throws ScriptStopped where it throws. */
  load(id: number): void {
    if (this.loaded.has(id)) return;
    this.loaded.add(id);
    this.current = undefined;
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
    const state = this.stateOf(vu);
    state.serial += 1;
    state.iterationInScenario += 1;
    const count = this.iterationsOf.get(vu.scenario) ?? 0;
    this.iterationsOf.set(vu.scenario, count + 1);
    state.iterationInTest = count;
    vu.response = undefined;
    this.engine.entry.begin(vu.id, exec, vu.iteration, vu.scenario);
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
      const command = this.resume(vu);
      this.check();
      if (this.aborted) return false;
      if (command === DONE || command === THREW) {
        state.threw = command === THREW;
        return true;
      }
      if (command === IDLE) {
        state.idle = true;
        return false;
      }
      if (!this.act(vu, command)) return false;
    }
  }

  /** Written out, not spread: this is called for each wait. */
  private resume(vu: VirtualUser): number {
    const { entry } = this.engine;
    const call = vu.response;
    if (call === undefined) return entry.advance(vu.id, 0, 0, 0, 0, 0, '', '', '');
    const { status, errorCode, blockedNs, durationNs, responseBytes } = call;
    const name = this.nameOf(call);
    return entry.advance(
      vu.id,
      status,
      errorCode,
      blockedNs,
      durationNs,
      responseBytes,
      name,
      headersOf(call),
      call.responseBody ?? '',
    );
  }

  private nameOf({ servedBy }: Call): string {
    return servedBy < 0 ? '' : this.options.instanceName(servedBy);
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

  /** A timer has rung. */
  rang(vu: VirtualUser, event: number): void {
    this.engine.entry.arrive(vu.id, event);
    this.wake(vu);
  }

  /** An event has come: the virtual user goes on if it waits for one. */
  private wake(vu: VirtualUser): void {
    if (this.stateOf(vu).idle) vu.resume();
  }

  /** The iteration will not go on. True where it is the one that has aborted the test. */
  cut(vu: VirtualUser): boolean {
    const state = this.stateOf(vu);
    const { aborting } = state;
    state.aborting = false;
    state.idle = false;
    state.serial += 1;
    this.engine.entry.cut(vu.id);
    return aborting;
  }

  /** The state of a virtual user; a new scenario starts a new one. */
  stateOf(vu: VirtualUser): ScriptState {
    vu.state ??= {
      idle: false,
      threw: false,
      aborting: false,
      serial: 0,
      iterationInScenario: -1,
      iterationInTest: 0,
    } satisfies ScriptState;
    return vu.state as ScriptState;
  }

  private valuesOf(call: Call): AnswerValues {
    const { status, errorCode, blockedNs, durationNs, responseBytes } = call;
    const name = this.nameOf(call);
    const body = call.responseBody ?? '';
    return [status, errorCode, blockedNs, durationNs, responseBytes, name, headersOf(call), body];
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
      tags: (tags: string) => {
        if (this.current !== undefined) this.current.tags = tagsOf(tags);
      },
      check: (name: string, passed: boolean, tags: string) => {
        const { scenario = '', group = '' } = this.current ?? {};
        sink.check(name, passed, scenario, group, tagsOf(tags));
      },
      defineMetric: (name: string, type: string, isTime: boolean) => this.metrics.define(name, type, isTime),
      metric: (name: string, value: number, tags: string) =>
        sink.custom(name, value, sampleTags(this.current, tags)),
      log: (level: string, text: string, source: string) => this.log(level, text, source),
      warn: (text: string, field: string, value: string) => this.log('warning', text, '', { [field]: value }),
      nowNs: () => options.nowNs(),
      dateMs: () => options.startedAtMs + options.nowNs() / 1e6,
      place: (file: string, line: number, column: number) =>
        placeText(options.script, { file, line, column }),
      timer: (event: number, afterNs: number) => this.startTimer(event, afterNs),
      turnNs: () => this.limiter?.take(options.nowNs()) ?? 0,
      send: (event: number, plan: number, afterNs: number) => this.send(event, plan, afterNs),
      open: (from: string, path: string, mode: string) => openedText(options, { from, path, mode }),
      execution: (fact: string) => this.fact(fact),
      abort: (kind: string, message: string) => this.end(kind, message),
      seed: (stream: number) => options.seedOf(stream),
    };
  }

  private log(level: string, text: string, source: string, fields: LogFields = {}): void {
    const { id = 0, scenario = '' } = this.current ?? {};
    this.options.log({ level, text, source, ...fields, vu: id, scenario });
  }

  private startTimer(event: number, afterNs: number): void {
    const vu = this.current;
    if (vu === undefined) return;
    vu.simulation.after(afterNs, new TimerWake(this, vu, event, this.stateOf(vu).serial), 0);
  }

  private send(event: number, plan: number, afterNs: number): void {
    const vu = this.current;
    const known = this.requests.plan(plan);
    if (vu === undefined || known === undefined) return;
    if (afterNs > 0) vu.simulation.after(afterNs, new LaterSend(vu, this.stateOf(vu), known, event), 0);
    else vu.send(known, event);
  }

  private fact(name: string): string {
    const vu = this.current;
    const scenario = vu?.scenario ?? '';
    if (name === 'env') return JSON.stringify(this.options.env?.(scenario) ?? {});
    const own = vu === undefined ? undefined : vuFact(name, vu, this.stateOf(vu));
    return factText(own ?? this.options.facts?.(name, scenario));
  }

  private end(kind: string, message: string): void {
    if (kind === 'abort' || kind === 'fail') {
      if (kind === 'abort') {
        this.aborted = true;
        if (this.current !== undefined) this.stateOf(this.current).aborting = true;
      }
      this.options.onTestEnd?.(kind, message);
    } else this.stopped ??= new ScriptStopped(message);
  }
}
