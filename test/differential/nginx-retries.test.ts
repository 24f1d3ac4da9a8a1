import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { playModel, retryScenarios } from './nginx-retries.js';

/** What nginx 1.22.1 did; written by `nginx-retries.slow.test.ts` with RECORD=1. */
const recorded = JSON.parse(readFileSync(new URL('./nginx-retries.json', import.meta.url), 'utf8')) as Record<
  string,
  string[]
>;

describe('the model retries and answers as nginx did', () => {
  it.each(retryScenarios().map((scenario) => [scenario.name, scenario] as const))(
    'scenario %s',
    (name, scenario) => {
      expect(playModel(scenario)).toEqual(recorded[name]);
    },
  );
});
