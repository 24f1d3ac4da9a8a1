import type { Subject } from './balancer.js';

/** The two parts of a path as it is on the wire: before the first `?`, and after it. */
export function splitPath(path: string): { path: string; query: string } {
  const mark = path.indexOf('?');
  return mark < 0 ? { path, query: '' } : { path: path.slice(0, mark), query: path.slice(mark + 1) };
}

/** The value of the first cookie of that name (nginx: in any case) in a `Cookie` header; empty if there is none. */
export function cookieOf(header: string, name: string): string {
  for (const pair of header.split(/;\s*/)) {
    const mark = pair.indexOf('=');
    if (mark >= 0 && pair.slice(0, mark).toLowerCase() === name) return pair.slice(mark + 1);
  }
  return '';
}

/** A header's value, its name in lower case; `undefined` if the request has none. */
export function maybeHeader(subject: Subject, name: string): string | undefined {
  for (const [key, value] of Object.entries(subject.endpoint.headers)) {
    if (key.toLowerCase() === name) return value;
  }
  return undefined;
}

/** The value of a header; empty if there is none. @param name in lower case. */
export function headerOf(subject: Subject, name: string): string {
  return maybeHeader(subject, name) ?? '';
}
