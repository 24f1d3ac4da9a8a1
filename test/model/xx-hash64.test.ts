import { describe, expect, it } from 'vitest';
import { xxHash64 } from '../../src/model/xx-hash64.js';

describe('xxHash64', () => {
  // envoyproxy/envoy test/common/common/hash_test.cc, TEST(Hash, xxHash)
  it.each([
    ['', 17241709254077376921n],
    ['foo', 3728699739546630719n],
    ['bar', 5234164152756840025n],
    ['foo\nbar', 8917841378505826757n],
    ['lyft', 4400747396090729504n],
  ])('of %j is what Envoy has', (text, hash) => {
    expect(xxHash64(text)).toBe(hash);
  });

  // cespare/xxhash xxhash_test.go: texts of 0 to more than 32 bytes, and seeds
  it.each([
    ['a', 0n, 0xd24ec4f1a98c6e5bn],
    ['as', 0n, 0x1c330fb2d66be179n],
    ['asd', 0n, 0x631c37ce72a97393n],
    ['asdf', 0n, 0x415872f599cea71en],
    [
      // Exactly 63 characters, so that the whole tail is walked.
      'Call me Ishmael. Some years ago--never mind how long precisely-',
      0n,
      0x02a2e85470d6fd96n,
    ],
    ['', 123n, 0xe0db84de91f3e198n],
  ])('of %j with seed %d is what others have', (text, seed, hash) => {
    expect(xxHash64(text, seed)).toBe(hash);
  });

  // xxHash 0.8.4 itself, through python-xxhash 4.1.0
  it.each([
    ['abc', 123n, 3310434429493576889n],
    ['127.0.0.1:8001', 1n, 2036422766174617988n],
    ['Call me Ishmael. Some years ago--never mind how long precisely-', 123n, 9324392591507202971n],
    ['x'.repeat(100), 1n, 11707929735834287534n],
  ])('of %j with seed %d is what the library has', (text, seed, hash) => {
    expect(xxHash64(text, seed)).toBe(hash);
  });

  it('chains over several texts by their hashes as seeds, as Envoy hashes the values of a header', () => {
    // TEST(Hash, xxHashWithVector)
    expect(xxHash64('bar', xxHash64('foo'))).toBe(17745830980996999794n);
  });
});
