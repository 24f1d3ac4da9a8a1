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
    return { description, plan, body: wire.text };
  } catch (error) {
    const { name, message, code } = error as RequestMistake;
    if (!(error instanceof RequestMistake) && name !== 'GoError') throw error;
    host.warn('Request Failed', 'error', message);
    return Response.unsent(method, '', message, code ?? 0);
  }
}
