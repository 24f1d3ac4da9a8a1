import { CookieJar } from './cookies.js';
import { durationMs } from './durations.js';
import { base64, bytesOfText } from './encoding.js';
import { goError } from './errors.js';
import { canonical, formText, multipartText } from './forms.js';
import { toJson } from './json.js';
import { tagsText } from './tags.js';
import { currentVu } from './vu.js';

/** k6's default for `params.timeout`, in ms. */
const TIMEOUT_MS = 60_000;

/** What `http.expectedStatuses` returns: ranges of statuses, both ends included. */
export class ExpectedStatuses {
  constructor(readonly ranges: readonly (readonly [number, number])[]) {}
}

/** k6's `http.expectedStatuses(200, { min: 300, max: 399 })`. */
export function expectedStatuses(...given: unknown[]): ExpectedStatuses {
  if (given.length === 0) throw goError('no arguments');
  const ranges = given.map((value, index): readonly [number, number] => {
    if (typeof value === 'number' && Number.isInteger(value)) return [value, value];
    const { min, max } = (value ?? {}) as { min?: unknown; max?: unknown };
    if (typeof min === 'number' && typeof max === 'number') return [min, max];
    throw goError(
      `argument number ${index + 1} to expectedStatuses was neither an integer nor an object like {min:100, max:329}`,
    );
  });
  return new ExpectedStatuses(ranges);
}

/** k6's `http.setResponseCallback`: for this virtual user, from now on. */
export function setResponseCallback(callback: unknown): void {
  currentVu().expected = expectedText(callback, 'setResponseCallback');
}

/** JSON of the ranges; `null` for none at all, empty for k6's default. */
function expectedText(callback: unknown, what: string): string {
  if (callback === null) return 'null';
  if (callback instanceof ExpectedStatuses) return toJson(callback.ranges);
  throw goError(`unsupported argument, expected http.expectedStatuses (${what})`);
}

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
  constructor(
    readonly url: string,
    readonly name: string,
  ) {}

  toString(): string {
    return this.url;
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
  body: string | null = null;
  bodyBytes = 0;
  /** k6's `name` tag, where it is not the URL. */
  name: string | undefined = undefined;
  responseType = 'text';
  throws = false;
  /** See {@link expectedText}. */
  expected = '';
  cookies: Record<string, string> | undefined = undefined;
  /** True where nothing but method and URL matters. */
  simple = true;

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

/** `host:port` of a URL. */
export function hostOf(url: string): string {
  return /^https?:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(url)?.[1] ?? '';
}

/** Reads the arguments of a request, as k6 does (internal/js/modules/k6/http/request.go, parseRequest). */
export function describeRequest(
  method: string,
  url: unknown,
  body: unknown,
  params: unknown,
): RequestDescription {
  const vu = currentVu();
  const description = new RequestDescription(method, typeof url === 'string' ? url : String(url));
  if (url instanceof NamedUrl) {
    description.name = url.name;
    description.simple = false;
  }
  if (body !== undefined && body !== null) readBody(description, body);
  if (vu.expected !== '' || vu.tags !== undefined) {
    description.expected = vu.expected;
    description.tags = tagsText();
    description.simple = false;
  }
  if (params !== undefined && params !== null) readParams(description, params as Record<string, unknown>);
  if (vu.jar !== undefined || description.cookies !== undefined) addCookies(description, params);
  addCredentials(description);
  return description;
}

function readBody(description: RequestDescription, body: unknown): void {
  description.simple = false;
  if (typeof body === 'string') {
    description.body = body;
    description.bodyBytes = bytesOfText(body).length;
    return;
  }
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    description.bodyBytes = body.byteLength;
    return;
  }
  if (typeof body !== 'object') throw goError(`unknown request body type ${goType(body)}`);
  const values = body as Record<string, unknown>;
  const form = Object.values(values).some((value) => value instanceof FileData)
    ? multipartText(values)
    : formText(values);
  description.body = form.text;
  description.bodyBytes = form.bytes;
  description.headers = { 'Content-Type': form.type };
}

function goType(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function readParams(description: RequestDescription, params: Record<string, unknown>): void {
  const { headers, tags, timeout, responseType, responseCallback, cookies, auth } = params;
  if (headers !== undefined && headers !== null) {
    for (const name of Object.keys(headers as object)) {
      setHeader(description, name, String((headers as Record<string, unknown>)[name]));
    }
  }
  if (tags !== undefined && tags !== null) {
    description.tags = tagsText(tags);
    const { name } = tags as { name?: unknown };
    if (name !== undefined && Object.hasOwn(tags, 'name')) description.name = String(name);
    description.simple = false;
  }
  if (timeout !== undefined && timeout !== null) {
    description.timeoutMs = durationMs(timeout, 'invalid timeout value');
    description.simple = false;
  }
  if (responseCallback !== undefined) {
    description.expected = expectedText(responseCallback, 'params.responseCallback');
    description.simple = false;
  }
  if (cookies !== undefined && cookies !== null) readCookies(description, cookies as Record<string, unknown>);
  if (auth === 'basic') description.simple = false;
  if (responseType !== undefined && responseType !== null) description.responseType = String(responseType);
  description.throws = Boolean(params.throw);
}

function readCookies(description: RequestDescription, cookies: Record<string, unknown>): void {
  description.cookies = {};
  for (const name of Object.keys(cookies)) {
    const value = cookies[name];
    const text = typeof value === 'object' && value !== null ? (value as { value?: unknown }).value : value;
    description.cookies[name] = String(text);
  }
}

function addCookies(description: RequestDescription, params: unknown): void {
  const given = (params as { jar?: unknown } | undefined)?.jar;
  const jar = given instanceof CookieJar ? given : (currentVu().jar as CookieJar | undefined);
  const pairs: string[] = [];
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(description.cookies ?? {})) {
    pairs.push(`${name}=${value}`);
    seen.add(name);
  }
  for (const [name, values] of Object.entries(jar?.cookiesForURL(description.url) ?? {})) {
    if (!seen.has(name)) for (const value of values) pairs.push(`${name}=${value}`);
  }
  if (pairs.length > 0) setHeader(description, 'Cookie', pairs.join('; '));
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
  description.simple = false;
}
