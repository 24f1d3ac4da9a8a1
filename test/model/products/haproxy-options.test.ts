import { describe, expect, it } from 'vitest';
import { haproxy } from '../../../src/model/products/haproxy.js';
import { check, toJsonSchema } from '../../../src/options/fields.js';

function parse(options: Record<string, unknown>) {
  const result = check(haproxy.options, options);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

/** Path, what was got, and the hint of every mistake. */
function mistakes(options: Record<string, unknown>): string[] {
  const result = check(haproxy.options, options);
  if (result.ok) return [];
  return result.issues.map((issue) => {
    const { got, hint } = JSON.parse(issue.message) as { got: string; hint?: string };
    return `${issue.path.join('.')}: ${got}${hint === undefined ? '' : ` (${hint})`}`;
  });
}

describe('HAProxy options', () => {
  it("have HAProxy's defaults", () => {
    expect(parse({})).toMatchObject({
      algorithm: { name: 'haproxy-roundrobin' },
      'hash-type': { method: 'map-based', function: 'sdbm', avalanche: false },
      option: { redispatch: 0, allbackups: false, httpchk: undefined },
      retries: 3,
      'retry-on': { connFailure: true, emptyResponse: false, statuses: [] },
      'http-reuse': 'safe',
      timeout: {},
    });
  });

  it.each([
    ['leastconn', 'haproxy-leastconn', {}],
    ['random(3)', 'haproxy-random', { draws: 3 }],
    ['random', 'haproxy-random', { draws: 2 }],
    ['hdr(X-User)', 'haproxy-hdr', { name: 'X-User', use_domain_only: false }],
    ['hdr(Host) use_domain_only', 'haproxy-hdr', { name: 'Host', use_domain_only: true }],
    ['uri whole len 12', 'haproxy-uri', { whole: true, 'path-only': false, len: 12 }],
    ['uri depth 2', 'haproxy-uri', { whole: false, 'path-only': false, depth: 2 }],
    ['url_param user', 'haproxy-url-param', { name: 'user' }],
  ])('read `balance %s`', (algorithm, name, options) => {
    expect(parse({ algorithm }).algorithm).toEqual({ name, options });
  });

  it.each([
    ['consistent', { method: 'consistent', function: 'sdbm', avalanche: true }],
    ['consistent djb2', { method: 'consistent', function: 'djb2', avalanche: false }],
    ['map-based wt6 avalanche', { method: 'map-based', function: 'wt6', avalanche: true }],
  ])('read `hash-type %s`', (text, expected) => {
    expect(parse({ 'hash-type': text })['hash-type']).toEqual(expected);
  });

  it.each([
    ['redispatch', { redispatch: -1 }],
    ['redispatch 2', { redispatch: 2 }],
    ['httpchk', { httpchk: { method: 'OPTIONS', uri: '/' } }],
    ['httpchk /up', { httpchk: { method: 'OPTIONS', uri: '/up' } }],
    ['httpchk GET /up HTTP/1.1', { httpchk: { method: 'GET', uri: '/up' } }],
    [['allbackups', 'http-server-close'], { allbackups: true, closesServers: true, closesClients: false }],
  ])('read `option %s`', (option, expected) => {
    expect(parse({ option }).option).toMatchObject(expected);
  });

  it('read retry-on', () => {
    expect(parse({ 'retry-on': 'conn-failure 503 504' })['retry-on']).toMatchObject({
      connFailure: true,
      statuses: [503, 504],
    });
    expect(parse({ 'retry-on': 'all-retryable-errors' })['retry-on'].statuses).toEqual([500, 502, 503, 504]);
  });

  it('tell what is wrong, and where', () => {
    expect(mistakes({ algorithm: 'leastcon' })).toEqual([
      'algorithm: "leastcon" (did you mean "leastconn"?)',
    ]);
    expect(mistakes({ option: ['redispatsh'] })).toEqual([
      'option.0: "redispatsh" (did you mean "redispatch"?)',
    ]);
    expect(mistakes({ 'hash-type': 'consistent md5' })).toEqual(['hash-type: "consistent md5"']);
    expect(mistakes({ 'retry-on': 418 })).toEqual(['retry-on: "418" (did you mean "408"?)']);
    expect(mistakes({ upstream: { api: { weight: 257 } } })[0]).toContain('upstream.api.weight');
    expect(mistakes({ 'hash-balance-factor': 50 })[0]).toContain('hash-balance-factor');
  });

  it('describe themselves', () => {
    expect(toJsonSchema(haproxy.options)).toMatchObject({ type: 'object' });
    expect(toJsonSchema(haproxy.serverParameters)).toMatchObject({ type: 'object' });
  });
});
