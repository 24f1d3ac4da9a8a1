import { describe, expect, it } from 'vitest';
import { KongWorld } from './kong-world.js';
import type { RequestSetup } from './proxy-world.js';

const CONSUMERS = [
  { username: 'mobile', keyauth_credentials: [{ key: 'm-1' }, { key: 'm-2' }] },
  { username: 'web', keyauth_credentials: [{ key: 'w-1' }] },
];
const KEY_AUTH = { name: 'key-auth' };

function headersOf(world: KongWorld, key: number): Readonly<Record<string, string>> {
  return world.endings.get(key)!.headers;
}

describe('key-auth', () => {
  it('lets pass a key in a header or in the query, and answers 401 to all others', () => {
    const world = new KongWorld({ plugins: [KEY_AUTH], consumers: CONSUMERS }, 1);
    const requests: RequestSetup[] = [
      { headers: { apikey: 'm-1' } },
      { headers: { APIKEY: 'w-1' } },
      { path: '/a?apikey=m-2' },
      {},
      { headers: { apikey: 'x' } },
      { path: '/a?apikey=m-1&apikey=m-2' },
    ];
    for (const [key, request] of requests.entries()) world.request(key, key * 10, request);
    expect(world.run()).toEqual([200, 200, 200, 401, 401, 401]);
    expect(world.seen()).toEqual([3]);
    expect(headersOf(world, 3)).toMatchObject({ 'WWW-Authenticate': 'Key' });
    // The bodies differ by their messages: "No API key found in request", "Unauthorized", "Duplicate API key found".
    const bytes = [3, 4, 5].map((key) => world.endings.get(key)!.bytes);
    expect(bytes.map((size) => size - bytes[1]!)).toEqual([27 - 12, 0, 23 - 12]);
    expect(world.read('balancer http_requests_total_401')).toBe(3);
  });

  it('takes other names, and counts who has none as someone', () => {
    const config = { key_names: ['X-Key'], anonymous: 'nobody', key_in_query: false };
    const world = new KongWorld({ plugins: [{ name: 'key-auth', config }] }, 1);
    world.request(0, 0);
    expect(world.run()).toEqual([200]);
  });

  it('costs half of the CPU of a request to refuse one', () => {
    const world = new KongWorld({ plugins: [KEY_AUTH], cpu: '2ms' }, 1);
    world.request(0, 0);
    world.run();
    expect(world.endings.get(0)!.atMs).toBeCloseTo(1.4, 6);
  });
});

describe('ip-restriction', () => {
  it.each([
    [{ allow: ['10.0.0.0/8'] }, '10.1.2.3', 200],
    [{ allow: ['10.0.0.0/8'] }, '11.1.2.3', 403],
    [{ deny: ['10.1.0.0/16'] }, '10.1.2.3', 403],
    [{ deny: ['10.1.0.0/16'] }, '10.2.2.3', 200],
    [{ allow: ['10.0.0.0/8'], deny: ['10.1.2.3'] }, '10.1.2.3', 403],
    [{ allow: ['10.1.2.0/31'] }, '10.1.2.1', 200],
    [{ allow: ['10.1.2.0/31'] }, '10.1.2.2', 403],
    [{ allow: ['2001:db8::/33'] }, '2001:db8:7fff::1', 200],
    [{ allow: ['2001:db8::/33'] }, '2001:db8:8000::1', 403],
    [{ allow: ['0.0.0.0/0'] }, '2001:db8::1', 403],
    [{ allow: ['0.0.0.0/0'] }, 'unix:', 403],
    [{ deny: ['10.0.0.1'], status: 451 }, '10.0.0.1', 451],
  ])('%j lets %s pass with %d', (config, address, status) => {
    const world = new KongWorld({ plugins: [{ name: 'ip-restriction', config }] }, 1);
    world.request(0, 0, { address });
    expect(world.run()).toEqual([status]);
    expect(world.seen()).toEqual([status === 200 ? 1 : 0]);
  });
});

describe('correlation-id', () => {
  it('gives each worker a UUID and counts, and echoes what a request has', () => {
    const config = { header_name: 'X-Request-ID', echo_downstream: true };
    const world = new KongWorld({ plugins: [{ name: 'correlation-id', config }] }, 1);
    world.request(0, 0);
    world.request(1, 10);
    world.request(2, 20, { headers: { 'x-request-id': 'mine' } });
    world.run();
    const [first, second, third] = [0, 1, 2].map((key) => headersOf(world, key)['X-Request-ID']!);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}#1$/);
    expect(second).toBe(first!.replace(/#1$/, '#2'));
    expect(third).toBe('mine');
  });
});

describe('rate-limiting', () => {
  const limited = (config: Record<string, unknown>, more = {}) =>
    new KongWorld(
      { plugins: [KEY_AUTH, { name: 'rate-limiting', config }], consumers: CONSUMERS, ...more },
      1,
    );

  it('counts in windows of the calendar, by consumer, and tells how much is left', () => {
    const world = limited({ minute: 3 });
    for (let key = 0; key < 5; key += 1) world.request(key, 1000 + key * 10, { headers: { apikey: 'm-1' } });
    world.request(5, 1100, { headers: { apikey: 'm-2' } }); // the same consumer
    world.request(6, 1200, { headers: { apikey: 'w-1' } });
    world.request(7, 60_000, { headers: { apikey: 'm-1' } }); // the next minute: the run starts with one
    expect(world.run()).toEqual([200, 200, 200, 429, 429, 429, 200, 200]);
    expect(headersOf(world, 0)).toMatchObject({
      'RateLimit-Limit': '3',
      'RateLimit-Remaining': '2',
      'RateLimit-Reset': '59',
      'X-RateLimit-Limit-Minute': '3',
      'X-RateLimit-Remaining-Minute': '2',
    });
    expect(headersOf(world, 0)).not.toHaveProperty('Retry-After');
    expect(headersOf(world, 3)).toMatchObject({ 'RateLimit-Remaining': '0', 'Retry-After': '59' });
    expect(world.read('balancer http_requests_total_429')).toBe(3);
  });

  it('tells of the tightest of several limits', () => {
    const world = limited({ second: 5, hour: 6 });
    for (let key = 0; key < 3; key += 1) world.request(key, key * 700, { headers: { apikey: 'm-1' } });
    world.run();
    // At 1.4 s the second has one request, the hour three: 4 and 3 are left.
    expect(headersOf(world, 2)).toMatchObject({
      'RateLimit-Limit': '6',
      'RateLimit-Remaining': '3',
      'RateLimit-Reset': '3599',
      'X-RateLimit-Remaining-Second': '4',
      'X-RateLimit-Remaining-Hour': '3',
    });
  });

  it('does not count what it refuses', () => {
    const world = limited({ second: 1, minute: 2 });
    for (let key = 0; key < 10; key += 1) world.request(key, key * 10, { headers: { apikey: 'm-1' } });
    world.request(10, 1000, { headers: { apikey: 'm-1' } });
    expect(world.run().filter((status) => status === 200).length).toBe(2);
  });

  it('lets a burst pass that the loop takes up in one turn: counts come after the check', () => {
    const world = limited({ minute: 2 }, { cpu: '2ms' });
    for (let key = 0; key < 6; key += 1) world.request(key, 0, { headers: { apikey: 'm-1' } });
    world.request(6, 100, { headers: { apikey: 'm-1' } });
    // The first is a turn alone; the other five are the next one, and all of them see one request counted.
    expect(world.run()).toEqual([200, 200, 200, 200, 200, 200, 429]);
  });

  it('limits by address, header and path', () => {
    const statuses = (config: Record<string, unknown>) => {
      const world = new KongWorld(
        { plugins: [{ name: 'rate-limiting', config: { minute: 1, ...config } }] },
        1,
      );
      world.request(0, 0, { address: '10.0.0.1', path: '/a', headers: { 'X-Team': 'x' } });
      world.request(1, 10, { address: '10.0.0.2', path: '/a', headers: { 'X-Team': 'y' } });
      world.request(2, 20, { address: '10.0.0.1', path: '/b', headers: { 'X-Team': 'y' } });
      return world.run();
    };
    expect(statuses({ limit_by: 'ip' })).toEqual([200, 200, 429]);
    expect(statuses({ limit_by: 'consumer' })).toEqual([200, 200, 429]); // unknown: the address
    expect(statuses({ limit_by: 'header', header_name: 'X-Team' })).toEqual([200, 200, 429]);
    expect(statuses({ limit_by: 'path', path: '/a' })).toEqual([200, 429, 200]);
    expect(statuses({ limit_by: 'service' })).toEqual([200, 429, 429]);
  });

  it('starts its windows by the epoch', () => {
    const world = limited({ hour: 1 }, { epoch: '2026-03-31T23:59:58Z' });
    for (let key = 0; key < 3; key += 1) world.request(key, key * 1500, { headers: { apikey: 'm-1' } });
    expect(world.run()).toEqual([200, 429, 200]); // 23:59:58, 23:59:59.5, 00:00:01
  });
});

describe('plugins', () => {
  it('run by their priorities: who is not known is not counted', () => {
    const plugins = [
      { name: 'rate-limiting', config: { minute: 1, limit_by: 'service' } },
      KEY_AUTH,
      { name: 'ip-restriction', config: { deny: ['10.0.0.9'] } },
    ];
    const world = new KongWorld({ plugins, consumers: CONSUMERS }, 1);
    world.request(0, 0, { address: '10.0.0.9' }); // no key comes before a wrong address
    world.request(1, 10, { address: '10.0.0.9', headers: { apikey: 'm-1' } });
    world.request(2, 20, { headers: { apikey: 'm-1' } });
    world.request(3, 30, { headers: { apikey: 'm-1' } });
    expect(world.run()).toEqual([401, 403, 200, 429]);
    expect(world.seen()).toEqual([1]);
  });

  it('one that is not enabled does nothing', () => {
    const world = new KongWorld({ plugins: [{ ...KEY_AUTH, enabled: false }] }, 1);
    world.request(0, 0);
    expect(world.run()).toEqual([200]);
  });
});
