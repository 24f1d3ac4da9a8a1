import { describe, expect, it } from 'vitest';
import { badInputs, simulatedBadInput } from './k6-bad-input.js';

describe('a script with a mistake', () => {
  it.each(badInputs)('is told as the real k6 tells it: $script', async (recorded) => {
    expect(await simulatedBadInput(recorded.script)).toEqual(recorded);
  });
});
