import type { MetricThresholds } from '../metrics/threshold.js';
import type { ClientOptions } from '../model/client-options.js';
import type { ScriptHost } from '../script/script-host.js';
import type { ScriptPlan } from '../script/script-plan.js';
import type { IterationSpec } from './catalogues.js';
import type { MeasuredKey } from './measured-entry.js';
import type { Model } from './model-file.js';

export type { IterationSpec } from './catalogues.js';

/** An experiment as it is after checking: one variant of it, with its model. See {@link Model} for what "checked" means. */
export interface Experiment {
  readonly title: string;
  readonly model: Model;
  readonly seed: string;
  readonly replications: number;
  /** One or more scenarios, in k6's order: by start time, then name. */
  readonly scenarios: readonly ScenarioSpec[];
  readonly client: ClientOptions;
  /** The k6 script that the scenarios run; absent where they are lists of steps. */
  readonly script?: ScriptSpec | undefined;
  readonly thresholds: readonly MetricThresholds[];
  /** In the order of their time, then of the file. */
  readonly events: readonly EventSpec[];
  /** Measurements of this variant. */
  readonly measured: readonly MeasuredSpec[];
}

/** `load: { script: ... }`, loaded. */
export interface ScriptSpec {
  /** Relative to the working directory, or absolute. */
  readonly file: string;
  /** The script's `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
  readonly plan: ScriptPlan;
  /** What it is run in. */
  readonly host: ScriptHost;
  /** Texts of the script and its modules, and hashes of what they open, by path. */
  readonly sources: Readonly<Record<string, string>>;
}

/** One scenario of `scenarios`, checked: who starts iterations when, and what an iteration does. */
export interface ScenarioSpec {
  /** `default` where the file has only one, without a name. */
  readonly name: string;
  /** Name of the executor's plug: `ramping-vus`. */
  readonly executor: string;
  /** The executor's own checked options. */
  readonly options: unknown;
  /** What a virtual user does in one iteration, as `iterationField` checks it; empty where a script says it. */
  readonly iteration: IterationSpec;
}

/** One entry of `events`, checked: a failure, when it begins and when it ends, in ns of simulated time. */
export interface EventSpec {
  /** Name of the failure's plug: `kill`. */
  readonly kind: string;
  readonly atNs: number;
  /** Absent: for ever, or an instant. */
  readonly untilNs: number | undefined;
  readonly options: unknown;
}

/** One entry of `measured`, checked: a real run that the variant is compared with. */
export interface MeasuredSpec {
  /** File of a real run; relative to the working directory, or absolute. */
  readonly file: string;
  readonly format: MeasuredKey;
  /** Further files of the same run, which tell what the first does not. */
  readonly also: readonly string[];
  /** nginx's, of an access log. */
  readonly logFormat: string | undefined;
  /** Of a file of `/metrics` without timestamps. */
  readonly scrapeIntervalSeconds: number | undefined;
  /** Prometheus' answers over the same run; may be empty. */
  readonly prometheus: readonly string[];
  /** Prometheus' `instance` labels, in the order of the instances; absent: the first ones in the alphabet. */
  readonly targets: readonly string[] | undefined;
  /** Absent: whoever reads the file calls it after its name. */
  readonly label: string | undefined;
  /** Factor on the real run's clock; 1: as it was. */
  readonly stretch: number;
}

/** One point of the `vary` grid. */
export interface Variant {
  /** Path to value, as the file writes them; empty without `vary`. */
  readonly assignments: Readonly<Record<string, unknown>>;
  /** `replicas=2, algorithm=least_conn`; the experiment's name without `vary`. */
  readonly label: string;
  readonly experiment: Experiment;
}

/** An experiment's file, read and checked. */
export interface LoadedExperiment {
  /** File name without its ending. */
  readonly name: string;
  /** The file, as it was given. */
  readonly file: string;
  readonly title: string;
  /** `sha256:` and 64 hexadecimal digits of the checked inputs: order of keys, comments and spelling of units change nothing. */
  readonly inputsHash: string;
  /** At least one; in the order of the sorted `vary` paths, the last varying fastest. */
  readonly variants: readonly Variant[];
}
