import { describe, expect, it } from 'vitest';
import { plainSubject } from '../../../../src/model/balancer.js';
import { HashPolicy, hashPolicyField } from '../../../../src/model/products/envoy/hash-policy.js';
import { hash64Of, modulo } from '../../../../src/model/products/envoy/hash64.js';
import { xxHash64 } from '../../../../src/model/xx-hash64.js';
import { check, list } from '../../../../src/options/fields.js';

function policy(entries: readonly unknown[]): HashPolicy {
  const checked = check(list(hashPolicyField()), entries);
  if (!checked.ok) throw new Error(JSON.stringify(checked.issues));
  return new HashPolicy(checked.value);
}

const header = { header: { header_name: 'X-User' } };
const cookie = { cookie: { name: 'session' } };
const address = { connection_properties: { source_ip: true } };
const parameter = { query_parameter: { name: 'user' } };

describe('a hash policy (source/common/http/hash_policy.cc)', () => {
  it.each([
    ['a header', header, { headers: { 'x-user': 'lyft' } }, 'lyft'],
    ['an empty header', header, { headers: { 'x-user': '' } }, ''],
    ['a cookie', cookie, { headers: { Cookie: 'a=b; session="lyft"; c=d' } }, 'lyft'],
    ['the client address', address, { clientAddress: '10.0.0.1' }, '10.0.0.1'],
    ['a query parameter', parameter, { path: '/x?a=1&user=lyft&user=foo' }, 'lyft'],
    ['a parameter without a value', parameter, { path: '/x?user' }, ''],
  ])('hashes %s', (_, entry, subject, hashed) => {
    expect(policy([entry]).hash(plainSubject(subject))).toEqual(hash64Of(xxHash64(hashed)));
  });

  it.each([
    ['header', header],
    ['cookie', cookie],
    ['query parameter', parameter],
  ])('gives nothing without the %s, and with no policy at all', (_, entry) => {
    expect(policy([entry]).hash(plainSubject({ path: '/x?users=1' }))).toBeUndefined();
    expect(policy([]).hash(plainSubject({}))).toBeUndefined();
  });

  it('gives a client without the cookie one of its own where it has a ttl', () => {
    const given = policy([{ cookie: { name: 'session', ttl: '0s' } }]);
    expect(given.hash(plainSubject({ clientAddress: '10.0.0.1' }))).toEqual(hash64Of(xxHash64('10.0.0.1')));
  });

  it('rotates what it has by one before it adds the next, unless that one is terminal', () => {
    const subject = plainSubject({ headers: { 'x-user': 'foo', cookie: 'session=bar' } });
    const [foo, bar] = [xxHash64('foo'), xxHash64('bar')];
    const rotated = BigInt.asUintN(64, foo << 1n) | (foo >> 63n);
    expect(policy([header, cookie]).hash(subject)).toEqual(hash64Of(rotated ^ bar));
    expect(policy([{ ...header, terminal: true }, cookie]).hash(subject)).toEqual(hash64Of(foo));
    expect(policy([{ ...parameter, terminal: true }, cookie]).hash(subject)).toEqual(hash64Of(bar));
  });

  it('is of one kind', () => {
    expect(check(hashPolicyField(), { ...header, ...cookie }).ok).toBe(false);
    expect(check(hashPolicyField(), {}).ok).toBe(false);
  });
});

describe('a 64-bit number in two words', () => {
  it.each([3, 100, 65_537, 5_000_011, 2 ** 26])('has the exact remainder by %d', (divisor) => {
    for (const value of [0n, 1n, 0xffff_ffffn, 0x1_0000_0000n, 0xffff_ffff_ffff_ffffn, xxHash64('foo')]) {
      expect(modulo(hash64Of(value), divisor)).toBe(Number(value % BigInt(divisor)));
    }
  });
});
