import type { Subject } from '../../balancer.js';

/** How much of a URI `balance uri` looks at. */
export interface UriPart {
  /** With the query. */
  readonly whole: boolean;
  /** Characters; 0: all. */
  readonly length: number;
  /** Levels of directories; 0: all. */
  readonly depth: number;
}

/** `get_server_uh`: the path as far as `uri` hashes it. */
export function uriPart(subject: Subject, { whole, length, depth }: UriPart): string {
  const { path } = subject.endpoint;
  const end = length > 0 ? Math.min(length, path.length) : path.length;
  let slashes = 0;
  for (let index = 0; index < end; index += 1) {
    const character = path[index];
    if (character === '/') {
      slashes += 1;
      if (depth > 0 && slashes === depth + 1) return path.slice(0, index);
    } else if (character === '?' && !whole) {
      return path.slice(0, index);
    }
  }
  return path.slice(0, end);
}

/** `get_server_ph`: the value of a parameter of the query. A value may be empty; without the parameter there is none. */
export function urlParameter(subject: Subject, name: string): string | undefined {
  const { path } = subject.endpoint;
  const query = path.indexOf('?');
  if (query < 0) return undefined;
  for (const pair of path.slice(query + 1).split('&')) {
    if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  }
  return undefined;
}

/** The first of a header's values that commas part, without blanks around it; `undefined` if it is empty. */
export function headerValue(subject: Subject, lowerCaseName: string): string | undefined {
  const { headers } = subject.endpoint;
  for (const name in headers) {
    if (name.toLowerCase() !== lowerCaseName) continue;
    const value = firstValue(headers[name]!);
    return value === '' ? undefined : value;
  }
  return undefined;
}

/** Commas within quotes part nothing. */
function firstValue(text: string): string {
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\' && quoted) index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) return text.slice(0, index).trim();
  }
  return text.trim();
}

/**
 * `use_domain_only` of `hdr`: what stands before the last dot, from the dot before that on. `www.shop.example` gives `shop`;
 * without a dot it is the whole.
 */
export function domainOf(host: string): string {
  const last = host.lastIndexOf('.');
  if (last <= 0) return host;
  const start = last < 2 ? 0 : host.lastIndexOf('.', last - 2) + 1;
  return host.slice(start, last);
}
