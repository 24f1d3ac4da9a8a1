import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasNginx } from './nginx-live.js';
import { playModel, type Shown } from './nginx-scenario.js';
import { scenarios } from './nginx-scenarios.js';
import { LiveStory } from './nginx-story.js';

describe.runIf(hasNginx())('the model picks what nginx on this machine picks', () => {
  it('in every scenario', async () => {
    const recorded: Record<string, Shown> = {};
    const differences: string[] = [];
    for (const scenario of scenarios()) {
      const { shown, seconds } = await new LiveStory(scenario).run();
      recorded[scenario.name] = { shown, seconds };
      const model = playModel(scenario, seconds);
      if (JSON.stringify(model) !== JSON.stringify(shown)) {
        const first = shown.findIndex((text, index) => text !== model[index]);
        differences.push(`${scenario.name} at ${first}: nginx ${shown[first]}, model ${model[first]}`);
      }
    }
    if (process.env.RECORD === '1') {
      writeFileSync(new URL('./nginx-picks.json', import.meta.url), `${JSON.stringify(recorded, null, 1)}\n`);
    }
    expect(differences).toEqual([]);
  });
});
