import { describe, expect, it } from 'vitest';
import { kongOptions } from '../../../src/model/products/kong/options.js';
import { kongPlugin } from '../../../src/model/products/kong/plugins-field.js';
import { check } from '../../../src/options/fields.js';

function checked(options: Record<string, unknown>) {
  const result = check(kongOptions, options);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.value;
}

/** Where the mistakes are, and what was expected there. */
function mistakes(options: Record<string, unknown>): string[] {
  const result = check(kongOptions, options);
  if (result.ok) return [];
  return result.issues.map(({ path, message }) => `${path.join('.')}: ${JSON.parse(message).expected}`);
}

describe("Kong's options", () => {
  it('have the defaults of its schemas (balancers.md 3.5, 3.6)', () => {
    const options = checked({});
    expect(options.algorithm).toEqual({ name: 'kong-round-robin', options: {} });
    expect(options).toMatchObject({
      slots: 10_000,
      retries: 5,
      connect_timeout: 60e9,
      read_timeout: 60e9,
      backlog: 16_384,
      nginx_worker_processes: 'auto',
    });
    expect(options.healthchecks.threshold).toBe(0);
    expect(options.healthchecks.active).toMatchObject({
      type: 'http',
      timeout: 1e9,
      concurrency: 10,
      http_path: '/',
      healthy: { interval: 0, successes: 0, http_statuses: [200, 302] },
      unhealthy: { interval: 0, http_failures: 0, tcp_failures: 0, timeouts: 0 },
    });
    expect(options.healthchecks.active.unhealthy.http_statuses).toEqual([
      429, 404, 500, 501, 502, 503, 504, 505,
    ]);
    expect(options.healthchecks.passive.unhealthy.http_statuses).toEqual([429, 500, 503]);
    expect(options.healthchecks.passive.healthy.http_statuses.length).toBe(19);
  });

  it('sort plugins by their priorities', () => {
    const names = ['rate-limiting', 'key-auth', 'correlation-id', 'ip-restriction'];
    const configs: Record<string, unknown> = {
      'rate-limiting': { second: 5 },
      'ip-restriction': { deny: ['10.0.0.1'] },
    };
    const { plugins } = checked({ plugins: names.map((name) => ({ name, config: configs[name] ?? {} })) });
    expect(plugins.map((choice) => kongPlugin(choice).word)).toEqual([
      'correlation-id',
      'key-auth',
      'ip-restriction',
      'rate-limiting',
    ]);
  });

  it.each([
    [{ algorithm: 'consistent-hash' }, 'algorithm: one of'],
    [
      { algorithm: { 'consistent-hashing': { hash_on: 'header' } } },
      'algorithm.consistent-hashing.hash_on_header: a name',
    ],
    [
      { algorithm: { 'consistent-hashing': { hash_on: 'ip', hash_fallback: 'ip' } } },
      'algorithm.consistent-hashing.hash_fallback: none',
    ],
    [{ plugins: [{ name: 'keyauth' }] }, 'plugins.0.name: one of'],
    [{ plugins: [{ name: 'key-auth' }, { name: 'key-auth' }] }, 'plugins.1.name: each plugin once'],
    [{ plugins: [{ name: 'rate-limiting' }] }, 'plugins.0.config: at least one of second'],
    [
      { plugins: [{ name: 'rate-limiting', config: { minute: 9, hour: 5 } }] },
      'plugins.0.config.hour: at least',
    ],
    [
      { plugins: [{ name: 'rate-limiting', config: { minute: 9, limit_by: 'path' } }] },
      'plugins.0.config.path: a path',
    ],
    [{ plugins: [{ name: 'ip-restriction' }] }, 'plugins.0.config: `allow` or `deny`'],
    [
      { plugins: [{ name: 'ip-restriction', config: { deny: ['10.0.0.0/33'] } }] },
      'plugins.0.config.deny.0: an address',
    ],
    [{ epoch: 'today' }, 'epoch: a date in UTC'],
    [{ paths: ['inventory'] }, 'paths.0: a path'],
    [{ paths: ['~('] }, 'paths.0: a path'],
    [
      { healthchecks: { active: { healthy: { interval: 10 } } } },
      'healthchecks.active.healthy.interval: a duration',
    ],
    [
      {
        consumers: [
          { username: 'a', keyauth_credentials: [{ key: 'k' }] },
          { username: 'b', keyauth_credentials: [{ key: 'k' }] },
        ],
      },
      'consumers: keys that differ',
    ],
  ])('refuse %j', (options, mistake) => {
    const [first, ...more] = mistakes(options);
    expect(first).toContain(mistake);
    expect(more).toEqual([]);
  });
});
