import type { MetricType } from '../metrics/record.js';
import { parseThresholds, type ThresholdDefinition } from '../metrics/threshold.js';
import { check } from '../options/fields.js';
import type { PlugChoice } from '../options/plug-field.js';
import type { Beside } from './beside.js';
import { type WorkloadPlug, workloads } from './catalogues.js';
import { nameHint } from './error.js';
import { checkEvents } from './event-check.js';
import type { Experiment, IterationSpec, ScenarioSpec } from './experiment.js';
import {
  experimentField,
  loadFormOf,
  requestsLoadField,
  scenariosLoadField,
  scriptLoadField,
  singleLoadField,
  thresholdsField,
} from './experiment-fields.js';
import { findingsOf } from './issues.js';
import { isMapping, mappingOf, maybeMisspelt } from './mapping.js';
import { namesOf } from './model-names.js';
import type { Finding } from './origin.js';
import type { Path } from './path.js';
import { metricTypesOf, type ScriptLoader, thresholdsOf } from './script-load.js';

/** An experiment but its model and its measurements, which need files. */
export type CheckedFrame = Omit<Experiment, 'model' | 'measured'>;

type Report = (finding: Finding) => void;

/** For a model's file where an experiment's is asked for. */
const MODEL_HINT = 'this is a model; an experiment is a file of its own that names it under "model"';

/**
 * Checks an experiment's plain data (keys sorted).
 * @returns `undefined` where anything was reported that leaves a hole.
 */
export function checkFrame(
  value: unknown,
  { model, loadScript }: FrameContext,
  report: Report,
): CheckedFrame | undefined {
  const result = check(experimentField, value);
  const load = checkLoad(value, loadScript, report);
  const types = metricTypesOf(load?.script);
  // The metrics of a script that could not be read are unknown: their thresholds may be right.
  const isUnknown = load === undefined && loadFormOf(mappingOf(value).load) === 'script';
  const own = isUnknown ? [] : checkThresholds(mappingOf(value).thresholds ?? {}, types, report);
  const thresholds = load?.script === undefined ? own : joined(own, thresholdsOf(load.script));
  const events = checkEvents(mappingOf(value).events ?? [], model, report);
  if (model !== undefined) checkClientHost(value, model, report);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report(finding);
    return undefined;
  }
  const frame = result.value;
  if (load === undefined) return undefined;
  return {
    title: frame.title,
    seed: String(frame.seed),
    replications: frame.replications,
    ...load,
    thresholds,
    events,
  };
}

/** What an experiment is checked with. */
export interface FrameContext {
  /** Plain data of its model, for the names that events use; `undefined` where it could not be read. */
  readonly model: unknown;
  readonly loadScript: ScriptLoader;
}

/** The experiment's thresholds and the script's, by metric. */
function joined(own: Thresholds, others: Thresholds): Thresholds {
  const byName = new Map(own.map((entry) => [entry.selector.name, entry]));
  for (const { selector, thresholds } of others) {
    const known = byName.get(selector.name)?.thresholds ?? [];
    byName.set(selector.name, { selector, thresholds: [...known, ...thresholds] });
  }
  return [...byName.values()];
}

type Thresholds = Experiment['thresholds'];
type Load = Pick<Experiment, 'scenarios' | 'client' | 'script'>;

function checkLoad(value: unknown, loadScript: ScriptLoader, report: Report): Load | undefined {
  const experiment = mappingOf(value);
  const { load } = experiment;
  if (load === undefined || load === null) {
    if (!maybeMisspelt(experiment, 'load')) {
      report({
        path: ['load'],
        got: 'nothing',
        expected: 'a mapping with an `executor`, or with `scenarios`',
        ...('services' in experiment ? { hint: MODEL_HINT } : {}),
      });
    }
    return undefined;
  }
  const form = loadFormOf(load);
  const issues: Report = (finding) => report({ ...finding, path: ['load', ...finding.path] });
  if (form === 'script') return checkScript(load, loadScript, issues);
  if (form === 'scenarios') return checkScenarios(load, issues);
  return form === 'requests' ? checkRequests(load, issues) : checkSingle(load, issues);
}

function checkScript(load: unknown, loadScript: ScriptLoader, report: Report): Load | undefined {
  const result = check(scriptLoadField, load);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report(finding);
    return undefined;
  }
  const { client, script: file, env } = result.value;
  const script = loadScript(file, env);
  if (script === 'impossible') {
    const expected = 'an executor with an iteration: k6 scripts cannot be run here';
    report({ path: [], aboutKey: 'script', got: 'script', expected });
    return undefined;
  }
  if (script === undefined) return undefined;
  const scenarios = script.plan.scenarios.map(({ name, plug, options }) => ({
    name,
    executor: plug.name,
    options,
    iteration: [],
  }));
  return { scenarios, client, script };
}

function checkRequests(load: unknown, report: Report): Load | undefined {
  const result = check(requestsLoadField, load);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report(finding);
    return undefined;
  }
  const { own, plug } = result.value;
  return { scenarios: [scenarioOf('default', plug, [])], client: own.client };
}

function checkSingle(load: unknown, report: Report): Load | undefined {
  const result = check(singleLoadField, load);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report(finding);
    return undefined;
  }
  const { own, plug } = result.value;
  const scenario = scenarioOf('default', plug, own.iteration);
  checkUse(scenario, [], report);
  return { scenarios: [scenario], client: own.client };
}

function scenarioOf(name: string, plug: PlugChoice, iteration: IterationSpec): ScenarioSpec {
  return { name, executor: plug.kind, options: plug.options, iteration };
}

/** An executor for one path has no use for more steps. */
function checkUse({ executor, iteration }: ScenarioSpec, path: Path, report: Report): void {
  const plug = workloads.find(({ name }) => name === executor) as WorkloadPlug;
  if (plug.iteration !== 'one request') return;
  if (iteration.length === 1 && iteration[0]!.kind === 'request') return;
  const got = iteration.length === 1 ? `a step of another kind` : `${iteration.length} steps`;
  const expected = `a single request, for ${executor} sends one over and over`;
  report({ path: [...path, 'iteration'], got, expected });
}

function checkScenarios(load: unknown, report: Report): Load | undefined {
  const result = check(scenariosLoadField, load);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report(finding);
    return undefined;
  }
  const scenarios: ScenarioSpec[] = Object.entries(result.value.scenarios).map(([name, choice]) => {
    const { own, plug } = choice.options as Beside<{ readonly iteration?: IterationSpec }, PlugChoice>;
    return scenarioOf(name, plug, own.iteration ?? []);
  });
  for (const scenario of scenarios) checkUse(scenario, ['scenarios', scenario.name], report);
  const names = scenarios.map((scenario) => scenario.name);
  if (names.length === 0)
    report({ path: ['scenarios'], got: 'no scenario', expected: 'at least one scenario' });
  for (const name of names.filter((candidate) => !/^[0-9A-Za-z_-]+$/.test(candidate))) {
    const expected = 'a name of letters, digits, "_" and "-", as k6 wants it';
    report({ path: ['scenarios'], aboutKey: name, got: JSON.stringify(name), expected });
  }
  scenarios.sort((a, b) => startNs(a) - startNs(b) || (a.name < b.name ? -1 : 1));
  return { scenarios, client: result.value.client };
}

function startNs(scenario: ScenarioSpec): number {
  return (scenario.options as { readonly startTime?: number }).startTime ?? 0;
}

function checkThresholds(
  value: unknown,
  types: Readonly<Record<string, MetricType>>,
  report: Report,
): Experiment['thresholds'] {
  const result = check(thresholdsField, value);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues))
      report({ ...finding, path: ['thresholds', ...finding.path] });
    return [];
  }
  const written: Readonly<Record<string, ThresholdDefinition | readonly ThresholdDefinition[]>> =
    result.value;
  const lists = Object.entries(written).map(([metric, entries]): [string, readonly ThresholdDefinition[]] => [
    metric,
    isList(entries) ? entries : [entries],
  ]);
  const { thresholds, problems } = parseThresholds(Object.fromEntries(lists), types);
  for (const { metric, index, message, hint } of problems) {
    const entries = written[metric];
    if (index === undefined) {
      report({
        path: ['thresholds'],
        aboutKey: metric,
        got: JSON.stringify(metric),
        expected: 'a metric',
        hint: hint ?? message,
      });
      continue;
    }
    const entry = isList(entries) ? entries[index] : entries;
    const got = JSON.stringify(typeof entry === 'string' ? entry : entry?.threshold);
    const path = ['thresholds', metric, ...(isList(entries) ? [index] : [])];
    report({
      path,
      got,
      expected: 'a threshold',
      hint: hint === undefined ? message : `${message}; ${hint}`,
    });
  }
  return thresholds;
}

function isList<T>(value: T | readonly T[] | undefined): value is readonly T[] {
  return Array.isArray(value);
}

/** The host that the load generator runs on, on plain data. */
function checkClientHost(value: unknown, model: unknown, report: Report): void {
  const { on } = mappingOf(mappingOf(mappingOf(value).load).client);
  const { hosts } = namesOf(model);
  if (typeof on !== 'string' || !isMapping(mappingOf(model).hosts) || hosts.includes(on)) return;
  const hint = nameHint(on, hosts);
  report({ path: ['load', 'client', 'on'], got: JSON.stringify(on), expected: 'a host', hint });
}
