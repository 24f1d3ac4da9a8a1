import { describe, expect, it } from 'vitest';
import { compareGolden, experimentFiles, findOrphans, type GoldenForm, nameOf } from './golden.js';

/** The experiments as they stand in their files. */
const COMPLETE: GoldenForm = { directory: 'complete', overrides: {}, choose: ({ variants }) => variants };

describe('golden results, complete', () => {
  it.each(experimentFiles.map((file) => [nameOf(file), file] as const))('%s', async (_name, file) => {
    const { now, recorded } = await compareGolden(file, COMPLETE);
    expect(now).toBe(recorded);
  });

  it('are all of experiments that exist', () => {
    expect(findOrphans(COMPLETE)).toEqual([]);
  });
});
