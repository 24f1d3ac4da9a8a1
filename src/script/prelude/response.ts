import { goError } from './errors.js';
import { canonical } from './forms.js';
import { parseHtml } from './html.js';
import { fromJson, toJson } from './json.js';
import { jsonPath } from './json-path.js';
import type { RequestDescription } from './request.js';
import { hostOf } from './request.js';
import { statusText } from './status-text.js';
import type { Answer } from './vu.js';

const NS_PER_MS = 1e6;

/** k6's error texts (lib/netext/httpext/error_codes.go). */
const ERROR_TEXTS: Readonly<Record<number, string>> = {
  1000: 'EOF',
  1020: 'invalid URL',
  1050: 'request timeout',
  1101: 'lookup: no such host',
  1211: 'dial: i/o timeout',
  1212: 'dial: connection refused',
  1220: 'read: connection reset by peer',
};

const NULL_BODY =
  "the body is null so we can't transform it to JSON - this likely was because of a request error getting the response";

/** What a request of k6 returns (lib/netext/httpext/response.go). */
export class Response {
  readonly status: number;
  readonly error_code: number;
  readonly url: string;
  readonly #request: RequestDescription;
  readonly #durationNs: number;
  readonly #blockedNs: number;
  readonly #servedBy: string;
  readonly #moreHeaders: string;
  #headers: Record<string, string> | undefined;
  #timings: object | undefined;

  constructor(request: RequestDescription, given: Answer) {
    this.status = given.status;
    this.error_code = given.errorCode;
    this.url = request.url;
    this.#request = request;
    this.#durationNs = given.durationNs;
    this.#blockedNs = given.blockedNs;
    this.#servedBy = given.servedBy;
    this.#moreHeaders = given.headers;
    this.#headers = undefined;
    this.#timings = undefined;
  }

  /** The answer to a request whose URL is none: nothing was sent. */
  static invalid(request: RequestDescription): Response {
    const none = { status: 0, blockedNs: 0, durationNs: 0, bytes: 0, servedBy: '', headers: '' };
    return new Response(request, { ...none, errorCode: 1020 }).checked();
  }

  /** Itself, or with `params.throw` an exception where there is no answer. */
  checked(): this {
    if (this.status === 0 && this.#request.throws) {
      const { method, url } = this.#request;
      const verb = method.charAt(0) + method.slice(1).toLowerCase();
      throw goError(`${verb} "${url}": ${this.error}`);
    }
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
    return this.error_code === 1020
      ? `invalid URL: parse "${this.url}"`
      : (ERROR_TEXTS[this.error_code] ?? '');
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
    return {};
  }

  /** The answer's text: what instance has answered, as JSON. */
  get body(): string | null {
    if (this.status === 0) return this.error_code === 1020 ? '' : null;
    if (this.#request.responseType === 'none') return null;
    return this.#servedBy === '' ? '' : toJson({ instance: this.#servedBy });
  }

  get headers(): Record<string, string> {
    this.#headers ??= this.#makeHeaders();
    return this.#headers;
  }

  get timings(): object {
    const duration = this.#durationNs / NS_PER_MS;
    const blocked = this.#blockedNs / NS_PER_MS;
    this.#timings ??= {
      duration,
      blocked,
      looking_up: 0,
      connecting: blocked,
      tls_handshaking: 0,
      sending: 0,
      waiting: duration,
      receiving: 0,
    };
    return this.#timings;
  }

  get request(): object {
    const { method, url, headers, body } = this.#request;
    const lists: Record<string, string[]> = {};
    for (const [name, value] of Object.entries(headers ?? {})) lists[name] = [value];
    return { method, url, headers: lists, body: body ?? '', cookies: {} };
  }

  /** The body as JSON, or what a path of gjson finds in it. */
  json(path?: unknown): unknown {
    const { body } = this;
    if (body === null) throw goError(NULL_BODY);
    let value: unknown;
    try {
      value = fromJson(body);
    } catch (error) {
      if (path !== undefined) return undefined;
      const { message } = error as Error;
      throw goError(`cannot parse json due to an error at line 1, character 1 , error: ${message}`);
    }
    return path === undefined ? value : jsonPath(value, String(path));
  }

  html(selector?: unknown): unknown {
    const { body } = this;
    if (body === null) throw goError("the body is null so it can't be parsed as HTML");
    const document = parseHtml(body);
    return selector === undefined ? document : document.find(String(selector));
  }

  /** What `JSON.stringify` shows: k6's fields are the object's own. */
  toJSON(): object {
    const shown: Record<string, unknown> = {};
    for (const name of FIELDS) shown[name] = (this as unknown as Record<string, unknown>)[name];
    return shown;
  }

  #makeHeaders(): Record<string, string> {
    if (this.status === 0) return {};
    const headers: Record<string, string> = {};
    if (this.#servedBy !== '') {
      headers['X-Instance-Id'] = this.#servedBy;
      headers['Content-Type'] = 'application/json';
    }
    if (this.#moreHeaders !== '') {
      const more = fromJson(this.#moreHeaders) as Record<string, string>;
      for (const name of Object.keys(more)) headers[canonical(name)] = more[name]!;
    }
    return headers;
  }
}

const FIELDS = (
  'remote_ip remote_port url status status_text proto headers cookies body timings tls_version tls_cipher_suite ocsp ' +
  'error error_code request'
).split(' ');
