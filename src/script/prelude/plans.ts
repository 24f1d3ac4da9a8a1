import { host } from './host.js';
import type { RequestDescription } from './request.js';

/** Numbers of plans that need nothing but method and URL, by method. */
const simplePlans = new Map<string, Map<string, number>>();
/** Numbers of all other plans, by their description. */
const plans = new Map<string, number>();

/** The host's number of a request; -1 where its URL is none. */
export function planOf(description: RequestDescription): number {
  return description.simple ? simplePlan(description) : known(plans, description.text(), description);
}

function simplePlan(description: RequestDescription): number {
  let byUrl = simplePlans.get(description.method);
  if (byUrl === undefined) {
    byUrl = new Map();
    simplePlans.set(description.method, byUrl);
  }
  return known(byUrl, description.url, description);
}

function known(map: Map<string, number>, key: string, description: RequestDescription): number {
  let plan = map.get(key);
  if (plan === undefined) {
    plan = host.plan(description.text());
    map.set(key, plan);
  }
  return plan;
}
