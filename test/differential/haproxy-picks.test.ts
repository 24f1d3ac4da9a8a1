import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelTarget } from './haproxy-model.js';
import { play } from './haproxy-scenario.js';
import { RECORDED_SEED, scenarios, storyOf } from './haproxy-scenarios.js';

/** What HAProxy 2.6.12 did, a text per action; written by `haproxy-picks.slow.test.ts` with RECORD=1. */
const recorded = JSON.parse(readFileSync(new URL('./haproxy-picks.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;

describe('the model picks what HAProxy picked', () => {
  it.each(scenarios(RECORDED_SEED).map((scenario) => [scenario.name, scenario] as const))(
    'scenario %s',
    async (name, scenario) => {
      const shown = await play(scenario, storyOf(RECORDED_SEED, scenario), new ModelTarget(scenario));
      expect(shown.join(' ')).toEqual(recorded[name]);
    },
  );
});
