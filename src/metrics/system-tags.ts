/** All system tags of k6 v1.8.1, in its own order (metrics/system_tag.go). */
export const SYSTEM_TAGS = [
  'proto',
  'subproto',
  'status',
  'method',
  'url',
  'name',
  'group',
  'check',
  'error',
  'error_code',
  'tls_version',
  'scenario',
  'service',
  'expected_response',
  'iter',
  'vu',
  'ocsp_status',
  'ip',
] as const;

/** Those of high cardinality: they go into a sample's metadata. */
export const NOT_INDEXED: readonly string[] = ['iter', 'vu'];

/** What `systemTags` is where it is not given. */
export const DEFAULT_SYSTEM_TAGS: readonly string[] = SYSTEM_TAGS.slice(0, SYSTEM_TAGS.indexOf('iter'));
