import type { Subject } from '../../balancer.js';
import { cookieOf, headerOf, splitPath } from '../../request-parts.js';

/** One piece of a key: text as it stands, or a variable's value. */
type Piece = (subject: Subject) => string;

/** A string with nginx variables, compiled. */
export type KeyTemplate = (subject: Subject) => string;

const VARIABLES: Readonly<Record<string, Piece>> = {
  request_uri: (subject) => subject.endpoint.path,
  uri: (subject) => splitPath(subject.endpoint.path).path,
  args: (subject) => splitPath(subject.endpoint.path).query,
  query_string: (subject) => splitPath(subject.endpoint.path).query,
  request_method: (subject) => subject.endpoint.method,
  remote_addr: (subject) => subject.clientAddress,
  // The bytes of an IPv4 address; of a hash key only equality matters here, so the text does for IPv6.
  binary_remote_addr: (subject) => subject.clientAddress,
  scheme: () => 'http',
  host: (subject) => headerOf(subject, 'host').replace(/:\d+$/, '').toLowerCase(),
};

/** Names of the variables a key may use; `arg_NAME`, `http_NAME` and `cookie_NAME` come on top. */
export const keyVariables: readonly string[] = Object.keys(VARIABLES);

/** Compiles `$request_uri`, `${arg_user}-x`; an unknown variable is returned as `{ unknown }`. */
export function compileKey(text: string): KeyTemplate | { readonly unknown: string } {
  const pieces: Piece[] = [];
  let rest = text;
  while (rest !== '') {
    const match = /^(?:\$\{([a-z0-9_]+)\}|\$([a-z0-9_]+))/i.exec(rest);
    if (match === null) {
      const end = rest.indexOf('$', 1);
      const literal = end < 0 ? rest : rest.slice(0, end);
      pieces.push(() => literal);
      rest = rest.slice(literal.length);
      continue;
    }
    const name = (match[1] ?? match[2]!).toLowerCase();
    const piece = variable(name);
    if (piece === undefined) return { unknown: `$${name}` };
    pieces.push(piece);
    rest = rest.slice(match[0].length);
  }
  const only = pieces.length === 1 ? pieces[0] : undefined;
  return only ?? ((subject) => pieces.map((piece) => piece(subject)).join(''));
}

function variable(name: string): Piece | undefined {
  if (Object.hasOwn(VARIABLES, name)) return VARIABLES[name];
  if (name.startsWith('arg_')) {
    const argument = name.slice('arg_'.length);
    return (subject) => argumentOf(splitPath(subject.endpoint.path).query, argument);
  }
  if (name.startsWith('cookie_')) {
    const cookie = name.slice('cookie_'.length);
    return (subject) => cookieOf(headerOf(subject, 'cookie'), cookie);
  }
  if (name.startsWith('http_')) {
    const header = name.slice('http_'.length).replaceAll('_', '-');
    return (subject) => headerOf(subject, header);
  }
  return undefined;
}

function argumentOf(query: string, name: string): string {
  for (const pair of query.split('&')) {
    const mark = pair.indexOf('=');
    if (mark >= 0 && pair.slice(0, mark).toLowerCase() === name) return pair.slice(mark + 1);
  }
  return '';
}
