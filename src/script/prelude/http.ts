import { goError } from './errors.js';
import { host } from './host.js';
import { describeRequest, type RequestDescription } from './request.js';
import { Response } from './response.js';
import { currentVu } from './vu.js';
import { answer, beginWait, waitingFunction } from './waiting.js';

/** Numbers of plans that need nothing but method and URL, by method. */
const simplePlans = new Map<string, Map<string, number>>();
/** Numbers of all other plans, by their description. */
const plans = new Map<string, number>();

/** Begins a request: the host is told which. */
export function begin(method: string, url: unknown, body: unknown, params: unknown): boolean {
  const vu = currentVu();
  if (vu.initialising) throw goError('Making http requests in the init context is not supported');
  const description = describeRequest(method, url, body, params);
  const plan = planOf(description);
  if (plan < 0) {
    vu.answered = Response.invalid(description);
    return false;
  }
  vu.asked = description;
  vu.answered = undefined;
  beginWait(plan + 1, `http.${method.toLowerCase()}()`);
  return true;
}

function planOf(description: RequestDescription): number {
  if (description.simple) {
    let byUrl = simplePlans.get(description.method);
    if (byUrl === undefined) {
      byUrl = new Map();
      simplePlans.set(description.method, byUrl);
    }
    let plan = byUrl.get(description.url);
    if (plan === undefined) {
      plan = host.plan(description.text());
      byUrl.set(description.url, plan);
    }
    return plan;
  }
  const text = description.text();
  let plan = plans.get(text);
  if (plan === undefined) {
    plan = host.plan(text);
    plans.set(text, plan);
  }
  return plan;
}

/** The response to the request that was begun last. */
export function end(): unknown {
  const vu = currentVu();
  const { answered } = vu;
  if (answered !== undefined) return answered;
  return new Response(vu.asked!, answer);
}

/** Both halves of each of k6's verbs. */
export const beginVerb = {
  get: (url: unknown, params: unknown) => begin('GET', url, undefined, params),
  head: (url: unknown, params: unknown) => begin('HEAD', url, undefined, params),
  post: (url: unknown, body: unknown, params: unknown) => begin('POST', url, body, params),
  put: (url: unknown, body: unknown, params: unknown) => begin('PUT', url, body, params),
  patch: (url: unknown, body: unknown, params: unknown) => begin('PATCH', url, body, params),
  del: (url: unknown, body: unknown, params: unknown) => begin('DELETE', url, body, params),
  options: (url: unknown, body: unknown, params: unknown) => begin('OPTIONS', url, body, params),
  request: (method: unknown, url: unknown, body: unknown, params: unknown) =>
    begin(String(method), url, body, params),
} as const;

function verbs(): Record<string, unknown> {
  const functions: Record<string, unknown> = {};
  for (const [name, half] of Object.entries(beginVerb))
    functions[name] = waitingFunction(half, end, `http.${name}`);
  return functions;
}

/** What `import ... from 'k6/http'` gives. */
export const httpModule: Readonly<Record<string, unknown>> = { ...verbs() };
