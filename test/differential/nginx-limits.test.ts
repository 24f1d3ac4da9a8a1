import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { limitStories, replayLimits } from './nginx-limits.js';

/** What nginx 1.22.1 did; written by `nginx-limits.slow.test.ts` with RECORD=1. */
const recorded = JSON.parse(
  readFileSync(new URL('./nginx-limits.json', import.meta.url), 'utf8'),
) as readonly string[];

describe('the model delays and refuses as nginx did', () => {
  it.each(limitStories('430').map((story, index) => [story.name, story, recorded[index]!] as const))(
    'story %s',
    (_name, story, text) => {
      const log = text.split(' ');
      expect(replayLimits(story, log)).toEqual(log);
    },
  );
});
