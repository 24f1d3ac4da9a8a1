import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { mistakesOf } from './conservation.js';
import { written } from './laboratory.js';
import { experiments, models } from './worlds.js';

describe('conservation, in many worlds', () => {
  // Other worlds than those of the short test; the rarest mistake it found was in one of 2,500.
  test.prop([experiments, models, fc.integer({ min: 1, max: 1_000_000 })], { seed: 431, numRuns: 6000 })(
    'nothing is lost, counted twice or used beyond its limit, whatever happens',
    (experiment, model, seed) => {
      expect(mistakesOf(written({ ...experiment, seed }, model).variants[0]!.experiment)).toEqual([]);
    },
  );
});
