import { type ResponseCookie, readSetCookies } from './cookies.js';
import { bytesOfText } from './encoding.js';
import { GoFailure, goError, noBytes } from './errors.js';
import { canonical } from './forms.js';
import { host } from './host.js';
import { parseHtml } from './html.js';
import { fromJson, toJson } from './json.js';
import { unmarshalMistake } from './json-mistake.js';
import { jsonPath } from './json-path.js';
import { hostOf, RequestDescription } from './request.js';
import { errorText, goReason } from './request-errors.js';
import { optionOf } from './run-options.js';
import { thrownBy } from './stack.js';
import { statusText } from './status-text.js';
import type { Answer } from './vu.js';

const NS_PER_MS = 1e6;
/** Statuses whose answers never have a body (RFC 9110, 6.4.1). */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);
const USER_AGENT = 'Grafana k6/1.8.1';
const SHOWN = { enumerable: true, configurable: true, writable: true } as const;

const NULL_BODY =
  "the body is null so we can't transform it to JSON - this likely was because of a request error getting the response";

/** What a response keeps to itself, and what it makes when it is asked. */
interface Own {
  readonly request: RequestDescription;
  readonly body: string | null;
  readonly durationNs: number;
  readonly blockedNs: number;
  readonly servedBy: string;
  readonly moreHeaders: string;
  /** Of the answer, where the model has one. */
  readonly answered: string;
  headers: Record<string, string> | undefined;
  /** Lines `Set-Cookie`; set with the headers. */
  setCookie: string;
  timings: object | undefined;
  /** Where nothing was sent: why. */
  error: string | undefined;
}

/** What a request of k6 returns (lib/netext/httpext/response.go). */
export class Response {
  readonly status: number;
  readonly error_code: number;
  readonly url: string;
  /** One private field, not one each: to make them is dear. */
  readonly #own: Own;

  /** @param body of the request. */
  constructor(request: RequestDescription, body: string | null, given: Answer) {
    this.status = given.status;
    this.error_code = given.errorCode;
    this.url = request.url;
    this.#own = {
      request,
      body,
      durationNs: given.durationNs,
      blockedNs: given.blockedNs,
      servedBy: given.servedBy,
      moreHeaders: given.headers,
      answered: given.body,
      headers: undefined,
      setCookie: '',
      timings: undefined,
      error: undefined,
    };
  }

  /** What k6 returns where it sent nothing: `url` is empty where the request could not even be read. */
  static unsent(method: string, url: string, error: string, code: number): Response {
    const none = { status: 0, blockedNs: 0, durationNs: 0, bytes: 0, servedBy: '', headers: '', body: '' };
    const response = new Response(new RequestDescription(method, url), null, { ...none, errorCode: code });
    response.#own.error = error;
    return response;
  }

  /** Why `http.asyncRequest` rejects its promise: with `params.throw`, where there is no answer. */
  get rejection(): GoFailure | undefined {
    return this.status === 0 && this.#own.request.throws ? new GoFailure(this.#failure()) : undefined;
  }

  /** Itself, or with `params.throw` an exception where there is no answer. @param by name of k6's function that sent it. */
  checked(by = ''): this {
    if (this.status === 0 && this.#own.request.throws) {
      throw thrownBy(by, goError(this.#failure()));
    }
    if (this.status === 0) host.warn('Request Failed', 'error', this.#failure());
    return this;
  }

  get status_text(): string {
    return this.status === 0 ? '' : statusText(this.status);
  }

  get proto(): string {
    return this.status === 0 ? '' : 'HTTP/1.1';
  }

  get error(): string {
    if (this.status !== 0) return '';
    return this.#own.error ?? errorText(this.error_code, this.url);
  }

  get remote_ip(): string {
    return this.status === 0 ? '' : hostOf(this.url).replace(/:\d+$/, '');
  }

  get remote_port(): number {
    if (this.status === 0) return 0;
    const port = /:(\d+)$/.exec(hostOf(this.url))?.[1];
    return port === undefined ? (this.url.startsWith('https') ? 443 : 80) : Number(port);
  }

  get tls_version(): string {
    return '';
  }

  get tls_cipher_suite(): string {
    return '';
  }

  get ocsp(): object {
    return {
      produced_at: 0,
      this_update: 0,
      next_update: 0,
      revoked_at: 0,
      revocation_reason: '',
      status: '',
    };
  }

  get cookies(): object {
    this.#own.headers ??= this.#makeHeaders();
    const lists: Record<string, ResponseCookie[]> = {};
    for (const cookie of readSetCookies(this.#own.setCookie)) {
      const list = Object.hasOwn(lists, cookie.name) ? lists[cookie.name]! : [];
      list[list.length] = cookie;
      Object.defineProperty(lists, cookie.name, { value: list, ...SHOWN });
    }
    return lists;
  }

  get body(): string | ArrayBuffer | never[] | null {
    if (this.status === 0) return this.url === '' ? noBytes() : null;
    if (this.#own.request.responseType === 'none' || BODILESS.has(this.status)) return null;
    const text = this.#text();
    return this.#own.request.responseType === 'binary' ? bytesOfText(text).slice().buffer : text;
  }

  /** The answer's text; where the model does not say what it is, the name of the instance, as JSON. */
  #text(): string {
    if (this.#own.request.method === 'HEAD') return '';
    if (this.#own.answered !== '') return this.#own.answered;
    return this.#saysWho() ? toJson({ instance: this.#own.servedBy }) : '';
  }

  get headers(): Record<string, string> {
    this.#own.headers ??= this.#makeHeaders();
    return this.#own.headers;
  }

  get timings(): object {
    const duration = this.#own.durationNs / NS_PER_MS;
    const blocked = this.#own.blockedNs / NS_PER_MS;
    this.#own.timings ??= {
      duration,
      blocked,
      looking_up: 0,
      connecting: blocked,
      tls_handshaking: 0,
      sending: 0,
      waiting: duration,
      receiving: 0,
    };
    return this.#own.timings;
  }

  get request(): object {
    const { body, request } = this.#own;
    const { method, url, headers, sentCookies } = request.first ?? request;
    const lists: Record<string, string[]> = {};
    for (const [name, value] of Object.entries(headers ?? {})) lists[name] = [value];
    lists['User-Agent'] ??= [String(optionOf('userAgent') ?? USER_AGENT)];
    const cookies: Record<string, object[]> = {};
    for (const [name, value] of sentCookies) cookies[name] = [{ name, value, replace: false }];
    return { method, url, headers: lists, body: body ?? '', cookies };
  }

  /** The body as JSON, or what a path of gjson finds in it. */
  json(path?: unknown): unknown {
    const { body } = this;
    if (body === null) throw goError(NULL_BODY);
    let value: unknown;
    try {
      value = fromJson(this.#text());
    } catch (error) {
      if (path !== undefined) return undefined;
      const { message, at } = unmarshalMistake(this.#text()) ?? { message: (error as Error).message, at: 0 };
      // The last character that was read, where the text ends too early.
      const read = this.#text()
        .slice(0, at + 1)
        .split('\n');
      const place = `line ${read.length}, character ${[...read.at(-1)!].length}`;
      throw goError(`cannot parse json due to an error at ${place} , error: ${message}`);
    }
    return path === undefined ? value : jsonPath(value, String(path));
  }

  html(selector?: unknown): unknown {
    const { body } = this;
    if (body === null)
      throw goError(
        "the body is null so we can't transform it to HTML - this likely was because of a request error getting the response",
      );
    const document = parseHtml(this.#text());
    return selector === undefined ? document : document.find(String(selector));
  }

  /** What `JSON.stringify` shows: k6's fields are the object's own. */
  toJSON(): object {
    const shown: Record<string, unknown> = {};
    for (const name of FIELDS) shown[name] = (this as unknown as Record<string, unknown>)[name];
    return shown;
  }

  /** A model that says nothing of its answers has them say who made them. */
  #saysWho(): boolean {
    return this.#own.servedBy !== '' && this.#own.answered === '' && !BODILESS.has(this.status);
  }

  /** As Go tells it: `Get "http://h/": EOF`. */
  #failure(): string {
    const { method, url } = this.#own.request;
    const verb = method.charAt(0) + method.slice(1).toLowerCase();
    return `${verb} "${url}": ${goReason(this.error_code, url) ?? this.error}`;
  }

  #makeHeaders(): Record<string, string> {
    if (this.status === 0) return {};
    const headers: Record<string, string> = {};
    if (this.#saysWho()) {
      headers['X-Instance-Id'] = this.#own.servedBy;
      headers['Content-Type'] = 'application/json';
    }
    if (this.#own.moreHeaders !== '') {
      const more = fromJson(this.#own.moreHeaders) as Record<string, string>;
      for (const name of Object.keys(more)) {
        const lines = more[name]!;
        if (canonical(name) === 'Set-Cookie') this.#own.setCookie = lines;
        headers[canonical(name)] = lines.replaceAll('\n', ', ');
      }
    }
    return headers;
  }
}

const FIELDS = (
  'remote_ip remote_port url status status_text proto headers cookies body timings tls_version tls_cipher_suite ocsp ' +
  'error error_code request'
).split(' ');
