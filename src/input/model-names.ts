import { isMapping, mappingOf, maybeMisspelt } from './mapping.js';

/** Everything in a model that can be named, read from its plain data (keys sorted). */
export interface Names {
  readonly hosts: readonly string[];
  /** Services with routes. */
  readonly services: readonly string[];
  readonly databases: readonly string[];
  /** `api-1`, `api-2`, ... of all services with routes. */
  readonly instances: readonly string[];
  /** `balancer`; of several `balancer-1`, `balancer-2`, ... too; none where there is no balancer. */
  readonly balancers: readonly string[];
}

/** The names of several balancers: `balancer-1`, `balancer-2`, ... */
export function balancerNames(count: number): string[] {
  return replicaNames(BALANCER, count);
}

/** The balancer's name; of several, what their names begin with. */
export const BALANCER = 'balancer';

/** What is named in `model`. */
export function namesOf(model: unknown): Names {
  const services = mappingOf(mappingOf(model).services);
  const names = Object.keys(services);
  const withRoutes = names.filter((name) => hasRoutes(services[name]));
  return {
    hosts: Object.keys(mappingOf(mappingOf(model).hosts)),
    services: withRoutes,
    databases: names.filter((name) => !withRoutes.includes(name)),
    instances: withRoutes.flatMap((name) => instanceNames(name, mappingOf(services[name]).replicas)),
    balancers: namesOfBalancers(mappingOf(model).balancer),
  };
}

function instanceNames(service: string, replicas: unknown): string[] {
  return replicaNames(service, countOf(replicas));
}

function replicaNames(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

/** A number of replicas as a file has it; 1 where it has none, or a wrong one. */
function countOf(replicas: unknown): number {
  return typeof replicas === 'number' && replicas >= 1 && replicas <= 10_000 ? Math.floor(replicas) : 1;
}

function namesOfBalancers(balancer: unknown): string[] {
  if (!isMapping(balancer)) return [];
  const count = countOf(balancer.replicas);
  return count === 1 ? [BALANCER] : [BALANCER, ...balancerNames(count)];
}

/** A service with a key that only services with routes have; the others are databases. */
export function hasRoutes(service: unknown): boolean {
  const mapping = mappingOf(service);
  return ['routes', 'replicas', 'server', 'pools', 'caches'].some(
    (key) => Object.hasOwn(mapping, key) || maybeMisspelt(mapping, key),
  );
}
