import { type CookieJar, vuJar } from './cookies.js';
import { host } from './host.js';
import { fromJson } from './json.js';
import { addCookies, hostOf, RequestDescription } from './request.js';
import { optionOf } from './run-options.js';
import type { Answer } from './vu.js';

/** k6's default of the option `maxRedirects`. */
const REDIRECTS_MAX = 10;
/** Statuses that Go's client follows, and those of them that make a GET of other methods (net/http, redirectBehavior). */
const FOLLOWED = new Set([301, 302, 303, 307, 308]);
const BECOMES_GET = new Set([301, 302, 303]);

/**
 * Sees to the cookies of an answer, and says where it leads: the next request, or nothing where the answer is the last (Go's
 * net/http, Client.do; k6's lib/netext/httpext/request.go, CheckRedirect). Answers without headers cost nothing.
 *
 * Limits: each hop has the whole timeout, where k6 has one for all; no `Referer`.
 */
export function afterAnswer(asked: RequestDescription, answer: Answer): RequestDescription | undefined {
  if (!concerns(answer.headers)) return undefined;
  const headers = fromJson(answer.headers) as Record<string, string>;
  const cookie = headerOf(headers, 'set-cookie');
  if (cookie !== undefined) jarOf(asked).receive(asked.url, cookie);
  const location = headerOf(headers, 'location');
  if (location === undefined || !FOLLOWED.has(answer.status)) return undefined;
  return mayFollow(asked) ? hop(asked, answer.status, location) : undefined;
}

const concern = { text: '', is: false };

/** True for headers that have a cookie, or lead elsewhere. Most answers have the headers of the one before. */
function concerns(headers: string): boolean {
  if (headers === '') return false;
  if (headers !== concern.text) {
    concern.text = headers;
    concern.is = /"(?:location|set-cookie)":/i.test(headers);
  }
  return concern.is;
}

function jarOf(asked: RequestDescription): CookieJar {
  return asked.jar ?? vuJar();
}

/** The value of a header; its name in lower case. */
function headerOf(headers: Record<string, string>, name: string): string | undefined {
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : headers[key];
}

function mayFollow(asked: RequestDescription): boolean {
  const told = asked.redirectsMax ?? optionOf('maxRedirects');
  const most = told === undefined ? REDIRECTS_MAX : Number(told);
  const count = asked.hops + 1;
  if (count <= most) return true;
  if (told === undefined) {
    const advice = 'pass { redirects: n } in request params or set global maxRedirects to silence this';
    const text = `Stopped after ${count} redirects and returned the redirection; ${advice}`;
    host.warn(text, 'url', (asked.first ?? asked).url);
  }
  return false;
}

function hop(asked: RequestDescription, status: number, location: string): RequestDescription {
  const becomesGet = BECOMES_GET.has(status) && asked.method !== 'GET' && asked.method !== 'HEAD';
  const next = new RequestDescription(becomesGet ? 'GET' : asked.method, resolved(asked.url, location));
  next.first = asked.first ?? asked;
  next.hops = asked.hops + 1;
  next.headers = { ...asked.headers };
  delete next.headers.Cookie;
  next.tags = asked.tags;
  next.timeoutMs = asked.timeoutMs;
  next.name = asked.name;
  next.responseType = asked.responseType;
  next.throws = asked.throws;
  next.expected = asked.expected;
  next.cookies = asked.cookies;
  next.jar = asked.jar;
  next.redirectsMax = asked.redirectsMax;
  if (!becomesGet) next.bodyBytes = asked.bodyBytes;
  addCookies(next);
  return next;
}

/** A reference as a browser reads it, without its fragment (RFC 3986, 5.2). */
export function resolved(base: string, reference: string): string {
  const text = reference.replace(/#.*$/, '');
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return text;
  const scheme = /^https?:/.exec(base)?.[0] ?? 'http:';
  if (text.startsWith('//')) return scheme + text;
  const root = `${scheme}//${hostOf(base)}`;
  const path = base.replace(/[?#].*$/, '').replace(/^https?:\/\/[^/]*/, '') || '/';
  if (text === '') return root + path;
  if (text.startsWith('?')) return root + path + text;
  const whole = text.startsWith('/') ? text : path.replace(/[^/]*$/, '') + text;
  return root + withoutDots(whole);
}

function withoutDots(text: string): string {
  const [path = '', ...query] = text.split('?');
  const parts: string[] = [];
  const segments = path.split('/');
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '..') parts.pop();
    else if (segment !== '.') parts.push(segment);
    if (last && (segment === '..' || segment === '.')) parts.push('');
  });
  const clean = parts.join('/');
  return [clean.startsWith('/') ? clean : `/${clean}`, ...query].join('?');
}
