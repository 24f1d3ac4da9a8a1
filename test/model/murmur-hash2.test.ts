import { describe, expect, it } from 'vitest';
import { murmurHash2 } from '../../src/model/murmur-hash2.js';

describe('murmurHash2', () => {
  // envoyproxy/envoy test/common/common/hash_test.cc, TEST(Hash, murmurHash2)
  it.each([
    ['', 6142509188972423790n],
    ['foo', 9631199822919835226n],
    ['bar', 11474628671133349555n],
    ['foo\nbar', 16306510975912980159n],
    ['lyft', 12847078931730529320n],
  ])('of %j is what Envoy has', (text, hash) => {
    expect(murmurHash2(text)).toBe(hash);
  });
});
