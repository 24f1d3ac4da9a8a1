import { didYouMean, either, fail, list, text } from '../../../options/fields.js';
import { type Exchange, Failure } from '../../exchange.js';

/** Bits of `proxy_next_upstream`: when a request is passed to the next server. */
const CONDITIONS = {
  error: 1 << 0,
  timeout: 1 << 1,
  invalid_header: 1 << 2,
  http_500: 1 << 3,
  http_502: 1 << 4,
  http_503: 1 << 5,
  http_504: 1 << 6,
  http_403: 1 << 7,
  http_404: 1 << 8,
  http_429: 1 << 9,
  non_idempotent: 1 << 10,
  off: 1 << 11,
} as const;
type Condition = keyof typeof CONDITIONS;

const names = Object.keys(CONDITIONS) as Condition[];

/** A 403 or 404 passes the request on, but is no failure of the server. */
const BLAMELESS = CONDITIONS.http_403 | CONDITIONS.http_404;

/** `proxy_next_upstream error timeout`, nginx's default, as a set of bits. */
export const NEXT_UPSTREAM_DEFAULT = CONDITIONS.error | CONDITIONS.timeout;

/** `proxy_next_upstream`, as a list or as one text: `error timeout http_502`. A set of bits after checking. */
export function nextUpstreamField() {
  return either([text(), list(text())])
    .transform((value, context) => {
      const words = typeof value === 'string' ? value.trim().split(/\s+/) : value;
      let bits = 0;
      for (const [index, word] of words.entries()) {
        const path = typeof value === 'string' ? [] : [index];
        if (isCondition(word)) bits |= CONDITIONS[word];
        else fail(context, word, `some of ${names.join(', ')}`, didYouMean(word, names), path);
      }
      return bits;
    })
    .prefault('error timeout');
}

function isCondition(word: string): word is Condition {
  return Object.hasOwn(CONDITIONS, word);
}

/** The bit of what ended `inner` without an answer that could be relayed. */
export function conditionOfFailure(failure: Failure): number {
  return failure === Failure.connectTimeout || failure === Failure.timeout
    ? CONDITIONS.timeout
    : CONDITIONS.error;
}

/** The bit of a status that may be passed over, 0 for all others. */
export function conditionOfStatus(status: number): number {
  switch (status) {
    case 500:
      return CONDITIONS.http_500;
    case 502:
      return CONDITIONS.http_502;
    case 503:
      return CONDITIONS.http_503;
    case 504:
      return CONDITIONS.http_504;
    case 403:
      return CONDITIONS.http_403;
    case 404:
      return CONDITIONS.http_404;
    case 429:
      return CONDITIONS.http_429;
    default:
      return 0;
  }
}

/** True if a passed-over answer with this condition counts against its server. */
export function isBlamed(condition: number): boolean {
  return (condition & BLAMELESS) === 0;
}

/** True if the condition is an error of the connection (and not a timeout or a status). */
export function isConnectionError(condition: number): boolean {
  return condition === CONDITIONS.error;
}

/** `condition` with what sending `inner` again would mean: some methods must not be repeated once sent. */
export function repeated(condition: number, inner: Exchange, nowNs: number): number {
  const wasSent = inner.sentNs <= nowNs;
  return wasSent && !isIdempotent(inner.endpoint.method) ? condition | CONDITIONS.non_idempotent : condition;
}

/** nginx takes PUT and DELETE for repeatable, as HTTP does. */
function isIdempotent(method: string): boolean {
  return method !== 'POST' && method !== 'LOCK' && method !== 'PATCH';
}

/** The status of the answer when a request that met `condition` is not passed on. */
export function statusOf(condition: number, upstreamStatus: number): number {
  if (condition === CONDITIONS.timeout) return 504;
  return condition === CONDITIONS.error ? 502 : upstreamStatus;
}
