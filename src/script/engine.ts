import type { CompiledScript } from './compile/compile.js';
import { ScriptError } from './compile/script-error.js';
import { PRELUDE_TEXT } from './prelude-text.js';
import type { Realm } from './realm.js';

/** What the prelude's `entry` has; see there. */
export interface PreludeEntry {
  limit(turnsMax: number): void;
  define(index: number, make: unknown, kind: string, imports: string, id: string): void;
  load(id: number): string;
  drop(id: number): void;
  functions(id: number): string;
  exported(id: number, name: string): string;
  exportedJson(id: number, name: string): string;
  setData(text: string): void;
  begin(id: number, name: string, iteration: number, scenario: string): void;
  beginWith(id: number, name: string, argument: string): void;
  advance(id: number, ...answer: AnswerValues): number;
  arrive(id: number, event: number): void;
  arriveAnswer(id: number, event: number, ...answer: AnswerValues): void;
  returned(id: number): string;
  returnedFiles(id: number): string;
  thrown(id: number): string;
  cut(id: number): void;
}

/** Status, error code, blocked and duration in ns, bytes, name of the instance, headers as JSON, body. */
export type AnswerValues = [number, number, number, number, number, string, string, string];

/** Functions that the prelude may call; each takes and returns numbers, texts and truth values only. */
export type HostTable = Readonly<Record<string, (a: never, b: never, c: never) => unknown>>;

/** What stack traces call the prelude; no script can have this name. */
export const PRELUDE_NAME = 'k6:prelude';

/** A script in its realm. */
export class ScriptEngine {
  readonly entry: PreludeEntry;
  private failure: unknown = undefined;
  private failed = false;

  constructor(
    private readonly realm: Realm,
    host: HostTable,
  ) {
    const start = realm.evaluate(PRELUDE_TEXT, PRELUDE_NAME) as (host: object) => PreludeEntry;
    this.entry = start(this.bare(host));
  }

  /** Puts the compiled modules into the realm. */
  define(script: CompiledScript): void {
    script.modules.forEach((module, index) => {
      const make = this.evaluate(module.text, module.id);
      const kind = module.async ? 'async' : module.kind;
      this.entry.define(index, make, kind, JSON.stringify(module.imports), module.id);
    });
  }

  /** The engine knows some mistakes that the compiler does not. @throws ScriptError */
  private evaluate(text: string, id: string): unknown {
    try {
      return this.realm.evaluate(text, id);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new ScriptError(`SyntaxError: ${id}: ${error.message}`);
    }
  }

  /** Throws what went wrong in a function of the host while the script called it: a mistake of ours. */
  check(): void {
    if (!this.failed) return;
    this.failed = false;
    throw this.failure;
  }

  /** The functions without prototypes, and without a way for an exception or an object to the other side. */
  private bare(host: HostTable): object {
    const table = Object.create(null) as Record<string, unknown>;
    for (const [name, call] of Object.entries(host)) {
      const guard = (a: unknown, b: unknown, c: unknown): unknown => {
        if (!isPrimitive(a) || !isPrimitive(b) || !isPrimitive(c)) return undefined;
        try {
          return (call as (a: unknown, b: unknown, c: unknown) => unknown)(a, b, c);
        } catch (error) {
          this.failed = true;
          this.failure = error;
          // A text, for nothing of ours may come in; the prelude does not look at it.
          throw 'failed';
        }
      };
      Object.setPrototypeOf(guard, null);
      table[name] = Object.freeze(guard);
    }
    return Object.freeze(table);
  }
}

/** A script may have replaced what the prelude makes texts with: nothing else of it comes in. */
function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}
