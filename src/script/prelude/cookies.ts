import { currentVu } from './vu.js';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
}

/** Host and path of a URL. */
function partsOfUrl(url: string): { host: string; path: string } {
  const match = /^https?:\/\/(?:[^/?#@]*@)?([^/?#:]+)(?::\d+)?([^?#]*)/.exec(url);
  return { host: (match?.[1] ?? '').toLowerCase(), path: match?.[2] || '/' };
}

/**
 * k6's cookie jar (internal/js/modules/k6/http/cookiejar.go, over Go's net/http/cookiejar).
 *
 * Limits: no `secure`, and a cookie expires at once (`Max-Age=0`) or never.
 */
export class CookieJar {
  #cookies: Cookie[] = [];

  /** Adds a cookie, or replaces the one of that name, domain and path. */
  set(url: unknown, name: unknown, value: unknown, options?: unknown): boolean {
    const { host } = partsOfUrl(String(url));
    const { domain, path } = (options ?? {}) as { domain?: unknown; path?: unknown };
    const cookie: Cookie = {
      name: String(name),
      value: String(value),
      domain: domain === undefined ? host : String(domain).replace(/^\./, '').toLowerCase(),
      path: path === undefined ? '/' : String(path),
    };
    this.#cookies = this.#cookies.filter(
      (other) => other.name !== cookie.name || other.domain !== cookie.domain || other.path !== cookie.path,
    );
    this.#cookies.push(cookie);
    return true;
  }

  /** Takes the `Set-Cookie` lines that came with an answer. */
  receive(url: string, header: string): void {
    for (const cookie of readSetCookies(header)) this.#receiveOne(url, cookie);
  }

  #receiveOne(url: string, cookie: ResponseCookie): void {
    const { name, value, domain, path } = cookie;
    const whole = { ...(domain === '' ? {} : { domain }), path: path === '' ? defaultPath(url) : path };
    this.set(url, name, value, whole);
    if (cookie.max_age < 0) this.delete(url, name);
  }

  cookiesForURL(url: unknown): Record<string, string[]> {
    const result: Record<string, string[]> = {};
    for (const { name, value } of this.#matching(String(url))) {
      const list = Object.hasOwn(result, name) ? result[name]! : [];
      list.push(value);
      Object.defineProperty(result, name, {
        value: list,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return result;
  }

  clear(url: unknown): void {
    const gone = new Set(this.#matching(String(url)));
    this.#cookies = this.#cookies.filter((cookie) => !gone.has(cookie));
  }

  delete(url: unknown, name: unknown): void {
    const gone = new Set(this.#matching(String(url)).filter((cookie) => cookie.name === String(name)));
    this.#cookies = this.#cookies.filter((cookie) => !gone.has(cookie));
  }

  #matching(url: string): Cookie[] {
    const { host, path } = partsOfUrl(url);
    return this.#cookies.filter(
      (cookie) =>
        (host === cookie.domain || host.endsWith(`.${cookie.domain}`)) &&
        (path === cookie.path ||
          path.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`)),
    );
  }
}

/** A cookie as k6 shows it in `response.cookies`. */
export interface ResponseCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly http_only: boolean;
  readonly secure: boolean;
  readonly max_age: number;
  readonly expires: number;
}

/** What Go's time without a date is in ms, as k6 reckons it. */
const NO_EXPIRY_MS = -6795364578871;

/** Reads all lines `Set-Cookie` of an answer (Go's net/http, readSetCookies), which the model hands over as lines of one text. */
export function readSetCookies(header: string): ResponseCookie[] {
  const cookies: ResponseCookie[] = [];
  for (const line of header.split('\n')) {
    const cookie = readSetCookie(line);
    if (cookie !== undefined) cookies.push(cookie);
  }
  return cookies;
}

function readSetCookie(header: string): ResponseCookie | undefined {
  const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
  const mark = pair.indexOf('=');
  if (mark < 1) return undefined;
  const found = new Map(
    attributes.map((text) => {
      const at = text.indexOf('=');
      return at < 0 ? [text.toLowerCase(), ''] : [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
    }),
  );
  const age = Number(found.get('max-age') ?? 0);
  const expires = Date.parse(found.get('expires') ?? '');
  return {
    name: pair.slice(0, mark),
    value: pair.slice(mark + 1).replace(/^"(.*)"$/, '$1'),
    domain: found.get('domain') ?? '',
    path: found.get('path') ?? '',
    http_only: found.has('httponly'),
    secure: found.has('secure'),
    max_age: found.has('max-age') && age <= 0 ? -1 : age,
    expires: Number.isNaN(expires) ? NO_EXPIRY_MS : expires,
  };
}

/** RFC 6265, 5.1.4. */
function defaultPath(url: string): string {
  const { path } = partsOfUrl(url);
  const end = path.lastIndexOf('/');
  return end <= 0 ? '/' : path.slice(0, end);
}

/** The jar of the virtual user; a new one for each iteration (see `noCookiesReset`). */
export function vuJar(): CookieJar {
  const vu = currentVu();
  vu.jar ??= new CookieJar();
  return vu.jar as CookieJar;
}
