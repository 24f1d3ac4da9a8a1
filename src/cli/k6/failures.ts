import type { HttpSample } from '../../metrics/sink.js';
import { ErrorCode } from '../../model/call.js';
import type { LogEntry } from '../../report/k6/log.js';

/** k6's warning of a request that got no answer. */
export function failureText(sample: HttpSample): LogEntry {
  const { method, name, errorCode } = sample;
  const verb = `${method.slice(0, 1)}${method.slice(1).toLowerCase()}`;
  const error = `${verb} ${JSON.stringify(name)}: ${reasonOf(name, errorCode)}`;
  return { level: 'warning', message: 'Request Failed', fields: { error } };
}

/** Go's words; the local port of a connection is not known here. */
function reasonOf(url: string, errorCode: number): string {
  const authority = /^\w+:\/\/([^/?#]+)/.exec(url)?.[1] ?? '';
  const address = /:\d+$/.test(authority) ? authority : `${authority}:${url.startsWith('https') ? 443 : 80}`;
  switch (errorCode) {
    case ErrorCode.dialRefused:
      return `dial tcp ${address}: connect: connection refused`;
    case ErrorCode.noSuchHost:
      return `lookup ${authority.replace(/:\d+$/, '')}: no such host`;
    case ErrorCode.dialTimeout:
      return `dial tcp ${address}: i/o timeout`;
    case ErrorCode.requestTimeout:
      return 'request timeout';
    case ErrorCode.resetByPeer:
      return `read tcp ${address}: read: connection reset by peer`;
    default:
      return 'EOF';
  }
}
