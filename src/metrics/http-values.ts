import { NS_PER_MS } from '../kernel/time.js';
import type { TagCondition } from './selector.js';
import type { HttpSample } from './sink.js';

/** True if the request carries all tags, with k6's tag values (system_tag.go). A tag that k6 would not set never matches. */
export function httpMatches(sample: HttpSample, conditions: readonly TagCondition[]): boolean {
  for (const { tag, value } of conditions) if (httpTag(sample, tag) !== value) return false;
  return true;
}

function httpTag(sample: HttpSample, tag: string): string | undefined {
  switch (tag) {
    case 'name':
    case 'url':
      return sample.name;
    case 'status':
      return String(sample.status);
    case 'method':
      return sample.method;
    case 'scenario':
      return sample.scenario;
    case 'group':
      return sample.group;
    case 'expected_response':
      return sample.failed ? 'false' : 'true';
    case 'error_code':
      return sample.errorCode === 0 ? undefined : String(sample.errorCode);
    case 'proto':
      return sample.status === 0 ? undefined : 'HTTP/1.1';
    default:
      return sample.tags?.[tag];
  }
}

/** k6's `http_req_duration`: sending + waiting + receiving, without the time to get a connection. */
export function httpDurationMs(sample: HttpSample): number {
  return (sample.sendingNs + sample.waitingNs + sample.receivingNs) / NS_PER_MS;
}

/** The value of one of k6's `http_req*` metrics for this request; times in ms. */
export function httpValue(sample: HttpSample, metric: string): number {
  switch (metric) {
    case 'http_reqs':
      return 1;
    case 'http_req_failed':
      return sample.failed ? 1 : 0;
    case 'http_req_blocked':
      return sample.blockedNs / NS_PER_MS;
    case 'http_req_connecting':
      return sample.connectingNs / NS_PER_MS;
    case 'http_req_tls_handshaking':
      return sample.tlsHandshakingNs / NS_PER_MS;
    case 'http_req_sending':
      return sample.sendingNs / NS_PER_MS;
    case 'http_req_waiting':
      return sample.waitingNs / NS_PER_MS;
    case 'http_req_receiving':
      return sample.receivingNs / NS_PER_MS;
    default:
      return httpDurationMs(sample);
  }
}
