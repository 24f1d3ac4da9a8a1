import { isAtLeast } from '../../version.js';

/** Headers by name, as an exchange has them. */
export type Headers = Readonly<Record<string, string>>;

/** The first version with an identifier of its own for every request. */
const REQUEST_ID_VERSION = [3, 5];

/** Texts of `error_handlers.lua` for what nginx itself answers. */
const ERROR_TEXTS: Readonly<Record<number, string>> = {
  500: 'An unexpected error occurred',
  502: 'An invalid response was received from the upstream server',
  503: 'The upstream server is currently unavailable',
  504: 'The upstream server is timing out',
};

/** Status lines of RFC 9110, as nginx has them. */
const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** Lines that every answer of Kong's own has: `Date` (37 bytes with its line end) and `Connection: keep-alive`. */
const COMMON_HEAD_BYTES = 37 + 'Connection: keep-alive\r\n'.length;
/** Digits of a request's identifier. */
const REQUEST_ID_DIGITS = 32;

/** What kind of answer Kong makes: by `kong.response.error`, or by nginx's error pages. */
export type AnswerKind = 'plugin' | 'error-page';

/** True if that Kong gives every request an identifier (`X-Kong-Request-Id`). */
export function hasRequestId(version: string): boolean {
  return isAtLeast(version, REQUEST_ID_VERSION);
}

/**
 * Bytes of an answer that Kong makes, to a client that says nothing of what it accepts: JSON from plugins, plain text from
 * error pages. Computed from the templates of Kong 3.9; not seen on the wire.
 */
export function ownAnswerBytes(
  status: number,
  answer: {
    readonly kind: AnswerKind;
    readonly message?: string;
    readonly headers: Headers;
    readonly version: string;
  },
): number {
  const { kind, version, headers } = answer;
  const message = answer.message ?? ERROR_TEXTS[status] ?? '';
  const identifierBytes = hasRequestId(version) ? REQUEST_ID_DIGITS : 0;
  const bodyBytes =
    kind === 'plugin' ? jsonBytes(message, identifierBytes) : plainBytes(message, identifierBytes);
  const type = kind === 'plugin' ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
  const head = {
    'Content-Type': type,
    'Content-Length': String(bodyBytes),
    Server: `kong/${version}`,
    ...headers,
  };
  const statusLine = `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n`;
  return statusLine.length + COMMON_HEAD_BYTES + headerBytes(head) + '\r\n'.length + bodyBytes;
}

/** Bytes that Kong adds to the head of a target's answer: `Connection`, `Via`, and these headers. */
export function addedBytes(version: string, headers: Headers): number {
  return 'Connection: keep-alive\r\n'.length + headerBytes({ Via: `1.1 kong/${version}`, ...headers });
}

function headerBytes(headers: Headers): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) bytes += name.length + value.length + ': \r\n'.length;
  return bytes;
}

/** `{\n  "message":"...",\n  "request_id":"..."\n}` (`tools/http.lua`). */
function jsonBytes(message: string, identifierBytes: number): number {
  const identifier = identifierBytes === 0 ? 0 : ',\n  "request_id":""'.length + identifierBytes;
  return '{\n  "message":""\n}'.length + message.length + identifier;
}

/** `...\nrequest_id: ...\n`. */
function plainBytes(message: string, identifierBytes: number): number {
  return message.length + 1 + (identifierBytes === 0 ? 0 : 'request_id: \n'.length + identifierBytes);
}
