import { GoDurationError, parseGoDuration } from '../options/go-duration.js';
import { parseInteger } from './go-fields.js';
import { GoError } from './go-json.js';
import type { DnsConfig } from './options-layer.js';
import type { StageConfig } from './scenario-config.js';

/** Go's strconv.ParseBool. */
const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** Reads a truth value as Go's flags do. */
export function parseBool(text: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw new GoError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** A duration as Go's flags read it: with a unit, without days. Whole ns. */
export function parseFlagDuration(text: string): number {
  try {
    return parseGoDuration(text);
  } catch (error) {
    if (error instanceof GoDurationError) throw new GoError(error.message);
    throw error;
  }
}

/** `30s:10`, a stage of the command line or the environment (lib/models.go, Stage.UnmarshalText). */
export function parseStage(text: string): StageConfig {
  const colon = text.indexOf(':');
  const [duration, target] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return {
    duration: duration === '' ? undefined : parseFlagDuration(duration),
    target: target === '' ? undefined : parseInteger(target),
  };
}

/** `name=value`, the argument of `--tag`. */
export function parseTag(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  const problem =
    text === ''
      ? 'empty string'
      : at === 0
        ? 'empty name'
        : at < 0 || at === text.length - 1
          ? 'empty value'
          : '';
  if (problem !== '') throw new GoError(`error parsing tag '${text}': invalid tag, ${problem}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

const DNS_VALUES: Readonly<Record<string, { readonly type: string; readonly values: readonly string[] }>> = {
  select: { type: 'DNSSelect', values: ['first', 'roundRobin', 'random'] },
  policy: { type: 'DNSPolicy', values: ['preferIPv4', 'preferIPv6', 'onlyIPv4', 'onlyIPv6', 'any'] },
};

/** `ttl=1m,select=first,policy=any` (lib/types/dns.go). */
export function parseDns(text: string): DnsConfig {
  const config: Record<string, string> = {};
  for (const pair of text.split(',')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const [key, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    if (key !== 'ttl' && DNS_VALUES[key] === undefined)
      throw new GoError(`unknown DNS configuration field: ${key}`);
    const known = DNS_VALUES[key];
    if (known !== undefined && !known.values.includes(value)) {
      throw new GoError(`${value} does not belong to ${known.type} values`);
    }
    config[key] = value;
  }
  return config;
}
