import { describe, expect, it } from 'vitest';
import { compareGolden, experimentFiles, findOrphans, type GoldenForm, nameOf } from './golden.js';

/** One replication of the first and the last variant: whatever changes shows, and nobody waits. */
const SHORT: GoldenForm = {
  directory: 'short',
  overrides: { replications: 1 },
  choose: ({ variants }) => variants.filter((_, index) => index === 0 || index === variants.length - 1),
};

describe('golden results, in short', () => {
  it.each(experimentFiles.map((file) => [nameOf(file), file] as const))('%s', async (_name, file) => {
    const { now, recorded } = await compareGolden(file, SHORT);
    expect(now).toBe(recorded);
  });

  it('are all of experiments that exist', () => {
    expect(findOrphans(SHORT)).toEqual([]);
  });
});
