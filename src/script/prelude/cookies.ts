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
 * Limits: no expiry and no `secure`; the models' answers set no cookies.
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

/** The jar of the virtual user; a new one for each iteration (see `noCookiesReset`). */
export function vuJar(): CookieJar {
  const vu = currentVu();
  vu.jar ??= new CookieJar();
  return vu.jar as CookieJar;
}
