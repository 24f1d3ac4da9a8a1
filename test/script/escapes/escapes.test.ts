import { describe, expect, it } from 'vitest';
import { ATTEMPTS } from './attempts.js';
import { attempt } from './probe.js';

/** What an attempt that has come out would touch. */
const witness = { touched: false };
(globalThis as { witness?: object }).witness = witness;

describe('no attempt comes out of the realm', () => {
  it.each(Object.keys(ATTEMPTS))('%s', (name) => {
    witness.touched = false;
    const logs = attempt(ATTEMPTS[name]!);
    expect(logs.filter((line) => line.includes('FOREIGN'))).toEqual([]);
    expect(witness.touched).toBe(false);
    expect(logs.some((line) => line.endsWith(' ran') || line === 'refused' || line.startsWith('error'))).toBe(
      true,
    );
    expect(({} as { witness?: unknown }).witness).toBeUndefined();
  });

  it('in more than sixty ways', () => {
    expect(Object.keys(ATTEMPTS).length).toBeGreaterThanOrEqual(60);
  });
});
