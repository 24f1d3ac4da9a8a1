import { describe, expect, it } from 'vitest';
import { compareGolden, experimentFiles, findOrphans, type GoldenForm, nameOf } from './golden.js';

/** The experiments as they stand in their files. */
const COMPLETE: GoldenForm = { directory: 'complete', overrides: {}, choose: ({ variants }) => variants };

/** How many test files share the experiments: as many as run at once where there are two cores. */
const PARTS = 2;

/** Every second experiment, from the one with that index. */
export function describeComplete(part: number): void {
  const files = experimentFiles.filter((_, index) => index % PARTS === part);
  describe(`golden results, complete, part ${part + 1} of ${PARTS}`, () => {
    it.each(files.map((file) => [nameOf(file), file] as const))('%s', async (_name, file) => {
      const { now, recorded } = await compareGolden(file, COMPLETE);
      expect(now).toBe(recorded);
    });

    it('are all of experiments that exist', () => {
      expect(findOrphans(COMPLETE)).toEqual([]);
    });
  });
}
