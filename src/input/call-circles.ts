import { splitPath } from '../model/service.js';
import { type Mapping, mappingOf } from './mapping.js';
import type { Finding } from './origin.js';
import type { Path } from './path.js';

/** A call step of a route. */
interface Call {
  readonly from: string;
  /** Request line of the route that calls. */
  readonly line: string;
  readonly to: string;
  readonly request: { readonly method: string; readonly segments: readonly string[] };
  readonly path: Path;
}

/** All calls between services, in the order of the sorted keys. */
export function callsOf(model: unknown): Call[] {
  const calls: Call[] = [];
  const services = mappingOf(mappingOf(model).services);
  for (const [from, service] of Object.entries(services)) {
    for (const [line, route] of Object.entries(mappingOf(mappingOf(service).routes))) {
      const isList = Array.isArray(route);
      const path = ['services', from, 'routes', line, ...(isList ? [] : ['steps'])];
      walkSteps(isList ? route : mappingOf(route).steps, path, (step, stepPath) => {
        if (typeof step.call !== 'string') return;
        const { method = 'GET', path: target = '/' } = step;
        const request = { method: String(method), segments: splitPath(String(target)) };
        calls.push({ from, line, to: step.call, request, path: [...stepPath, 'call'] });
      });
    }
  }
  return calls;
}

/** A route. */
interface Place {
  readonly service: string;
  readonly line: string;
}

/**
 * A route whose calls lead back to itself would never end; each such circle is told once. Two services may well call each other, on
 * different routes.
 */
export function checkCycles(model: unknown, report: (finding: Finding) => void): void {
  const calls = callsOf(model);
  const done = new Set<string>();
  const keyOf = ({ service, line }: Place) => `${service} ${line}`;
  const visit = (place: Place, way: readonly Place[]): void => {
    const own = calls.filter(({ from, line }) => from === place.service && line === place.line);
    for (const call of own) {
      for (const next of routesCalled(model, call)) {
        const start = way.findIndex((earlier) => keyOf(earlier) === keyOf(next));
        if (start >= 0) {
          const circle = [...way.slice(start), next].map(({ service }) => service).join(' → ');
          report({ path: call.path, got: `a circle: ${circle}`, expected: 'calls that do not lead back' });
        } else if (!done.has(keyOf(next))) {
          visit(next, [...way, next]);
        }
      }
    }
    done.add(keyOf(place));
  };
  for (const { from: service, line } of calls) {
    const place = { service, line };
    if (!done.has(keyOf(place))) visit(place, [place]);
  }
}

/** The routes of the other service that the call may meet: its path may fit several patterns. */
function routesCalled(model: unknown, { to, request }: Call): Place[] {
  const { routes } = mappingOf(mappingOf(mappingOf(model).services)[to]);
  return Object.keys(mappingOf(routes)).flatMap((line) => {
    const [method, path = '/'] = line.split(' ');
    const segments = splitPath(path);
    const fits =
      method === request.method &&
      segments.length === request.segments.length &&
      segments.every((segment, index) => segment.startsWith('{') || segment === request.segments[index]);
    return fits ? [{ service: to, line }] : [];
  });
}

/** Calls `visit` for every step, nested ones included. */
export function walkSteps(steps: unknown, path: Path, visit: (step: Mapping, path: Path) => void): void {
  if (!Array.isArray(steps)) return;
  for (const [index, value] of steps.entries()) {
    const step = mappingOf(value);
    visit(step, [...path, index]);
    for (const [key, inner] of Object.entries(step)) walkSteps(inner, [...path, index, key], visit);
  }
}
