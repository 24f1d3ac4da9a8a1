import { describe, expect, it } from 'vitest';
import { bytes, check, duration, probability, record } from '../../src/options/fields.js';

describe('a mistake', () => {
  it.each([
    ['duration', duration(), 'a duration like 250ms, 60s or 1m30s'],
    ['size', bytes(), 'a size like 2100, 64k or 512m'],
    ['probability', probability(), 'a probability like 0.02 or 2%'],
  ])('a missing %s is told as what is expected there', (_, field, expected) => {
    const result = check(record({ value: field }), {});
    expect(result.ok ? [] : result.issues).toEqual([
      { path: ['value'], message: JSON.stringify({ got: 'nothing', expected }) },
    ]);
  });
});
