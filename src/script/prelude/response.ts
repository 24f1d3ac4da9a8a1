import { goError } from './errors.js';
import { host } from './host.js';
import { fromJson } from './json.js';
import type { RequestDescription } from './request.js';
import { statusText } from './status-text.js';
import type { answer } from './waiting.js';

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

interface Timings {
  duration: number;
  blocked: number;
  looking_up: number;
  connecting: number;
  tls_handshaking: number;
  sending: number;
  waiting: number;
  receiving: number;
}

/** What a request of k6 returns (lib/netext/httpext/response.go). */
export class Response {
  readonly status: number;
  readonly error_code: number;
  readonly url: string;
  #request: RequestDescription;
  #durationNs: number;
  #blockedNs: number;
  #answeredBy: string;
  #body: string | null | undefined;
  #headers: Record<string, string> | undefined;
  #timings: Timings | undefined;

  constructor(request: RequestDescription, given: typeof answer) {
    this.status = given.status;
    this.error_code = given.errorCode;
    this.url = request.url;
    this.#request = request;
    this.#durationNs = given.durationNs;
    this.#blockedNs = given.blockedNs;
    this.#answeredBy = given.servedBy;
    this.#body = given.status === 0 ? null : undefined;
    this.#headers = undefined;
    this.#timings = undefined;
  }

  /** The answer to a request whose URL is none: nothing was sent. */
  static invalid(request: RequestDescription): Response {
    const response = new Response(request, {
      status: 0,
      errorCode: 1020,
      blockedNs: 0,
      durationNs: 0,
      bytes: 0,
      servedBy: '',
    });
    response.#body = '';
    return response;
  }

  get status_text(): string {
    return this.status === 0 ? '' : statusText(this.status);
  }

  get proto(): string {
    return this.status === 0 ? '' : 'HTTP/1.1';
  }

  get error(): string {
    return this.status === 0 ? (ERROR_TEXTS[this.error_code] ?? '') : '';
  }

  get body(): string | null {
    if (this.#body === undefined) this.#body = '';
    return this.#body;
  }

  get headers(): Record<string, string> {
    this.#headers ??= this.#makeHeaders();
    return this.#headers;
  }

  get timings(): Timings {
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

  json(path?: string): unknown {
    const { body } = this;
    if (body === null)
      throw goError(
        "the body is null so we can't transform it to JSON - this likely was because of a request error getting the response",
      );
    void path;
    return fromJson(body);
  }

  #makeHeaders(): Record<string, string> {
    if (this.status === 0) return {};
    const headers: Record<string, string> = {};
    if (this.#answeredBy !== '') headers['X-Instance-Id'] = this.#answeredBy;
    const more = host.answerText('headers');
    return more === '' ? headers : { ...headers, ...(fromJson(more) as Record<string, string>) };
  }
}
