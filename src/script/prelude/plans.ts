import { host } from './host.js';
import { toJson } from './json.js';
import { describeRequest, type RequestDescription, type WireBody } from './request.js';
import { currentVu } from './vu.js';

/** A request that was described before, and the host's number of it; -1 where its URL is none. */
export interface PlannedRequest {
  readonly description: RequestDescription;
  readonly plan: number;
}

/** How many requests are remembered; more would be those of scripts that never ask twice for the same. */
const REMEMBERED_MAX = 100_000;

/** Requests without parameters and body, by method and URL: the most of all. */
const simple = new Map<string, Map<string, PlannedRequest>>();
/** Others, by all that they are made of. */
const others = new Map<string, PlannedRequest>();
/** The host's numbers of descriptions. */
const plans = new Map<string, number>();

/** Describes and plans a request; the same is done once only. */
export function planRequest(method: string, url: unknown, body: WireBody, params: unknown): PlannedRequest {
  const vu = currentVu();
  const common =
    typeof url === 'string' && vu.tags === undefined && vu.expected === '' && vu.jar === undefined;
  if (!common) return planned(describeRequest(method, url, body, params));
  if ((params === undefined || params === null) && body.bytes === 0 && body.type === '') {
    let byUrl = simple.get(method);
    if (byUrl === undefined) {
      byUrl = new Map();
      simple.set(method, byUrl);
    }
    return known(byUrl, url, method, url, body, params);
  }
  // A jar is no plain data: it must be looked at each time.
  if ((params as { jar?: unknown } | undefined | null)?.jar !== undefined) {
    return planned(describeRequest(method, url, body, params));
  }
  const key = `${method} ${url} ${body.bytes} ${body.type} ${toJson(params) ?? ''}`;
  return known(others, key, method, url, body, params);
}

function known(
  map: Map<string, PlannedRequest>,
  key: string,
  method: string,
  url: string,
  body: WireBody,
  params: unknown,
): PlannedRequest {
  let request = map.get(key);
  if (request === undefined) {
    if (map.size >= REMEMBERED_MAX) map.clear();
    request = planned(describeRequest(method, url, body, params));
    map.set(key, request);
  }
  return request;
}

/** The same for what is described already. */
export function planned(description: RequestDescription): PlannedRequest {
  const text = description.text();
  let number = plans.get(text);
  if (number === undefined) {
    number = host.plan(text);
    plans.set(text, number);
  }
  return { description, plan: number };
}
