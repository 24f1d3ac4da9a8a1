import { goError } from './errors.js';
import { toJson } from './json.js';
import { tagsText } from './tags.js';

/** k6's default for `params.timeout`, in ms. */
const TIMEOUT_MS = 60_000;

/** A request as the script asked for it. */
export class RequestDescription {
  headers: Record<string, string> | undefined = undefined;
  tags = '';
  timeoutMs = TIMEOUT_MS;
  body: string | null = null;
  /** k6's `name` tag, where it is not the URL. */
  name: string | undefined = undefined;
  responseType = 'text';
  throws = false;
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
      this.name ?? this.url,
      this.headers ?? {},
      this.timeoutMs,
      this.body === null ? 0 : byteLength(this.body),
      this.tags,
    ]);
  }
}

/** Length in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (code >= 0xd800 && code < 0xdc00) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

/** Reads the arguments of a request, as k6 does (internal/js/modules/k6/http/request.go, parseRequest). */
export function describeRequest(
  method: string,
  url: unknown,
  body: unknown,
  params: unknown,
): RequestDescription {
  const description = new RequestDescription(method, typeof url === 'string' ? url : String(url));
  if (body !== undefined && body !== null) readBody(description, body);
  if (params !== undefined && params !== null) readParams(description, params as Record<string, unknown>);
  return description;
}

function readBody(description: RequestDescription, body: unknown): void {
  description.simple = false;
  if (typeof body === 'string') {
    description.body = body;
    return;
  }
  if (typeof body === 'object') {
    description.body = formText(body as Record<string, unknown>);
    description.headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return;
  }
  throw goError(`unknown request body type ${typeof body}`);
}

/** `a=1&b=2`, keys sorted (Go's url.Values.Encode). */
function formText(values: Record<string, unknown>): string {
  const parts: string[] = [];
  for (const key of Object.keys(values).sort()) {
    const value = values[key];
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      parts.push(
        `${queryText(key)}=${queryText(item === null || item === undefined ? '<nil>' : String(item))}`,
      );
    }
  }
  return parts.join('&');
}

/** Go's url.QueryEscape. */
function queryText(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, '+');
}

function readParams(description: RequestDescription, params: Record<string, unknown>): void {
  const { headers, tags, timeout, responseType } = params;
  if (headers !== undefined && headers !== null) {
    const own: Record<string, string> = { ...description.headers };
    for (const name of Object.keys(headers as object)) {
      own[canonical(name)] = String((headers as Record<string, unknown>)[name]);
    }
    description.headers = own;
    description.simple = false;
  }
  if (tags !== undefined && tags !== null) {
    description.tags = tagsText(tags);
    const { name } = tags as { name?: unknown };
    if (name !== undefined) description.name = String(name);
    description.simple = false;
  }
  if (timeout !== undefined && timeout !== null) {
    description.timeoutMs = durationMs(timeout);
    description.simple = false;
  }
  if (responseType !== undefined) description.responseType = String(responseType);
  description.throws = Boolean(params.throw);
}

/** Go's form of a header's name: `content-type` becomes `Content-Type`. */
export function canonical(name: string): string {
  return name
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** k6's durations: numbers are ms, texts are Go's (lib/types/types.go, GetDurationValue). */
export function durationMs(value: unknown): number {
  if (typeof value === 'number') return value;
  const text = String(value);
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text);
  let sum = 0;
  let rest = text.replace(/^\+/, '');
  while (rest !== '') {
    const part = /^(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d)/.exec(rest);
    if (part === null) throw goError(`invalid timeout value: time: invalid duration "${text}"`);
    sum += Number(part[1]) * UNITS_MS[part[2]!]!;
    rest = rest.slice(part[0].length);
  }
  return sum;
}
