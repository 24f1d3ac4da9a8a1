/**
 * The names in a model that must name something. These checks work on plain data, before or beside the check of the
 * fields, so that a wrong unit in one place does not hide a wrong name in another; what is not of the expected form
 * is left to the fields, and where a container may only be misspelt, names in it are not doubted.
 */
import { didYouMean } from '../options/fields.js';
import { checkRespond, checkServiceHeaders } from './answer-references.js';
import { callsOf, checkCycles, walkSteps } from './call-circles.js';
import { nameHint } from './error.js';
import { isMapping, type Mapping, mappingOf, maybeMisspelt } from './mapping.js';
import { BALANCER, type Names, namesOf } from './model-names.js';
import type { Finding } from './origin.js';
import { formatPath, type Path } from './path.js';

type Report = (finding: Finding) => void;

/** The services a balancer balances, or that clients call: the keys of `upstream`, else those that no other service calls. */
export function balancedServices(model: unknown): readonly string[] {
  const upstream = mappingOf(mappingOf(mappingOf(model).balancer).upstream);
  const named = Object.keys(upstream);
  if (named.length > 0) return named;
  const called = new Set(callsOf(model).map((call) => call.to));
  return namesOf(model).services.filter((service) => !called.has(service));
}

/** Reports every name in `model` that names nothing, or the wrong kind of thing. */
export function checkModelReferences(model: unknown, report: Report): void {
  const mapping = mappingOf(model);
  const names = namesOf(model);
  checkBalancer(mapping, names, report);
  for (const [service, value] of Object.entries(mappingOf(mapping.services))) {
    checkService(mappingOf(value), ['services', service], { model: mapping, names, report });
  }
  if (isMapping(mapping.services)) checkNetwork(mappingOf(mapping.network), names, report);
  checkScrapes(mapping, names, report);
  checkCycles(model, report);
}

interface Scope {
  readonly model: Mapping;
  readonly names: Names;
  readonly report: Report;
}

function checkBalancer(model: Mapping, names: Names, report: Report): void {
  const balancer = mappingOf(model.balancer);
  checkHost(balancer, ['balancer'], { model, names, report });
  checkBalancerNames(names, report);
  if (!isMapping(model.services)) return;
  for (const service of Object.keys(mappingOf(balancer.upstream))) {
    if (names.services.includes(service)) continue;
    const got = names.databases.includes(service)
      ? `the database ${JSON.stringify(service)}`
      : JSON.stringify(service);
    const hint = nameHint(service, names.services);
    report({
      path: ['balancer', 'upstream'],
      aboutKey: service,
      got,
      expected: 'a service with routes',
      hint,
    });
  }
  if (Object.keys(mappingOf(balancer.upstream)).length > 0 || maybeMisspelt(balancer, 'upstream')) return;
  checkEntry(model, names, report);
}

/** Targets that are there, and answer. */
function checkScrapes(model: Mapping, names: Names, report: Report): void {
  const { targets, metrics_path: metricsPath = '/metrics' } = mappingOf(model.prometheus);
  if (!Array.isArray(targets) || !isMapping(model.services)) return;
  const places = [...names.balancers.slice(0, 1), ...names.services];
  for (const [index, target] of targets.entries()) {
    if (typeof target !== 'string') continue;
    const path = ['prometheus', 'targets', index];
    const services = target === BALANCER ? balancedServices(model) : [target];
    if (!places.includes(target)) {
      const hint = nameHint(target, places);
      report({ path, got: JSON.stringify(target), expected: 'a service with routes, or balancer', hint });
    }
    for (const service of services.filter((each) => names.services.includes(each))) {
      const { routes } = mappingOf(mappingOf(model.services)[service]);
      if (!isMapping(routes) || Object.hasOwn(routes, `GET ${metricsPath}`)) continue;
      const expected = `a route "GET ${metricsPath}" in ${service}, which says what a scrape costs`;
      report({ path, got: JSON.stringify(target), expected });
    }
  }
}

/** Several balancers and the instances of a service of that name would be called the same. */
function checkBalancerNames({ balancers, services, databases }: Names, report: Report): void {
  if (balancers.length < 2 || ![...services, ...databases].includes(BALANCER)) return;
  const expected = 'another name beside several balancers';
  report({ path: ['services'], aboutKey: BALANCER, got: JSON.stringify(BALANCER), expected });
}

function checkEntry(model: Mapping, names: Names, report: Report): void {
  const entries = balancedServices(model);
  if (names.services.length === 0) return;
  if (entries.length === 1) {
    checkOneInstance(model, entries[0]!, report);
    return;
  }
  const [path, expected] =
    model.balancer === undefined
      ? [['services'], 'one service that no other one calls, or a balancer with `upstream`']
      : [['balancer'], 'a key `upstream` with the services to balance'];
  report({ path, got: `${entries.length} services that no other one calls`, expected });
}

/** Without a balancer clients call one instance: others would stand idle, and nobody be told. */
function checkOneInstance(model: Mapping, entry: string, report: Report): void {
  const { replicas } = mappingOf(mappingOf(model.services)[entry]);
  if (model.balancer !== undefined || maybeMisspelt(model, 'balancer')) return;
  if (typeof replicas !== 'number' || replicas <= 1) return;
  const hint = 'add a balancer, such as { product: nginx }';
  report({
    path: ['services', entry, 'replicas'],
    got: String(replicas),
    expected: '1 without a balancer',
    hint,
  });
}

function checkHost(placed: Mapping, path: Path, { model, names, report }: Scope): void {
  if (!isMapping(model.hosts) || typeof placed.on !== 'string') return;
  if (names.hosts.includes(placed.on)) return;
  const hint = nameHint(placed.on, names.hosts);
  report({ path: [...path, 'on'], got: JSON.stringify(placed.on), expected: 'a host', hint });
}

function checkService(service: Mapping, path: Path, scope: Scope): void {
  const { names, report } = scope;
  checkHost(service, path, scope);
  const needsHost = names.hosts.length > 1 && service.on === undefined && !maybeMisspelt(service, 'on');
  if (needsHost) {
    const hint = nameHint('', names.hosts);
    report({ path: [...path, 'on'], got: 'nothing', expected: 'the host it runs on', hint });
  }
  checkCpus(service, path, report);
  checkServiceHeaders(service, path, report);
  for (const [pool, value] of Object.entries(mappingOf(service.pools))) {
    const { to } = mappingOf(value);
    if (typeof to !== 'string' || names.databases.includes(to)) continue;
    const got = names.services.includes(to)
      ? `${JSON.stringify(to)}, a service with routes`
      : JSON.stringify(to);
    const hint = nameHint(to, names.databases);
    report({ path: [...path, 'pools', pool, 'to'], got, expected: 'a database', hint });
  }
  for (const [line, route] of Object.entries(mappingOf(service.routes))) {
    const routePath = [...path, 'routes', line];
    checkRequestLine(line, path, report);
    const steps = Array.isArray(route) ? route : mappingOf(route).steps;
    const stepsPath = Array.isArray(route) ? routePath : [...routePath, 'steps'];
    walkSteps(steps, stepsPath, (step, stepPath) => {
      checkStep(step, stepPath, { ...scope, service });
      checkRespond(step, stepPath, line, report);
    });
  }
}

/** A list of quotas has one for each replica. */
function checkCpus(service: Mapping, path: Path, report: Report): void {
  const { cpus, replicas = 1 } = service;
  if (!Array.isArray(cpus) || typeof replicas !== 'number' || cpus.length === replicas) return;
  if (maybeMisspelt(service, 'replicas')) return;
  const expected = `a number, or a list of ${replicas}: one for each replica`;
  report({ path: [...path, 'cpus'], got: `a list of ${cpus.length}`, expected });
}

/** Methods of RFC 9110 and RFC 5789. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];

function checkRequestLine(line: string, path: Path, report: Report): void {
  const match = /^([A-Za-z]+) +(\S+)$/.exec(line);
  const finding = (expected: string, hint?: string) =>
    report({ path: [...path, 'routes'], aboutKey: line, got: JSON.stringify(line), expected, hint });
  if (match === null) {
    const hint = line.startsWith('/') ? `write "GET ${line}"` : undefined;
    finding('a request line like "GET /api/produits"', hint);
  } else if (!METHODS.includes(match[1]!)) {
    finding(`one of the methods ${METHODS.join(', ')}`, didYouMean(match[1]!, METHODS));
  } else if (!match[2]!.startsWith('/')) {
    finding('a path that begins with "/"', `write "${match[1]} /${match[2]}"`);
  } else if (line.includes('  ')) {
    finding('one blank between method and path');
  }
}

function checkStep(step: Mapping, path: Path, scope: Scope & { readonly service: Mapping }): void {
  const { service, names, report } = scope;
  for (const [key, container, noun] of [
    ['query', 'pools', 'a pool of this service'],
    ['cache', 'caches', 'a cache of this service'],
  ] as const) {
    const used = step[key];
    const known = Object.keys(mappingOf(service[container]));
    if (typeof used !== 'string' || known.includes(used) || maybeMisspelt(service, container)) continue;
    const hint = nameHint(used, known) ?? (known.length === 0 ? `add it under "${container}"` : undefined);
    report({ path: [...path, key], got: JSON.stringify(used), expected: noun, hint });
  }
  const called = step.call;
  if (typeof called !== 'string') return;
  if (!names.services.includes(called)) {
    const hint = nameHint(called, names.services);
    report({ path: [...path, 'call'], got: JSON.stringify(called), expected: 'a service with routes', hint });
  }
}

function checkNetwork(network: Mapping, names: Names, report: Report): void {
  const balancers = names.balancers.length === 0 ? [BALANCER] : names.balancers;
  const places = [
    'client',
    'prometheus',
    ...balancers,
    ...names.services,
    ...names.databases,
    ...names.instances,
  ];
  for (const pair of Object.keys(network)) {
    if (pair === 'default' || splitPair(pair, places)) continue;
    const hint = pairHint(pair, places);
    report({
      path: ['network'],
      aboutKey: pair,
      got: JSON.stringify(pair),
      expected: 'two places with "-" between them, such as client-balancer, or default',
      hint,
    });
  }
}

function splitPair(pair: string, places: readonly string[]): boolean {
  return places.some(
    (place) => pair.startsWith(`${place}-`) && places.includes(pair.slice(place.length + 1)),
  );
}

function pairHint(pair: string, places: readonly string[]): string | undefined {
  const near = places.slice(0, 40).flatMap((a) => places.slice(0, 40).map((b) => `${a}-${b}`));
  return (
    didYouMean(pair, ['default', ...near]) ??
    (places.length > 12 ? undefined : `places: ${formatPath([])}${places.join(', ')}`)
  );
}
