import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stories } from './nginx-stories.js';
import { play } from './nginx-story.js';
import { ModelDriver } from './nginx-story-model.js';

/** What nginx 1.22.1 did, by story; written by `nginx-stories.slow.test.ts` with RECORD=1. */
const recorded = JSON.parse(
  readFileSync(new URL('./nginx-stories.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

describe('the model picks, retries and answers as nginx did', () => {
  it.each(stories('430').map((story) => [story.name, story] as const))('story %s', async (name, story) => {
    const [endings = '', seconds] = recorded[name]!.split(' ');
    const driver = new ModelDriver(story, seconds?.split(',').map(Number));
    expect((await play(story, driver)).endings.join(',')).toBe(endings);
  });
});
