import { fc, test as property } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { compareNames } from '../../../src/report/k6/collation.js';
import { utcSeconds } from '../../../src/report/k6/utc.js';

const RUNS = { seed: 430, numRuns: 1000 };

describe('names', () => {
  const name = fc.string({
    unit: fc.constantFrom(...'abzABZ019_-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$ éàÉ日'),
    maxLength: 6,
  });

  property.prop([name, name], RUNS)('are ordered as Unicode orders them', (left, right) => {
    // What k6 has built in; this one test depends on the engine's data.
    expect(Math.sign(compareNames(left, right))).toBe(Math.sign(left.localeCompare(right, 'en')));
  });
});

describe('seconds', () => {
  property.prop([fc.integer({ min: -62_135_596_800, max: 253_402_300_799 })], RUNS)(
    'are dates of any year',
    (seconds) => {
      expect(`${utcSeconds(seconds)}.000Z`).toBe(new Date(seconds * 1000).toISOString());
    },
  );
});
