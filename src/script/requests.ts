import { NS_PER_MS } from '../kernel/time.js';
import type { RequestPlan } from '../model/call.js';
import type { EndpointTable } from '../model/endpoint.js';
import { EXPECTED_BY_DEFAULT, statusSet } from '../model/status-set.js';

/** What plans of requests are made with. */
export interface RequestTableOptions {
  readonly endpoints: EndpointTable;
  readonly userAgent: string;
  /** Index of the client's target for `host:port`; undefined where nobody is. */
  readonly targetOf: (authority: string) => number | undefined;
}

/** The requests that scripts ask for, by number: each distinct one is planned once. */
export class RequestTable {
  private readonly plans: RequestPlan[] = [];
  private readonly expectedByDefault = statusSet(EXPECTED_BY_DEFAULT);

  constructor(private readonly options: RequestTableOptions) {}

  /** The plan of that number; undefined where there is none. */
  plan(index: number): RequestPlan | undefined {
    return this.plans[index];
  }

  /** Plans what the prelude describes as JSON; -1 where the URL is none. */
  add(description: string): number {
    const [method, url, name, headers, timeoutMs, bodyBytes] = JSON.parse(description) as [
      string,
      string,
      string,
      Record<string, string>,
      number,
      number,
    ];
    const parts = urlParts(url);
    if (parts === undefined) return -1;
    const { endpoints, userAgent, targetOf } = this.options;
    const endpoint = endpoints.intern(
      { method, path: parts.path, name, headers, bodyBytes },
      { host: parts.authority, userAgent },
    );
    this.plans.push({
      endpoint,
      target: targetOf(parts.authority) ?? 0,
      timeoutNs: Math.max(1, Math.round(timeoutMs * NS_PER_MS)),
      expected: this.expectedByDefault,
    });
    return this.plans.length - 1;
  }
}

/** Host and path of a URL, without fragment; undefined if it is none of http. */
export function urlParts(url: string): { authority: string; path: string } | undefined {
  const match = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]+)([^#]*)/.exec(url);
  if (match === null) return undefined;
  const rest = match[2]!;
  return { authority: match[1]!, path: rest.startsWith('/') ? rest : `/${rest}` };
}
