import type { RandomStream } from '../../../random/stream.js';
import { cookieOf, headerOf, splitPath } from '../../request-parts.js';
import { queryValues } from './query.js';
import type { KongPassage } from './targets.js';
import { uuid } from './uuid.js';

/** What an upstream may hash (`upstreams.lua`). */
export const HASHED_FIELDS = [
  'none',
  'consumer',
  'ip',
  'header',
  'cookie',
  'path',
  'query_arg',
  'uri_capture',
] as const;
type HashedField = (typeof HASHED_FIELDS)[number];

/** Where the value is looked for, and where it is not there. */
export interface HashSource {
  readonly hash_on: HashedField;
  readonly hash_fallback: HashedField;
  readonly hash_on_header?: string | undefined;
  readonly hash_fallback_header?: string | undefined;
  readonly hash_on_cookie?: string | undefined;
  readonly hash_on_query_arg?: string | undefined;
  readonly hash_fallback_query_arg?: string | undefined;
  readonly hash_on_uri_capture?: string | undefined;
  readonly hash_fallback_uri_capture?: string | undefined;
}

/**
 * The value of a request that Kong hashes (`balancer/init.lua`, `get_value_to_hash`); empty where it has none, so that all
 * such requests go to one target.
 * @param stream for cookies that are made up: `passage.cookie` has it then.
 */
export function hashedValue(source: HashSource, passage: KongPassage, stream: RandomStream): string {
  const first = fieldValue(source.hash_on, passage, {
    header: source.hash_on_header,
    queryArgument: source.hash_on_query_arg,
    capture: source.hash_on_uri_capture,
    cookie: source.hash_on_cookie,
    stream,
  });
  if (first !== undefined || source.hash_on === 'none') return first ?? '';
  const second = fieldValue(source.hash_fallback, passage, {
    header: source.hash_fallback_header,
    queryArgument: source.hash_fallback_query_arg,
    capture: source.hash_fallback_uri_capture,
    cookie: source.hash_on_cookie,
    stream,
  });
  return second ?? '';
}

interface Names {
  readonly header: string | undefined;
  readonly queryArgument: string | undefined;
  readonly capture: string | undefined;
  readonly cookie: string | undefined;
  readonly stream: RandomStream;
}

function fieldValue(field: HashedField, passage: KongPassage, names: Names): string | undefined {
  const { subject } = passage;
  const { path, query } = splitPath(subject.endpoint.path);
  switch (field) {
    case 'none':
      return undefined;
    case 'consumer':
      return subject.consumer;
    case 'ip':
      return subject.clientAddress;
    case 'header':
      return orUndefined(headerOf(subject, names.header!.toLowerCase().replaceAll('_', '-')));
    case 'cookie': {
      const cookie = cookieOf(headerOf(subject, 'cookie'), names.cookie!.toLowerCase());
      if (cookie === '') passage.cookie = uuid(names.stream);
      return passage.cookie ?? cookie;
    }
    case 'path':
      return path;
    case 'query_arg':
      return orUndefined(queryValues(query, names.queryArgument!).sort().join(','));
    case 'uri_capture':
      return subject.captures?.[names.capture!];
  }
}

function orUndefined(value: string): string | undefined {
  return value === '' ? undefined : value;
}
