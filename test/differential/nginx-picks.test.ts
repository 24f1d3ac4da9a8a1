import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { playModel, type Shown } from './nginx-scenario.js';
import { scenarios } from './nginx-scenarios.js';

/** What nginx 1.22.1 did; written by `nginx-picks.slow.test.ts` with RECORD=1. */
const recorded = JSON.parse(readFileSync(new URL('./nginx-picks.json', import.meta.url), 'utf8')) as Record<
  string,
  Shown
>;

describe('the model picks what nginx picked', () => {
  it.each(scenarios().map((scenario) => [scenario.name, scenario] as const))(
    'scenario %s',
    (name, scenario) => {
      const { shown, seconds } = recorded[name]!;
      expect(playModel(scenario, seconds)).toEqual(shown);
    },
  );
});
