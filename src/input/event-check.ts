import type { FailurePlug } from '../model/failure.js';
import { type AnyField, check, didYouMean, keysOf } from '../options/fields.js';
import { failures, products } from './catalogues.js';
import { nameHint } from './error.js';
import type { EventSpec } from './experiment.js';
import { eventField } from './experiment-fields.js';
import { findingsOf } from './issues.js';
import { isMapping, type Mapping, mappingOf, maybeMisspelt } from './mapping.js';
import { BALANCER, namesOf } from './model-names.js';
import { balancedServices } from './model-references.js';
import type { Finding } from './origin.js';
import { getPath, type Path } from './path.js';

type Report = (finding: Finding) => void;

/** One entry of the list; `spec` where its fields are right. */
interface CheckedEvent {
  readonly written: Mapping;
  readonly path: Path;
  readonly spec: EventSpec | undefined;
}

/**
 * Checks the timeline (plain data, keys sorted), and the names it uses.
 * @param model plain data of the model, for the names and the product's words; `undefined` where it could not be read.
 * @returns the events in the order of their time, at one instant in the order of the file.
 */
export function checkEvents(value: unknown, model: unknown, report: Report): EventSpec[] {
  if (!Array.isArray(value)) {
    report({ path: ['events'], got: 'no list', expected: 'a list of events' });
    return [];
  }
  const events = value.map((item, index): CheckedEvent => {
    const path = ['events', index];
    return { written: mappingOf(item), path, spec: checkEvent(item, path, model, report) };
  });
  if (model !== undefined && isMapping(mappingOf(model).services)) checkTargets(events, model, report);
  return inOrder(events);
}

/** Stable: at one instant, the order of the file. */
function inOrder(events: readonly CheckedEvent[]): EventSpec[] {
  const specs = events.map(({ spec }) => spec).filter((spec) => spec !== undefined);
  return specs.sort((a, b) => a.atNs - b.atNs);
}

function checkEvent(item: unknown, path: Path, model: unknown, report: Report): EventSpec | undefined {
  const result = check(eventField, item);
  if (!result.ok) {
    for (const finding of findingsOf(result.issues)) report({ ...finding, path: [...path, ...finding.path] });
    return undefined;
  }
  const { own, plug: choice } = result.value;
  const plug = failures.find((failure) => failure.name === choice.kind) as FailurePlug;
  const key = plug.lasts ? 'from' : 'at';
  const wrong = plug.lasts ? (['at'] as const) : (['from', 'to'] as const);
  for (const other of wrong.filter((candidate) => own[candidate] !== undefined)) {
    const expected = plug.lasts ? `from and to: ${plug.name} lasts` : `at: ${plug.name} is an instant`;
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
  const options =
    plug.takesServerParameters === true && model !== undefined
      ? withServerParameters(plug, choice.options as Mapping, { path, model, report })
      : choice.options;
  return { kind: plug.name, atNs: atNs ?? 0, untilNs: own.to, options };
}

/** The options with all keys but the plug's own as the balancer's product checks them. */
function withServerParameters(
  plug: FailurePlug,
  options: Mapping,
  { path, model, report }: { readonly path: Path; readonly model: unknown; readonly report: Report },
): Mapping {
  const { [plug.name]: target, ...parameters } = options;
  const { balancer } = mappingOf(model);
  const product = typeof balancer === 'string' ? balancer : mappingOf(balancer).product;
  const found = products.find((candidate) => candidate.name === product);
  // Without a balancer that is told of the target.
  if (found === undefined) return options;
  if (Object.keys(parameters).length === 0) {
    const expected = `server parameters of ${found.name}, such as ${parameterNames(found.serverParameters)}`;
    report({ path, aboutKey: plug.name, got: 'nothing to change', expected });
  }
  const result = check(found.serverParameters, parameters);
  if (result.ok) return { [plug.name]: target, ...(result.value as Mapping) };
  for (const finding of findingsOf(result.issues)) report({ ...finding, path: [...path, ...finding.path] });
  return options;
}

function parameterNames(field: AnyField): string {
  return (keysOf(field) ?? []).join(', ');
}

/** What can be named at the time of an event. */
interface Present {
  readonly names: ReturnType<typeof namesOf>;
  readonly balanced: readonly string[];
  readonly model: Mapping;
  /** The events whose fields are right, in the order of their time. */
  readonly order: readonly EventSpec[];
  /** Instances that events create, with the event. */
  readonly created: ReadonlyMap<string, EventSpec>;
  /** Services whose number of instances is not known, because a mistake is in the way. */
  readonly unsure: readonly string[];
}

/** The names that events use, on plain data. */
function checkTargets(events: readonly CheckedEvent[], model: unknown, report: Report): void {
  const names = namesOf(model);
  const order = inOrder(events);
  const present: Present = {
    names,
    order,
    balanced: mappingOf(model).balancer === undefined ? [] : balancedServices(model),
    model: mappingOf(model),
    created: createdBy(order, names),
    unsure: unsureServices(events, model),
  };
  for (const { written, path, spec } of events) {
    for (const plug of failures as readonly FailurePlug[]) {
      if (spec !== undefined && spec.kind !== plug.name) continue;
      const targetPath = plug.targetPath ?? [plug.name];
      const target = getPath(written, targetPath);
      if (target === undefined) continue;
      const targets = Array.isArray(target) ? [...target.entries()] : [[undefined, target] as const];
      for (const [position, name] of targets) {
        const at = [...path, ...targetPath, ...(position === undefined ? [] : [position])];
        if (typeof name === 'string') checkTarget(name, { plug, spec, path: at, present, report });
      }
    }
  }
}

interface Target {
  readonly plug: FailurePlug;
  readonly spec: EventSpec | undefined;
  readonly path: Path;
  readonly present: Present;
  readonly report: Report;
}

function checkTarget(name: string, { plug, spec, path, present, report }: Target): void {
  const needsBalancer = plug.target === 'balanced' || plug.target === 'balanced-service';
  if (needsBalancer && present.model.balancer === undefined) {
    if (maybeMisspelt(present.model, 'balancer')) return;
    report({ path, got: `${JSON.stringify(name)}, but no balancer`, expected: 'a model with a balancer' });
    return;
  }
  const allowed = allowedNames(plug.target, present);
  if (!allowed.includes(name)) {
    if (present.unsure.some((service) => name.startsWith(`${service}-`))) return;
    const hint = didYouMean(name, allowed.slice(0, 1000)) ?? nameHint(name, allowed);
    report({ path, got: JSON.stringify(name), expected: EXPECTED[plug.target], hint });
    return;
  }
  const creation = present.created.get(name);
  if (creation === undefined || spec === undefined) return;
  if (present.order.indexOf(creation) < present.order.indexOf(spec)) return;
  const got = `${JSON.stringify(name)}, which is added at ${creation.atNs / 1e9}s`;
  report({ path, got, expected: 'an instance that is there by then' });
}

const EXPECTED: Readonly<Record<FailurePlug['target'], string>> = {
  instance: 'an instance or a service',
  process: 'an instance, a service or a balancer',
  place: 'an instance, a service, a balancer or a database',
  balanced: 'an instance or a service behind the balancer',
  'balanced-service': 'a service behind the balancer',
};

function allowedNames(target: FailurePlug['target'], { names, balanced, created }: Present): string[] {
  const { services, databases, balancers } = names;
  const instances = [...names.instances, ...created.keys()];
  switch (target) {
    case 'instance':
      return [...instances, ...services];
    case 'process':
      return [...instances, ...services, ...balancers];
    case 'place':
      return [...instances, ...services, ...balancers, ...databases, 'client'];
    case 'balanced':
      return [...instances.filter((name) => balanced.includes(serviceOf(name))), ...balanced];
    case 'balanced-service':
      return [...balanced];
  }
}

/** `api-2` is an instance of `api`. */
function serviceOf(instance: string): string {
  return instance.replace(/-\d+$/, '');
}

/** The instances that events create, numbered on from those of the model. */
function createdBy(
  order: readonly EventSpec[],
  { instances }: ReturnType<typeof namesOf>,
): Map<string, EventSpec> {
  const created = new Map<string, EventSpec>();
  for (const spec of order) {
    const plug = failures.find((failure) => failure.name === spec.kind) as FailurePlug;
    const more = plug.creates?.(spec.options as never);
    if (more === undefined) continue;
    const all = [...instances, ...created.keys()];
    const present = all.filter((name) => serviceOf(name) === more.service).length;
    for (let number = present + 1; number <= present + more.count; number += 1) {
      created.set(`${more.service}-${number}`, spec);
    }
  }
  return created;
}

/** Services (and the balancer) with a misspelt number of replicas, or with an addition that is wrong. */
function unsureServices(events: readonly CheckedEvent[], model: unknown): string[] {
  const services = mappingOf(mappingOf(model).services);
  const { services: names } = namesOf(model);
  const misspelt = names.filter((name) => maybeMisspelt(mappingOf(services[name]), 'replicas'));
  if (maybeMisspelt(mappingOf(mappingOf(model).balancer), 'replicas')) misspelt.push(BALANCER);
  const isWrongAddition = ({ written, spec }: CheckedEvent) =>
    spec === undefined &&
    (failures as readonly FailurePlug[]).some(
      (plug) => plug.creates !== undefined && (plug.name in written || maybeMisspelt(written, plug.name)),
    );
  return events.some(isWrongAddition) ? [...misspelt, ...names] : misspelt;
}
