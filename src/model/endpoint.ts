import type { Endpoint } from './exchange.js';

/** What an endpoint is made of. */
export interface EndpointSpec {
  /** As it is on the wire: `GET`. */
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** k6's `name` tag; the path if absent. */
  readonly name?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Size of the body; 0 if absent. */
  readonly bodyBytes?: number | undefined;
  /** True where no report is to count its requests. */
  readonly isUncounted?: boolean;
}

/** What every request head of one sender has in common. */
export interface HeadSpec {
  /** Value of the `Host` header: `127.0.0.1:8080`. */
  readonly host: string;
  /** Value of the `User-Agent` header. */
  readonly userAgent: string;
  /** Further lines that every request of the sender has, without their line ends; none if absent. */
  readonly lines?: readonly string[] | undefined;
}

/** k6's `User-Agent` (v1.8.1, seen on the wire). */
export const K6_USER_AGENT = 'Grafana k6/1.8.1';

/** `Connection: close` with its line end, which Go adds when connections are not kept. */
export const CONNECTION_CLOSE_BYTES = 'Connection: close\r\n'.length;

/** Go sends `Content-Length: 0` with these even without a body (net/http, transferWriter.shouldSendContentLength). */
const METHODS_WITH_LENGTH = new Set(['POST', 'PUT', 'PATCH']);

/** Interns endpoints: equal ones are one object, and their indices are dense, for look-up tables. */
export class EndpointTable {
  private readonly byKey = new Map<string, Endpoint>();
  private readonly list: Endpoint[] = [];

  /** All endpoints so far; `all[i].index === i`. */
  get all(): readonly Endpoint[] {
    return this.list;
  }

  /** The endpoint of that description; the same object for the same description. Called while a world is built. */
  intern(spec: EndpointSpec, head: HeadSpec): Endpoint {
    const name = spec.name ?? spec.path;
    const headers = sorted(spec.headers ?? {});
    const requestBytes = requestHeadBytes(spec, head) + (spec.bodyBytes ?? 0);
    const { isUncounted = false } = spec;
    const key = JSON.stringify([spec.method, spec.path, name, headers, requestBytes, isUncounted]);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const endpoint: Endpoint = {
      index: this.list.length,
      method: spec.method,
      path: spec.path,
      name,
      headers: Object.fromEntries(headers),
      requestBytes,
      isUncounted,
    };
    this.byKey.set(key, endpoint);
    this.list.push(endpoint);
    return endpoint;
  }
}

/**
 * Bytes of the request head as Go's HTTP client writes it: request line, `Host`, `User-Agent`, `Content-Length` where there
 * is a body, then the other headers, and an empty line. `GET /d` to `127.0.0.1:21002` is 72 bytes from k6 v1.8.1.
 */
export function requestHeadBytes(spec: EndpointSpec, head: HeadSpec): number {
  const headers = new Map<string, string>();
  headers.set('host', head.host);
  headers.set('user-agent', head.userAgent);
  const bodyBytes = spec.bodyBytes ?? 0;
  if (bodyBytes > 0 || METHODS_WITH_LENGTH.has(spec.method)) headers.set('content-length', String(bodyBytes));
  for (const [name, value] of Object.entries(spec.headers ?? {})) headers.set(name.toLowerCase(), value);
  let bytes = byteLength(`${spec.method} ${spec.path} HTTP/1.1\r\n`) + 2;
  for (const [name, value] of headers) bytes += byteLength(`${name}: ${value}\r\n`);
  for (const line of head.lines ?? []) bytes += byteLength(line) + 2;
  return bytes;
}

function sorted(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Length in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
