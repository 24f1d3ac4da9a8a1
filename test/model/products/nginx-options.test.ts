import { describe, expect, it } from 'vitest';
import { keepaliveSettings } from '../../../src/model/products/nginx/settings.js';
import { nginx } from '../../../src/model/products/nginx.js';
import { check, toJsonSchema } from '../../../src/options/fields.js';

function parse(options: Record<string, unknown>) {
  const result = check(nginx.options, options);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

/** Path and message of every mistake. */
function mistakes(
  options: Record<string, unknown>,
): [string, { got: string; expected: string; hint?: string }][] {
  const result = check(nginx.options, options);
  if (result.ok) return [];
  return result.issues.map((issue) => [issue.path.join('.'), JSON.parse(issue.message)]);
}

describe('nginx options', () => {
  it("have nginx's defaults", () => {
    expect(parse({})).toMatchObject({
      algorithm: { name: 'nginx-round-robin' },
      proxy_connect_timeout: 60e9,
      proxy_read_timeout: 60e9,
      proxy_next_upstream_tries: 0,
      worker_processes: 1,
      worker_connections: 512,
      backlog: 511,
      keepalive_timeout: 75e9,
      keepalive_requests: 1000,
    });
    expect(parse({ upstream: { api: {} } }).upstream.api).toMatchObject({
      weight: 1,
      max_fails: 1,
      fail_timeout: 10e9,
      max_conns: 0,
    });
  });

  it.each([
    ['least_conn', { name: 'nginx-least-conn', options: {} }],
    [{ hash: { key: '$uri' } }, { name: 'nginx-hash', options: { key: '$uri', consistent: false } }],
    [{ hash: '$uri consistent' }, { name: 'nginx-hash', options: { key: '$uri', consistent: true } }],
    ['random', { name: 'nginx-random', options: {} }],
    [{ random: 'two least_conn' }, { name: 'nginx-random', options: { two: 'least_conn' } }],
    [{ ip_hash: null }, { name: 'nginx-ip-hash', options: {} }],
  ])('read the algorithm %j', (written, algorithm) => {
    expect(parse({ algorithm: written }).algorithm).toEqual(algorithm);
  });

  it.each([
    [{ algorithm: 'leastconn' }, 'algorithm', 'did you mean "least_conn"?'],
    [{ algorithm: { hahs: {} } }, 'algorithm', 'did you mean "hash"?'],
    [{ algorithm: 'hash' }, 'algorithm.key', undefined],
    [
      { algorithm: { hash: { key: '$uri', consistant: true } } },
      'algorithm.hash',
      'did you mean "consistent"?',
    ],
    [{ proxy_next_upstream: ['error', 'http_50'] }, 'proxy_next_upstream.1', 'did you mean "http_500"?'],
    [{ upstream: { api: { fail_timeout: '500ms' } } }, 'upstream.api.fail_timeout', undefined],
    [{ upstream: { api: { weigth: 2 } } }, 'upstream.api', 'did you mean "weight"?'],
    [{ upstream: { api: { max_fails: -1 } } }, 'upstream.api.max_fails', undefined],
    [{ algorithm: 'ip_hash', upstream: { api: { backup: true } } }, 'upstream.api.backup', undefined],
    [
      { algorithm: 'random', upstream: { api: { servers: { 'api-2': { backup: true } } } } },
      'upstream.api.servers.api-2.backup',
      undefined,
    ],
  ])('refuse %j', (options, path, hint) => {
    const found = mistakes(options);
    expect(found.map(([at]) => at)).toEqual([path]);
    if (hint !== undefined) expect(found[0]![1].hint).toBe(hint);
  });

  it('decide from version, HTTP version and header whether upstream connections are kept', () => {
    const kept = (options: Record<string, unknown>) => keepaliveSettings(parse(options)).connectionsMax;
    expect(kept({})).toBe(0);
    expect(kept({ keepalive: 16 })).toBe(0);
    expect(kept({ keepalive: 16, proxy_http_version: '1.1', proxy_set_header: { Connection: '' } })).toBe(16);
    expect(kept({ version: '1.29.6' })).toBe(0);
    expect(kept({ version: '1.29.7' })).toBe(32);
    expect(kept({ version: '1.30' })).toBe(32);
    expect(kept({ version: '1.29.7', keepalive: 0 })).toBe(0);
    expect(kept({ version: '1.29.7', proxy_http_version: 1.0 })).toBe(0);
  });

  it('as many workers as cores with auto', () => {
    expect(nginx.workerCount(parse({ worker_processes: 'auto' }), 3.5)).toBe(4);
    expect(nginx.workerCount(parse({}), 8)).toBe(1);
  });

  it('are described as a schema', () => {
    const schema = JSON.stringify(toJsonSchema(nginx.options));
    for (const word of ['least_conn', 'consistent', 'fail_timeout', 'proxy_next_upstream']) {
      expect(schema).toContain(word);
    }
  });
});
