import type { CpuGroup } from './cpu-group.js';
import type { Endpoint } from './exchange.js';
import { NO_ROUTE_NAME, type Route, type Step } from './route.js';
import type { Server } from './server.js';

/** What the world builder hands to a service. */
export interface ServiceParts {
  readonly name: string;
  /** Request lines with their programs, in the order in which they are tried. */
  readonly routes: readonly RoutePattern[];
  createServer(group: CpuGroup): Server;
}

/** A request line with `{variables}`, and its program. */
export interface RoutePattern {
  readonly method: string;
  /** Path split at `/`; a segment in braces fits anything. */
  readonly segments: readonly string[];
  readonly route: Route;
}

const NOT_FOUND: Step = {
  start: (job) => {
    job.instance.fail(job, 404);
  },
};

/** The answer to a request line that no route fits. */
const NO_ROUTE: Route = { name: NO_ROUTE_NAME, runsOnLoop: true, steps: [NOT_FOUND] };

/** The code that all instances of a service run: routes and server. */
export class Service {
  readonly name: string;
  private readonly routes: readonly RoutePattern[];
  private readonly routeOfEndpoint: (Route | undefined)[] = [];

  constructor(private readonly parts: ServiceParts) {
    this.name = parts.name;
    this.routes = parts.routes;
  }

  /** A new server with new processes, for one life of an instance. */
  createServer(group: CpuGroup): Server {
    return this.parts.createServer(group);
  }

  /** The program for a request line; literal segments win over variables. O(1) after the first time. */
  routeFor(endpoint: Endpoint): Route {
    const known = this.routeOfEndpoint[endpoint.index];
    if (known !== undefined) return known;
    const route = this.match(endpoint);
    this.routeOfEndpoint[endpoint.index] = route;
    return route;
  }

  private match(endpoint: Endpoint): Route {
    const segments = splitPath(endpoint.path);
    let best: RoutePattern | undefined;
    for (const candidate of this.routes) {
      if (!fits(candidate, endpoint.method, segments)) continue;
      if (best === undefined || variableCount(candidate) < variableCount(best)) best = candidate;
    }
    return best?.route ?? NO_ROUTE;
  }
}

/** `/api/produits/7?page=2` to `['api', 'produits', '7']`. */
export function splitPath(path: string): string[] {
  const query = path.indexOf('?');
  const clean = query < 0 ? path : path.slice(0, query);
  return clean.split('/').slice(1);
}

function fits(pattern: RoutePattern, method: string, segments: readonly string[]): boolean {
  if (pattern.method !== method || pattern.segments.length !== segments.length) return false;
  return pattern.segments.every((segment, index) => isVariable(segment) || segment === segments[index]);
}

function isVariable(segment: string): boolean {
  return segment.startsWith('{') && segment.endsWith('}');
}

function variableCount(pattern: RoutePattern): number {
  return pattern.segments.filter(isVariable).length;
}
