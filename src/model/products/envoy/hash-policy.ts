import { type Checked, duration, fail, flag, literal, name, record, text } from '../../../options/fields.js';
import type { Subject } from '../../balancer.js';
import { maybeHeader, splitPath } from '../../request-parts.js';
import { xxHash64 } from '../../xx-hash64.js';
import { type Hash64, hash64Of } from './hash64.js';

/** Texts whose hash is remembered at most. */
const MEMORY_MAX = 65_536;

const SOURCES = ['header', 'cookie', 'connection_properties', 'query_parameter'] as const;

/** One entry of `hash_policy`. */
export function hashPolicyField() {
  return record({
    header: record({ header_name: text() }).optional(),
    cookie: record({
      name: text(),
      ttl: duration()
        .optional()
        .describe('a client without the cookie gets one, made of its address; 0: for its session'),
      path: text().optional(),
    }).optional(),
    connection_properties: record({ source_ip: literal(true) }).optional(),
    query_parameter: record({ name: name() }).optional(),
    terminal: flag().default(false).describe('if this one gives a hash, those behind it are not asked'),
  }).superRefine((value, context) => {
    const named = SOURCES.filter((source) => value[source] !== undefined);
    if (named.length !== 1) fail(context, named.join(', '), `one of ${SOURCES.join(', ')}`);
  });
}

type HashPolicyOptions = Checked<ReturnType<typeof hashPolicyField>>;

/**
 * What a request is hashed by. Source: Envoy, source/common/http/hash_policy.cc.
 * Limits: a cookie that is given to a client is made of its address without its port, and never comes back.
 */
export class HashPolicy {
  private readonly memory = new Map<string, Hash64>();

  constructor(private readonly policies: readonly HashPolicyOptions[]) {}

  /** The hash of a request; `undefined` if it has nothing of what is asked for. */
  hash(subject: Subject): Hash64 | undefined {
    let hash: Hash64 | undefined;
    for (const policy of this.policies) {
      const value = textOf(policy, subject);
      if (value !== undefined) hash = combine(hash, this.hashOf(value));
      if (policy.terminal && hash !== undefined) break;
    }
    return hash;
  }

  private hashOf(value: string): Hash64 {
    let hash = this.memory.get(value);
    if (hash !== undefined) return hash;
    if (this.memory.size === MEMORY_MAX) this.memory.clear();
    hash = hash64Of(xxHash64(value));
    this.memory.set(value, hash);
    return hash;
  }
}

function textOf(policy: HashPolicyOptions, subject: Subject): string | undefined {
  if (policy.header !== undefined) return maybeHeader(subject, policy.header.header_name.toLowerCase());
  if (policy.query_parameter !== undefined) {
    return parameterOf(splitPath(subject.endpoint.path).query, policy.query_parameter.name);
  }
  if (policy.cookie !== undefined) {
    const value = cookieOf(maybeHeader(subject, 'cookie') ?? '', policy.cookie.name);
    if (value !== '') return value;
    return policy.cookie.ttl === undefined ? undefined : subject.clientAddress;
  }
  // A Unix socket has no address.
  return subject.clientAddress.startsWith('unix:') ? undefined : subject.clientAddress;
}

/** Older hashes are rotated, so that two equal ones do not cancel each other out. */
function combine(older: Hash64 | undefined, hash: Hash64): Hash64 {
  if (older === undefined) return hash;
  return {
    high: (((older.high << 1) | (older.low >>> 31)) ^ hash.high) >>> 0,
    low: (((older.low << 1) | (older.high >>> 31)) ^ hash.low) >>> 0,
  };
}

/** The first parameter of that name, as it is written. */
function parameterOf(query: string, name: string): string | undefined {
  for (const pair of query.split('&')) {
    const mark = pair.indexOf('=');
    if ((mark < 0 ? pair : pair.slice(0, mark)) === name) return mark < 0 ? '' : pair.slice(mark + 1);
  }
  return undefined;
}

function cookieOf(header: string, name: string): string {
  for (const pair of header.split(';')) {
    const trimmed = pair.trim();
    if (trimmed.startsWith(`${name}=`)) return trimmed.slice(name.length + 1).replace(/^"(.*)"$/, '$1');
  }
  return '';
}
