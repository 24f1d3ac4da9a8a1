import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/model/hashing.js';
import { pointsOf } from '../../../src/model/products/nginx/consistent-hash.js';
import { nginx } from '../../../src/model/products/nginx.js';
import { check } from '../../../src/options/fields.js';
import { Picks, weighted } from './picks.js';

const KEYS = ['x', 'y', 'user1', 'user2', 'abc', '42'];

function hashed(consistent: boolean, weights: number[]): Picks {
  return new Picks({ algorithm: { hash: { key: '$arg_k', consistent } } }, weighted(...weights));
}

function picksOf(picks: Picks): string {
  return KEYS.map((key) => picks.send({ path: `/?k=${key}` })).join(' ');
}

describe('nginx ip_hash', () => {
  it.each([
    ['127.0.0.1', 'c'],
    ['127.0.0.200', 'c'],
    ['127.1.2.3', 'a'],
    ['127.9.9.9', 'c'],
    ['127.0.5.1', 'b'],
  ])('sends %s to %s', (address, host) => {
    const picks = new Picks({ algorithm: 'ip_hash' }, weighted(1, 1, 1));
    expect(picks.send({ address })).toBe(host); // seen, nginx 1.22.1
    expect(picks.send({ address })).toBe(host);
  });

  it('hashes on where the server is out, and comes back to it', () => {
    const picks = new Picks({ algorithm: 'ip_hash' }, weighted(1, 1, 1));
    picks.behaviour.c = 'refuses';
    const [first, second] = picks.send().split(',');
    expect(first).toBe('c');
    expect(picks.send()).toBe(second);
    picks.behaviour.c = 'ok';
    picks.nowSeconds = 11;
    expect(picks.send()).toBe('c');
  });

  it('hashes all of an IPv6 address', () => {
    const picks = new Picks({ algorithm: 'ip_hash' }, weighted(1, 1, 1));
    const hosts = Array.from({ length: 30 }, (_, index) => picks.send({ address: `2001:db8::${index}` }));
    expect(new Set(hosts).size).toBe(3);
  });
});

describe('nginx hash', () => {
  it('computes CRC-32 as zlib does', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    expect(crc32('x')).toBe(2363233923);
  });

  it('sends keys where nginx sends them', () => {
    expect(picksOf(hashed(false, [2, 1, 1]))).toBe('a c a a a a'); // seen, nginx 1.22.1
  });

  it('is round robin without a key', () => {
    expect(hashed(false, [2, 1, 1]).sequence(4, { path: '/' })).toBe('a b c a'); // seen
    expect(hashed(true, [1, 1, 1]).sequence(4, { path: '/' })).toBe('a b c a');
  });

  it('goes on to another server where the first is out', () => {
    const picks = hashed(false, [2, 1, 1]);
    picks.behaviour.a = 'refuses';
    const [first, second] = picks.send({ path: '/?k=x' }).split(',');
    expect(first).toBe('a');
    expect(picks.send({ path: '/?k=x' })).toBe(second);
  });
});

describe('nginx hash consistent', () => {
  it('has the points of ketama', () => {
    expect(pointsOf('127.0.0.1:20101', 3)).toEqual([2787159888, 356030672, 154576785]);
  });

  it('sends keys where nginx sends them', () => {
    expect(picksOf(hashed(true, [2, 1, 1]))).toBe('a a b a a b'); // seen, nginx 1.22.1
  });

  it('moves only the keys of a server that is out', () => {
    const send = (picks: Picks) =>
      Array.from({ length: 300 }, (_, key) => picks.send({ path: `/?k=${key}` }));
    const before = send(hashed(true, [1, 1, 1, 1]));
    const picks = hashed(true, [1, 1, 1, 1]);
    picks.behaviour.b = 'refuses';
    picks.sequence(1, { path: `/?k=${before.indexOf('b')}` });
    const after = send(picks);
    for (const [key, host] of before.entries()) {
      if (host === 'b') expect(after[key]).not.toBe('b');
      else expect(after[key]).toBe(host);
    }
  });
});

describe('a hash key', () => {
  const pathOf = (key: string, path: string) => {
    const picks = new Picks({ algorithm: { hash: { key } } }, weighted(1, 1, 1));
    return picks.send({ path });
  };

  it('may mix text and variables', () => {
    expect(pathOf('user$arg_k', '/?k=1')).toBe(pathOf('$arg_k', '/?k=user1'));
    // Braces end a variable's name.
    expect(pathOf('$' + '{arg_k}1', '/?k=user')).toBe(pathOf('$arg_k', '/?k=user1'));
    expect(pathOf('$uri', '/a?k=1')).toBe(pathOf('$request_uri', '/a'));
  });

  it('must not use a variable that nothing is known of', () => {
    const result = check(nginx.options, { algorithm: { hash: { key: '$request_body' } } });
    expect(result).toMatchObject({ ok: false, issues: [{ path: ['algorithm', 'hash', 'key'] }] });
  });
});
