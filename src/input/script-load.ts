import { BUILTIN_METRICS } from '../metrics/builtin.js';
import type { MetricType } from '../metrics/record.js';
import { parseThresholds, type ThresholdDefinition } from '../metrics/threshold.js';
import { K6Error } from '../script/exit-codes.js';
import type { LogLine } from '../script/options.js';
import { pathOf, type ScriptHost } from '../script/script-host.js';
import { planScript, type ScriptPlan } from '../script/script-plan.js';
import { canonicalHash } from './canonical.js';
import type { Room } from './desk.js';
import { InputError, type Mistake, type Position } from './error.js';
import type { ScriptSpec } from './experiment.js';
import { locate, type Origin } from './origin.js';

/** Reads the script of one variant; its mistakes are told where they are in the script. */
export type ScriptLoader = (
  script: string,
  env: Readonly<Record<string, string>>,
) => ScriptSpec | 'impossible' | undefined;

/** A loader of scripts that are written in the file of `origin`. */
export function scriptLoader(room: Room, origin: Origin): ScriptLoader {
  return (script, env) => {
    const { files, mistakes } = room;
    const host = files.scripts;
    if (host === undefined) return 'impossible';
    const at = { ...locate(origin, ['load', 'script'], 'value'), path: 'load.script' };
    const file = files.resolve(at.file, script);
    try {
      const warnings: LogLine[] = [];
      // What its init code says is heard when it is run.
      const plan = planScript({ host, name: file, env, log: () => {}, warn: (line) => warnings.push(line) });
      return { file, env, plan, warnings, host, sources: sourcesOf(plan) };
    } catch (error) {
      if (!(error instanceof K6Error)) throw error;
      mistakes.push(scriptMistake(error.message, { at, file, host }));
      return undefined;
    }
  };
}

/** What decides on the run: texts of all modules, and what they have opened, by their place below the script's folder. */
function sourcesOf({ loaded }: ScriptPlan): Readonly<Record<string, string>> {
  const { path, opened } = loaded.files;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const short = (file: string) => (file.startsWith(folder) ? file.slice(folder.length) : file);
  const sources: Record<string, string> = {};
  for (const { id, source } of loaded.compiled.modules) sources[short(pathOf(id))] = source;
  for (const [file, bytes] of opened) sources[short(file)] = canonicalHash([...bytes]);
  return sources;
}

interface ScriptPlace {
  /** Where the experiment names the script. */
  readonly at: Position & { readonly path: string };
  readonly file: string;
  readonly host: ScriptHost;
}

/** A mistake at its place in the script, where the text has one; otherwise where the script is named. */
export function scriptMistake(message: string, { at, file, host }: ScriptPlace): Mistake {
  const expected = 'a script that k6 can run';
  const found = PLACE.exec(message);
  const got = shortened(message);
  if (found === null) return { ...at, got, expected };
  const path = pathOf(found[1]!);
  const shown = path === host.absolute(file) ? file : path;
  return { file: shown, line: Number(found[2]), column: Number(found[3]), path: '', got, expected };
}

const PLACE = /file:\/\/(\S+?):(?: Line )?(\d+):(\d+)/;

/** Without the place, which is told before it, and the rest of a stack. */
function shortened(message: string): string {
  return message
    .replace(/^could not initialize '[^']*': could not load JS test '[^']*': /, '')
    .replace(/^file:\/\/\S+?: Line \d+:\d+ /, '')
    .replace(/\n\tat [\s\S]*$/, '')
    .trim();
}

/** A script that ended in a way that no experiment can use. */
export function scriptFailure(message: string, { file, host }: ScriptSpec): InputError {
  return new InputError([scriptMistake(message, { at: { file, path: '' }, file, host })]);
}

/** Types of all metrics that a script's thresholds may name. */
export function metricTypesOf(script: ScriptSpec | undefined): Readonly<Record<string, MetricType>> {
  const own = Object.entries(script?.plan.loaded.metrics ?? {}).map(
    ([name, { type }]) => [name, type] as const,
  );
  return { ...BUILTIN_METRICS, ...Object.fromEntries(own) };
}

/** The script's own thresholds; k6's rules were checked when it was loaded. */
export function thresholdsOf(script: ScriptSpec) {
  const given = script.plan.consolidated.options.thresholds ?? {};
  const definitions = Object.entries(given).map(([metric, list]) => {
    const entries = list.map(
      ({ threshold, abortOnFail, delayAbortEval }): ThresholdDefinition => ({
        threshold,
        abortOnFail,
        delayAbortEval: delayAbortEval ?? undefined,
      }),
    );
    return [metric, entries] as const;
  });
  return parseThresholds(Object.fromEntries(definitions), metricTypesOf(script)).thresholds;
}
