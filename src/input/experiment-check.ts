import { parseThresholds, type ThresholdDefinition } from '../metrics/threshold.js';
import { check, didYouMean } from '../options/fields.js';
import { failures } from './catalogues.js';
import { nameHint } from './error.js';
import type { EventSpec, Experiment, ScenarioSpec } from './experiment.js';
import {
  eventField,
  experimentField,
  loadFormOf,
  scenariosLoadField,
  singleLoadField,
  thresholdsField,
} from './experiment-fields.js';
import { findingsOf } from './issues.js';
import { isMapping, mappingOf, maybeMisspelt } from './mapping.js';
import { namesOf } from './model-names.js';
import type { Finding } from './origin.js';

/** An experiment but its model and its measurements, which need files. */
export type CheckedFrame = Omit<Experiment, 'model' | 'measured'>;

type Report = (finding: Finding) => void;

/** For a model's file where an experiment's is asked for. */
const MODEL_HINT = 'this is a model; an experiment is a file of its own that names it under "model"';

/**
 * Checks an experiment's plain data (keys sorted).
 * @param model plain data of its model, for the names that events use; `undefined` where it could not be read.
 * @returns `undefined` where anything was reported that leaves a hole.
 */
export function checkFrame(value: unknown, model: unknown, report: Report): CheckedFrame | undefined {
  const result = check(experimentField, value);
  const load = checkLoad(value, report);
  const thresholds = checkThresholds(mappingOf(value).thresholds ?? {}, report);
  const events = checkEvents(mappingOf(value).events ?? [], report);
  if (model !== undefined) checkTargets(value, model, report);
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

type Load = Pick<Experiment, 'scenarios' | 'client'>;

function checkLoad(value: unknown, report: Report): Load | undefined {
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
  if (form === 'script') {
    const hint = 'write the script’s options as an `executor`, and its requests as an `iteration`';
    const expected = 'an executor with an iteration: k6 scripts cannot be run yet';
    report({ path: ['load'], aboutKey: 'script', got: 'script', expected, hint });
    return undefined;
  }
  const issues: Report = (finding) => report({ ...finding, path: ['load', ...finding.path] });
  return form === 'scenarios' ? checkScenarios(load, issues) : checkSingle(load, issues);
}

function checkSingle(load: unknown, report: Report): Load | undefined {
  const result = check(singleLoadField, load);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report(finding);
    return undefined;
  }
  const { own, plug } = result.value;
  const scenario = { name: 'default', executor: plug.kind, options: plug.options, iteration: own.iteration };
  return { scenarios: [scenario], client: own.client };
}

function checkScenarios(load: unknown, report: Report): Load | undefined {
  const result = check(scenariosLoadField, load);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report(finding);
    return undefined;
  }
  const scenarios: ScenarioSpec[] = Object.entries(result.value.scenarios).map(([name, { own, plug }]) => ({
    name,
    executor: plug.kind,
    options: plug.options,
    iteration: own.iteration,
  }));
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

function checkThresholds(value: unknown, report: Report): Experiment['thresholds'] {
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
  const { thresholds, problems } = parseThresholds(Object.fromEntries(lists));
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

function checkEvents(value: unknown, report: Report): EventSpec[] {
  if (!Array.isArray(value)) {
    report({ path: ['events'], got: 'no list', expected: 'a list of events' });
    return [];
  }
  const events: EventSpec[] = [];
  for (const [index, item] of value.entries()) {
    const path = ['events', index];
    const result = check(eventField, item);
    if (!result.ok) {
      for (const finding of findingsOf(result.issues))
        report({ ...finding, path: [...path, ...finding.path] });
      continue;
    }
    const { own, plug } = result.value;
    const lasts = failures.find((failure) => failure.name === plug.kind)?.lasts === true;
    const key = lasts ? 'from' : 'at';
    const wrong = lasts ? (['at'] as const) : (['from', 'to'] as const);
    for (const other of wrong.filter((candidate) => own[candidate] !== undefined)) {
      const expected = lasts ? `from and to: ${plug.kind} lasts` : `at: ${plug.kind} is an instant`;
      report({ path, aboutKey: other, got: JSON.stringify(other), expected });
    }
    const atNs = own[key];
    if (atNs === undefined) {
      if (!wrong.some((other) => own[other] !== undefined)) {
        report({ path: [...path, key], got: 'nothing', expected: 'a duration from the start of the test' });
      }
    } else if (own.to !== undefined && own.to <= atNs) {
      report({ path: [...path, 'to'], got: 'an end before the beginning', expected: 'a time after `from`' });
    }
    events.push({ kind: plug.kind, atNs: atNs ?? 0, untilNs: own.to, options: plug.options });
  }
  // Stable: at one instant, the order of the file.
  return events.sort((a, b) => a.atNs - b.atNs);
}

/** The names that the load generator and the events use, on plain data. */
function checkTargets(value: unknown, model: unknown, report: Report): void {
  const { events, load } = mappingOf(value);
  const { on } = mappingOf(mappingOf(load).client);
  const { hosts } = namesOf(model);
  if (typeof on === 'string' && isMapping(mappingOf(model).hosts) && !hosts.includes(on)) {
    const hint = nameHint(on, hosts);
    report({ path: ['load', 'client', 'on'], got: JSON.stringify(on), expected: 'a host', hint });
  }
  if (!Array.isArray(events) || !isMapping(mappingOf(model).services)) return;
  const names = namesOf(model);
  const instances = [...names.instances, ...names.services];
  const processes = [...instances, ...names.balancers];
  const targets = {
    instance: { allowed: instances, expected: 'an instance or a service' },
    process: { allowed: processes, expected: 'an instance, a service or a balancer' },
    place: {
      allowed: [...processes, ...names.databases, 'client'],
      expected: 'an instance, a service, a balancer or a database',
    },
  };
  const services = mappingOf(mappingOf(model).services);
  const balancer = mappingOf(mappingOf(model).balancer);
  const mayHaveMore = (target: string) =>
    (target.startsWith('balancer-') && maybeMisspelt(balancer, 'replicas')) ||
    names.services.some(
      (service) =>
        target.startsWith(`${service}-`) && maybeMisspelt(mappingOf(services[service]), 'replicas'),
    );
  for (const [index, event] of events.entries()) {
    for (const failure of failures) {
      const written = mappingOf(event)[failure.name];
      const named = Array.isArray(written) ? [...written.entries()] : [[undefined, written] as const];
      const { allowed, expected } = targets[failure.target];
      for (const [position, target] of named) {
        if (typeof target !== 'string' || allowed.includes(target) || mayHaveMore(target)) continue;
        const path = ['events', index, failure.name, ...(position === undefined ? [] : [position])];
        const hint = didYouMean(target, allowed.slice(0, 1000)) ?? nameHint(target, allowed);
        report({ path, got: JSON.stringify(target), expected, hint });
      }
    }
  }
}
