import type { ScriptMetricsSink } from '../metrics/sink.js';
import type { CompiledScript } from './compile/compile.js';
import type { Realm } from './realm.js';
import type { RequestTableOptions } from './requests.js';

/** What a script said on the console or by an exception. */
export interface ScriptLog {
  /** k6's levels: `debug`, `info`, `warning`, `error`. */
  readonly level: string;
  readonly text: string;
  /** k6's field `source`: `console`, `stacktrace`, or empty. */
  readonly source: string;
  /** k6's field `error`, where it has one: of `Request Failed`. */
  readonly error?: string | undefined;
  /** k6's field `url`, where it has one. */
  readonly url?: string | undefined;
  /** The virtual user (k6's `__VU`), 0 outside of iterations, and its scenario. */
  readonly vu: number;
  readonly scenario: string;
  /** Of a scenario as a whole: its executor. */
  readonly executor?: string;
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
  /** k6's option: requests per second of all virtual users together; no limit if absent, or not above 0. */
  readonly rps?: number | undefined;
  /** `exec.test.abort` (kind `abort`) and `exec.test.fail` (`fail`). */
  readonly onTestEnd?: ((kind: string, message: string) => void) | undefined;
  /** How many turns all loops together may make between two waits; a hundred million if absent: about a second. */
  readonly loopTurnsMax?: number | undefined;
}
