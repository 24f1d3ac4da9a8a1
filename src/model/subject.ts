import type { Subject } from './balancer.js';

/** A header's value, its name in lower case; `undefined` if the request has none. */
export function maybeHeader(subject: Subject, name: string): string | undefined {
  for (const [key, value] of Object.entries(subject.endpoint.headers)) {
    if (key.toLowerCase() === name) return value;
  }
  return undefined;
}

/** A request's path without and with its query; both without the question mark. */
export function splitPath(path: string): { readonly path: string; readonly query: string } {
  const mark = path.indexOf('?');
  return mark < 0 ? { path, query: '' } : { path: path.slice(0, mark), query: path.slice(mark + 1) };
}
