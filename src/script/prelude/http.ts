import { asyncRequest, batch } from './async-requests.js';
import { CookieJar, vuJar } from './cookies.js';
import type { AnyFunction } from './core.js';
import { goError } from './errors.js';
import { expectedStatuses, setResponseCallback } from './expected.js';
import { prepareRequest } from './prepare.js';
import { FileData, urlTag } from './request.js';
import { Response } from './response.js';
import { thrownBy } from './stack.js';
import { turn } from './turn.js';
import { currentVu } from './vu.js';
import { answer, beginWait, waitingFunction } from './waiting.js';

/** Begins a request: true if the virtual user has to wait for it. */
export function beginRequest(
  method: string,
  url: unknown,
  body: unknown,
  params: unknown,
  by = NAMES[method] ?? 'request',
): boolean {
  const vu = currentVu();
  if (vu.initialising) {
    throw thrownBy(by, goError('Making http requests in the init context is not supported'));
  }
  const prepared = prepareRequest(method, url, body, params);
  if (prepared instanceof Response) {
    vu.answered = prepared;
    return false;
  }
  vu.asked = prepared.description;
  vu.askedBody = prepared.body;
  vu.answered = undefined;
  vu.askedBy = by;
  const turnNs = turn();
  if (turnNs > 0) {
    beginWait(-turnNs, `http.${by}()`);
    vu.delayed = prepared.plan + 1;
  } else beginWait(prepared.plan + 1, `http.${by}()`);
  return true;
}

const NAMES: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'head',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'del',
  OPTIONS: 'options',
};

/** The response to the request that was begun last. */
export function endRequest(): unknown {
  const vu = currentVu();
  return vu.answered ?? new Response(vu.asked!, vu.askedBody, answer).checked(vu.askedBy);
}

/** The first halves of k6's verbs; `endRequest` is the second of all. */
export const beginVerb = {
  get: (url: unknown, params: unknown) => beginRequest('GET', url, undefined, params),
  head: (url: unknown, params: unknown) => beginRequest('HEAD', url, undefined, params),
  post: (url: unknown, body: unknown, params: unknown) => beginRequest('POST', url, body, params),
  put: (url: unknown, body: unknown, params: unknown) => beginRequest('PUT', url, body, params),
  patch: (url: unknown, body: unknown, params: unknown) => beginRequest('PATCH', url, body, params),
  del: (url: unknown, body: unknown, params: unknown) => beginRequest('DELETE', url, body, params),
  options: (url: unknown, body: unknown, params: unknown) => beginRequest('OPTIONS', url, body, params),
  request: (method: unknown, url: unknown, body: unknown, params: unknown) =>
    beginRequest(String(method), url, body, params, 'request'),
} as const;

function verbs(): Record<string, AnyFunction> {
  const functions: Record<string, AnyFunction> = {};
  for (const [name, half] of Object.entries(beginVerb)) {
    functions[name] = waitingFunction(half, endRequest, `http.${name}`);
  }
  return functions;
}

/** Why a certificate was taken back, as k6 names it. */
function ocspReasons(): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const reason of OCSP_REASONS.split(' ')) reasons[`OCSP_REASON_${reason.toUpperCase()}`] = reason;
  return reasons;
}

const OCSP_REASONS =
  'unspecified key_compromise ca_compromise affiliation_changed superseded cessation_of_operation certificate_hold ' +
  'remove_from_crl privilege_withdrawn aa_compromise';

/** What `import ... from 'k6/http'` gives. */
export const httpModule: Readonly<Record<string, unknown>> = {
  ...verbs(),
  asyncRequest,
  batch,
  url: urlTag,
  file: (data: unknown, name: unknown, type: unknown) => new FileData(data, name, type),
  CookieJar,
  cookieJar: vuJar,
  expectedStatuses,
  setResponseCallback,
  TLS_1_0: 'tls1.0',
  TLS_1_1: 'tls1.1',
  TLS_1_2: 'tls1.2',
  TLS_1_3: 'tls1.3',
  OCSP_STATUS_GOOD: 'good',
  OCSP_STATUS_REVOKED: 'revoked',
  OCSP_STATUS_SERVER_FAILED: 'server_failed',
  OCSP_STATUS_UNKNOWN: 'unknown',
  ...ocspReasons(),
};
