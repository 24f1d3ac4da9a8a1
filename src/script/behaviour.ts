import type { MetricsSink, ScriptMetricsSink } from '../metrics/sink.js';
import type { Behaviour, VirtualUser } from '../model/virtual-user.js';
import type { CompiledScript } from './compile/compile.js';
import { type HostTable, ScriptEngine } from './engine.js';
import type { Realm } from './realm.js';
import { RequestTable, type RequestTableOptions } from './requests.js';

/** What a script said on the console or by an exception. */
export interface ScriptLog {
  /** k6's levels: `debug`, `info`, `warning`, `error`. */
  readonly level: string;
  readonly text: string;
  /** k6's field `source`: `console`, `stacktrace`, or empty. */
  readonly source: string;
}

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
  /** Name of the instance that answered, by its index. */
  readonly instanceName: (index: number) => string;
  readonly log: (entry: ScriptLog) => void;
  /** How many turns all loops together may make between two waits; a hundred million if absent: about a second. */
  readonly loopTurnsMax?: number | undefined;
}

const LOOP_TURNS_MAX = 100_000_000;

/** The script cannot go on: it waited where it cannot, or never waits. The text has the place in the script. */
export class ScriptStopped extends Error {}

/** A script in a run: shared by the behaviours of all scenarios. */
export class ScriptRun {
  private readonly engine: ScriptEngine;
  private readonly requests: RequestTable;
  private readonly loaded = new Set<number>();
  private current: VirtualUser | undefined = undefined;
  private stopped: ScriptStopped | undefined = undefined;

  constructor(private readonly options: ScriptRunOptions) {
    this.requests = new RequestTable(options);
    this.engine = new ScriptEngine(options.realm, this.hostTable());
    this.engine.entry.limit(options.loopTurnsMax ?? LOOP_TURNS_MAX);
    this.engine.define(options.script);
  }

  /** The behaviour of a scenario that runs the exported function of that name. */
  behaviour(exec: string): Behaviour {
    return new ScriptBehaviour(this, exec);
  }

  /** Loads the script for a virtual user, once. @throws ScriptStopped where it throws. */
  load(id: number): void {
    if (this.loaded.has(id)) return;
    this.loaded.add(id);
    const mistake = this.engine.entry.load(id);
    this.check();
    if (mistake !== '') throw new ScriptStopped(mistake);
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

  /** Prepares an iteration. */
  begin(vu: VirtualUser, exec: string): void {
    this.load(vu.id);
    this.current = vu;
    this.engine.entry.begin(vu.id, exec, vu.iteration);
  }

  /** Runs on to the next wait; false there, true at the end. */
  advance(vu: VirtualUser): boolean {
    for (;;) {
      this.current = vu;
      const command = this.resume(vu);
      this.check();
      if (command === 0) return true;
      if (command === IDLE) return false;
      if (!this.act(vu, command)) return false;
    }
  }

  /** The iteration will not go on. */
  cut(vu: VirtualUser): void {
    this.engine.entry.cut(vu.id);
  }

  /** Does what the script waits for; true if that is over at once. */
  private act(vu: VirtualUser, command: number): boolean {
    if (command < 0) return vu.sleep(-command);
    const plan = this.requests.plan(command - 1);
    if (plan === undefined) throw new ScriptStopped('the script has replaced what k6 itself needs');
    return vu.request(plan);
  }

  private resume(vu: VirtualUser): number {
    const { response } = vu;
    const { entry } = this.engine;
    if (response === undefined) return entry.advance(vu.id, 0, 0, 0, 0, 0, '');
    const { status, errorCode, blockedNs, durationNs, responseBytes, servedBy } = response;
    const name = servedBy < 0 ? '' : this.options.instanceName(servedBy);
    return entry.advance(vu.id, status, errorCode, blockedNs, durationNs, responseBytes, name);
  }

  private check(): void {
    try {
      this.engine.check();
    } catch (error) {
      // The end of the stack may come anywhere, and what was under way here is half done: the test cannot go on.
      if (!(error instanceof RangeError && /call stack/.test(error.message))) throw error;
      throw new ScriptStopped('RangeError: Maximum call stack size exceeded');
    }
    if (this.stopped !== undefined) throw this.stopped;
  }

  /** A line of a stack trace; empty where the place is not the script's. */
  private place(file: string, line: number, column: number): string {
    const module = this.options.script.modules.find(({ id }) => id === file);
    const place = module?.places.locate(line, column);
    if (place === undefined) return '';
    const where = `${file}:${place.line}:${place.column}`;
    return place.name === '' ? where : `${place.name} (${where})`;
  }

  private tagsOf(text: string): Record<string, string> {
    const vu = this.current;
    const tags: Record<string, string> = {};
    if (vu !== undefined) {
      tags.scenario = vu.scenario;
      tags.group = vu.group;
    }
    return text === '' ? tags : { ...tags, ...(JSON.parse(text) as Record<string, string>) };
  }

  private hostTable(): HostTable {
    const { options } = this;
    const sink: MetricsSink & ScriptMetricsSink = options.sink;
    const nothing = () => '';
    return {
      plan: (description: string) => this.requests.add(description),
      group: (name: string) => {
        if (this.current !== undefined) this.current.group = name;
      },
      tags: nothing,
      check: (name: string, passed: boolean, _tags: string) => {
        const vu = this.current;
        sink.check(name, passed, vu?.scenario ?? '', vu?.group ?? '');
      },
      defineMetric: nothing,
      metric: (name: string, value: number, tags: string) => sink.custom(name, value, this.tagsOf(tags)),
      log: (level: string, text: string, source: string) => options.log({ level, text, source }),
      nowNs: () => options.nowNs(),
      dateMs: () => options.startedAtMs + options.nowNs() / 1e6,
      place: (file: string, line: number, column: number) => this.place(file, line, column),
      timer: nothing,
      send: nothing,
      answerText: nothing,
      open: () => '!',
      execution: nothing,
      abort: (_kind: string, message: string) => {
        this.stopped ??= new ScriptStopped(message);
      },
      seed: (stream: number) => options.seedOf(stream),
    };
  }
}

/** See the prelude's `Command`. */
const IDLE = -0.5;

/** One exported function of a script, run for each virtual user of a scenario. */
class ScriptBehaviour implements Behaviour {
  constructor(
    private readonly run: ScriptRun,
    private readonly exec: string,
  ) {}

  begin(vu: VirtualUser): void {
    this.run.begin(vu, this.exec);
  }

  advance(vu: VirtualUser): boolean {
    return this.run.advance(vu);
  }

  cut(vu: VirtualUser): void {
    this.run.cut(vu);
  }
}
