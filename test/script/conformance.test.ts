import { describe, expect, it } from 'vitest';
import { compiled, native } from './conformance-runs.js';
import { SNIPPETS } from './conformance-snippets.js';

describe('compiled, a script gives what it gives as it is', () => {
  it.each(Object.keys(SNIPPETS))('%s', (name) => {
    expect(compiled(SNIPPETS[name]!)).toBe(native(SNIPPETS[name]!));
  });
});
