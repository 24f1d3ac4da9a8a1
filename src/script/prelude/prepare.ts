import { host } from './host.js';
import { planRequest } from './plans.js';
import { type RequestDescription, RequestMistake, wireBody } from './request.js';
import { Response } from './response.js';

/** A request that is ready to be sent. */
export interface PreparedRequest {
  readonly description: RequestDescription;
  readonly plan: number;
  readonly body: string | null;
}

/** Reads a request, and plans it; or the response that k6 returns where it would send nothing. */
export function prepareRequest(
  method: string,
  url: unknown,
  body: unknown,
  params: unknown,
): PreparedRequest | Response {
  try {
    const wire = wireBody(body);
    const { description, plan } = planRequest(method, url, wire, params);
    if (plan >= 0) return { description, plan, body: wire.text };
    return unsentTo(description).checked();
  } catch (error) {
    const { name, message, code } = error as RequestMistake;
    if (!(error instanceof RequestMistake) && name !== 'GoError') throw error;
    host.warn('Request Failed', message);
    return Response.unsent(method, '', message, code ?? 0);
  }
}

/** k6's code of whatever has none of its own. */
const OTHER = 1000;

function unsentTo({ method, url, throws }: RequestDescription): Response {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  const http = scheme === 'http' || scheme === 'https';
  const error = http ? 'http: no Host in request URL' : `unsupported protocol scheme "${scheme}"`;
  return Response.unsent(method, url, error, OTHER).throwing(throws);
}
