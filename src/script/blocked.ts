import { ErrorCode } from '../model/call.js';
import type { OptionsLayer } from './options-layer.js';

/** Why a request goes nowhere. */
export interface Block {
  readonly code: number;
  /** In Go's words: `hostname (a.test) is in a blocked pattern (*.test)`. */
  readonly reason: string;
}

/**
 * Where the options `blockHostnames` (a name, or `*.` and the end of one; lib/types/hostnametrie.go) and `blacklistIPs` (ranges;
 * lib/netext/dialer.go) let no request go.
 *
 * Limits: ranges of IPv4 only; addresses of names are not known, so only those that a script asks for are held against ranges.
 */
export function blockOf(host: string, { blockHostnames, blacklistIPs }: OptionsLayer): Block | undefined {
  const name = host.toLowerCase();
  for (const pattern of textsOf(blockHostnames)) {
    if (!matchesPattern(name, pattern.toLowerCase())) continue;
    const reason = `hostname (${name}) is in a blocked pattern (${pattern})`;
    return { code: ErrorCode.blockedHostname, reason };
  }
  const address = addressNumber(name === 'localhost' ? '127.0.0.1' : name);
  if (address === undefined) return undefined;
  const range = textsOf(blacklistIPs).find((candidate) => isIn(address, candidate));
  if (range === undefined) return undefined;
  return { code: ErrorCode.blacklistedIp, reason: `IP (${name}) is in a blacklisted range (${range})` };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function matchesPattern(name: string, pattern: string): boolean {
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;
}

const BITS = 32;

function addressNumber(text: string): number | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function isIn(address: number, range: string): boolean {
  const [start = '', length = ''] = range.split('/');
  const first = addressNumber(start);
  if (first === undefined) return false;
  const size = 2 ** (BITS - Number(length));
  return Math.floor(address / size) === Math.floor(first / size);
}

/** True for a range as Go's net.ParseCIDR reads it. */
export function isRange(text: string): boolean {
  const [start = '', length = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  if (start.includes(':')) return /^[\da-fA-F:.]+$/.test(start) && Number(length) <= 128;
  return addressNumber(start) !== undefined && Number(length) <= BITS;
}
