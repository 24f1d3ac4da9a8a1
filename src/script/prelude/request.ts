import { CookieJar } from './cookies.js';
import { durationMs } from './durations.js';
import { base64, byteLength, bytesOfText } from './encoding.js';
import { expectedText } from './expected.js';
import { canonical, formText, multipartText } from './forms.js';
import { toJson } from './json.js';
import { optionOf } from './run-options.js';
import { tagsText } from './tags.js';
import { currentVu } from './vu.js';

/** k6's default for `params.timeout`, in ms. */
const TIMEOUT_MS = 60_000;

/** What `http.file` returns. */
export class FileData {
  readonly data: unknown;
  readonly filename: string;
  readonly content_type: string;

  constructor(data: unknown, name: unknown, type: unknown) {
    this.data = data;
    this.filename = name === undefined ? String(Date.now() * 1e6) : String(name);
    this.content_type = type === undefined ? 'application/octet-stream' : String(type);
  }
}

/** A URL with a name tag of its own: k6's ``http.url`http://h/${id}` ``. */
class NamedUrl {
  readonly name: string;
  readonly url: string;
  readonly clean_url: string;

  constructor(url: string, name: string) {
    this.name = name;
    this.url = url;
    this.clean_url = url;
  }
}

/** k6's ``http.url`...` ``. */
export function urlTag(parts: readonly string[], ...values: unknown[]): NamedUrl {
  const url = parts.reduce((text, part, index) => text + String(values[index - 1]) + part);
  return new NamedUrl(url, parts.join('${}'));
}

/** A request as the script asked for it. */
export class RequestDescription {
  headers: Record<string, string> | undefined = undefined;
  tags = '';
  timeoutMs = TIMEOUT_MS;
  bodyBytes = 0;
  /** k6's `name` tag, where it is not the URL. */
  name: string | undefined = undefined;
  responseType = 'text';
  throws = false;
  /** See {@link expectedText}. */
  expected = '';
  cookies: Record<string, string> | undefined = undefined;
  /** `params.jar`; the virtual user's own if absent. */
  jar: CookieJar | undefined = undefined;
  /** `params.redirects`; the option's if absent. */
  redirectsMax: number | undefined = undefined;
  /** Redirects that have led here, and the request that the first came from. */
  hops = 0;
  first: RequestDescription | undefined = undefined;
  /** Cookies that go with it: of `params`, and of the jar. */
  sentCookies: readonly (readonly [string, string])[] = [];

  constructor(
    readonly method: string,
    readonly url: string,
  ) {}

  /** What the host needs to know of it, as JSON. */
  text(): string {
    return toJson([
      this.method,
      this.url,
      this.name ?? masked(this.url),
      Object.entries(this.headers ?? {}),
      this.timeoutMs,
      this.bodyBytes,
      this.tags,
      this.expected,
    ]);
  }
}

/** Credentials in a URL are not shown in tags. */
function masked(url: string): string {
  return url.replace(/^(https?:\/\/)[^/?#@]*@/, '$1****:****@');
}

/** What k6 takes for a URL. @throws RequestMistake for anything else, in its words. */
function urlText(url: unknown): string {
  const text = url instanceof NamedUrl ? url.url : url;
  if (typeof text === 'string') {
    const authority = /^https?:\/\/([^/?#]*)/.exec(text)?.[1]?.replace(/^[^@]*@/, '') ?? '';
    const character = /[\s"<>\\^`{|}]/.exec(authority)?.[0];
    const quoted = `invalid URL: parse ${toJson(text)}`;
    if (character !== undefined) {
      throw new RequestMistake(`${quoted}: invalid character ${toJson(character)} in host name`, INVALID_URL);
    }
    const port = /:([^:\]]*)$/.exec(authority)?.[1];
    if (port !== undefined && !/^\d*$/.test(port)) {
      throw new RequestMistake(`${quoted}: invalid port ${toJson(`:${port}`)} after host`, INVALID_URL);
    }
    return text;
  }
  const shown = text === undefined || text === null ? '<nil>' : String(text);
  throw new RequestMistake(`invalid URL: '#${shown}'`, INVALID_URL);
}

/** k6's code of a URL that is none. */
const INVALID_URL = 1020;

/** A request that k6 does not send: it returns a response that says why. */
export class RequestMistake extends Error {
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

function requestTags(tags: unknown): string {
  try {
    return tagsText(tags);
  } catch (error) {
    throw new RequestMistake(`invalid HTTP request metric tags: ${(error as Error).message}`, 0);
  }
}

/** `host:port` of a URL. */
export function hostOf(url: string): string {
  return /^https?:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(url)?.[1] ?? '';
}

/** Reads the arguments of a request, as k6 does (internal/js/modules/k6/http/request.go, parseRequest). */
export function describeRequest(
  method: string,
  url: unknown,
  body: WireBody,
  params: unknown,
): RequestDescription {
  const vu = currentVu();
  const description = new RequestDescription(method, urlText(url));
  if (url instanceof NamedUrl) description.name = url.name;
  description.bodyBytes = body.bytes;
  if (body.type !== '') setHeader(description, 'Content-Type', body.type);
  description.expected = vu.expected;
  description.tags = tagsText();
  if (optionOf('discardResponseBodies') === true) description.responseType = 'none';
  description.throws = optionOf('throw') === true;
  if (params !== undefined && params !== null) readParams(description, params as Record<string, unknown>);
  if (vu.jar !== undefined || description.jar !== undefined || description.cookies !== undefined) {
    addCookies(description);
  }
  addCredentials(description);
  return description;
}

/** A body as it goes on the wire. */
export interface WireBody {
  /** Null for none, or where it is no text. */
  readonly text: string | null;
  readonly bytes: number;
  /** Its `Content-Type`, where k6 sets one; empty otherwise. */
  readonly type: string;
}

const NO_BODY: WireBody = { text: null, bytes: 0, type: '' };

/** What k6 makes of a request's body. */
export function wireBody(body: unknown): WireBody {
  if (body === undefined || body === null) return NO_BODY;
  if (typeof body === 'string') return { text: body, bytes: byteLength(body), type: '' };
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    return { text: null, bytes: body.byteLength, type: '' };
  }
  if (typeof body !== 'object') throw new RequestMistake(`unknown request body type ${goType(body)}`, 0);
  const values = body as Record<string, unknown>;
  return Object.values(values).some((value) => value instanceof FileData)
    ? multipartText(values)
    : formText(values);
}

function goType(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const RESPONSE_TYPES: ReadonlySet<string> = new Set(['text', 'binary', 'none']);

function readParams(description: RequestDescription, params: Record<string, unknown>): void {
  const { headers, tags, timeout, responseType, responseCallback, cookies, redirects, jar } = params;
  if (headers !== undefined && headers !== null) {
    for (const name of Object.keys(headers as object)) {
      setHeader(description, name, String((headers as Record<string, unknown>)[name]));
    }
  }
  if (tags !== undefined && tags !== null) {
    description.tags = requestTags(tags);
    const { name } = tags as { name?: unknown };
    if (name !== undefined && Object.hasOwn(tags, 'name')) description.name = String(name);
  }
  if (timeout !== undefined && timeout !== null) {
    description.timeoutMs = durationMs(timeout, 'invalid timeout value');
  }
  if (responseCallback !== undefined) {
    description.expected = expectedText(responseCallback, 'unsupported responseCallback');
  }
  if (cookies !== undefined && cookies !== null) readCookies(description, cookies as Record<string, unknown>);
  if (responseType !== undefined && responseType !== null) {
    description.responseType = String(responseType);
    if (!RESPONSE_TYPES.has(description.responseType)) {
      throw new RequestMistake(`${description.responseType} does not belong to ResponseType values`, 0);
    }
  }
  if (redirects !== undefined && redirects !== null) description.redirectsMax = Number(redirects);
  if (jar instanceof CookieJar) description.jar = jar;
  if (params.throw !== undefined && params.throw !== null) description.throws = Boolean(params.throw);
}

function readCookies(description: RequestDescription, cookies: Record<string, unknown>): void {
  description.cookies = {};
  for (const name of Object.keys(cookies)) {
    const value = cookies[name];
    const text = typeof value === 'object' && value !== null ? (value as { value?: unknown }).value : value;
    description.cookies[name] = String(text);
  }
}

/** Sets the header `Cookie`: those of the request, then those of its jar. */
export function addCookies(description: RequestDescription): void {
  const jar = description.jar ?? (currentVu().jar as CookieJar | undefined);
  const pairs: [string, string][] = [];
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(description.cookies ?? {})) {
    pairs.push([name, value]);
    seen.add(name);
  }
  for (const [name, values] of Object.entries(jar?.cookiesForURL(description.url) ?? {})) {
    if (!seen.has(name)) for (const value of values) pairs.push([name, value]);
  }
  description.sentCookies = pairs;
  if (pairs.length === 0) return;
  setHeader(description, 'Cookie', pairs.map(([name, value]) => `${name}=${value}`).join('; '));
}

function addCredentials(description: RequestDescription): void {
  const match = /^https?:\/\/([^/?#@]*)@/.exec(description.url);
  if (match === null) return;
  const credentials = decodeURIComponent(match[1]!);
  setHeader(description, 'Authorization', `Basic ${base64(bytesOfText(credentials), 'std')}`);
}

function setHeader(description: RequestDescription, name: string, value: string): void {
  description.headers ??= {};
  Object.defineProperty(description.headers, canonical(name), {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
