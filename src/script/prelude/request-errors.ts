import { host } from './host.js';
import { fromJson } from './json.js';
import { hostOf } from './request.js';

/** k6's code of whatever has none of its own. */
const OTHER = 1000;
/** The first that Linux gives to clients; which one it is, nobody knows here. */
const LOCAL_PORT = 32_768;

/** k6's error texts (lib/netext/httpext/error_codes.go). */
const ERROR_TEXTS: Readonly<Record<number, string>> = {
  1000: 'EOF',
  1050: 'request timeout',
  1101: 'lookup: no such host',
  1110: 'ip is blacklisted',
  1111: 'hostname is blocked',
  1211: 'dial: i/o timeout',
  1212: 'dial: connection refused',
  1220: 'read: connection reset by peer',
};

/** What Go says of a URL without host, or without a scheme that it knows; undefined for others, and other errors. */
function unsentError(code: number, url: string): string | undefined {
  if (code !== OTHER || (/^https?:/i.test(url) && hostOf(url) !== '')) return undefined;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'http' || scheme === 'https') return 'http: no Host in request URL';
  return `unsupported protocol scheme "${scheme}"`;
}

/** Go's own words for what k6 shortens. */
export function goReason(code: number, url: string): string | undefined {
  const authority = hostOf(url);
  const address = /:\d+$/.test(authority) ? authority : `${authority}:${url.startsWith('https') ? 443 : 80}`;
  switch (code) {
    case 1101:
      return `lookup ${authority.replace(/:\d+$/, '')}: no such host`;
    case 1110:
    case 1111:
      return fromJson(host.execution(`blocked.${authority.replace(/:\d+$/, '')}`)) as string;
    case 1211:
      return `dial tcp ${address}: i/o timeout`;
    case 1212:
      return `dial tcp ${address}: connect: connection refused`;
    case 1220:
      return `read tcp 127.0.0.1:${LOCAL_PORT}->${address}: read: connection reset by peer`;
    default:
      return undefined;
  }
}

/** k6's text of a request without an answer; empty for an error that it has none for. */
export function errorText(code: number, url: string): string {
  return unsentError(code, url) ?? ERROR_TEXTS[code] ?? '';
}
