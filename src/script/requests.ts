import { NS_PER_MS } from '../kernel/time.js';
import type { RequestPlan } from '../model/call.js';
import type { EndpointTable } from '../model/endpoint.js';
import { EXPECTED_BY_DEFAULT, statusSet } from '../model/status-set.js';

/** What plans of requests are made with. */
export interface RequestTableOptions {
  readonly endpoints: EndpointTable;
  readonly userAgent: string;
  /** The client's target for `host:port`, as a plan has it: below 0 where nobody is. */
  readonly targetOf: (authority: string) => number;
}

/** The prelude's `RequestDescription.text`: method, URL, name, headers, timeout in ms, size of the body, tags, expected. */
type Description = [string, string, string, [string, string][], number, number, string, string];

/** The requests that scripts ask for, by number: each distinct one is planned once. */
export class RequestTable {
  private readonly plans: RequestPlan[] = [];
  private readonly expected = new Map<string, Uint8Array>([['', statusSet(EXPECTED_BY_DEFAULT)]]);

  constructor(private readonly options: RequestTableOptions) {}

  /** The plan of that number; undefined where there is none. */
  plan(index: number): RequestPlan | undefined {
    return this.plans[index];
  }

  /** Plans what the prelude describes as JSON; -1 where the URL is none. */
  add(description: string): number {
    const [method, url, name, headers, timeoutMs, bodyBytes, tags, expected] = JSON.parse(
      description,
    ) as Description;
    const parts = urlParts(url);
    if (parts === undefined) return -1;
    const { endpoints, userAgent, targetOf } = this.options;
    const endpoint = endpoints.intern(
      { method, path: parts.path, name, headers: Object.fromEntries(headers), bodyBytes },
      { host: parts.authority, userAgent },
    );
    this.plans.push({
      endpoint,
      target: targetOf(parts.authority),
      timeoutNs: Math.max(1, Math.round(timeoutMs * NS_PER_MS)),
      expected: this.expectedSet(expected),
      tags: tags === '' ? undefined : (JSON.parse(tags) as Record<string, string>),
    });
    return this.plans.length - 1;
  }

  /** Limits: `null`, k6's way to leave `http_req_failed` out, expects everything instead. */
  private expectedSet(text: string): Uint8Array {
    let set = this.expected.get(text);
    if (set === undefined) {
      const ranges = text === 'null' ? [[0, STATUS_MAX]] : (JSON.parse(text) as number[][]);
      set = statusSet(ranges.map(([min, max]) => ({ min: min!, max: max! })));
      this.expected.set(text, set);
    }
    return set;
  }
}

const STATUS_MAX = 999;

/** Host and path of a URL, without credentials and fragment; undefined if it is none of http. */
export function urlParts(url: string): { authority: string; path: string } | undefined {
  const match = /^https?:\/\/(?:[^/?#@]*@)?([^/?#\s]+)([^#]*)/.exec(url);
  if (match === null) return undefined;
  const rest = escaped(match[2]!);
  return { authority: match[1]!, path: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Go writes a path as it was given, with what may not stand there escaped; what is escaped already stays. */
function escaped(text: string): string {
  return /[^\x21-\x7e]|["<>\\^`{|}]/.test(text)
    ? encodeURI(text).replace(/%25([\da-fA-F]{2})/g, '%$1')
    : text;
}
