import { describe, expect, it } from 'vitest';
import { differences, observeSimulated, recordedRuns, scriptNames } from './k6-runs.js';

describe('a k6 script against the model of a server with fixed delays', () => {
  it.each(scriptNames)('leaves what the real k6 left: %s', async (name) => {
    expect(differences(recordedRuns(name), await observeSimulated(name))).toEqual([]);
  });
});
