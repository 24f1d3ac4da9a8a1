import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasNginx, inParallel, isRecording, seed } from './nginx-live.js';
import { stories } from './nginx-stories.js';
import { play, type Shown, type Story } from './nginx-story.js';
import { playLive } from './nginx-story-live.js';
import { ModelDriver } from './nginx-story-model.js';

/** Of which those on the clock wait most of the time. */
const AT_A_TIME = 10;

describe.runIf(hasNginx())('nginx on this machine', () => {
  it(`picks, retries and answers as the model does (seed ${seed})`, async () => {
    // The longest first.
    const told = stories(seed).sort((a, b) => Number(b.timed) - Number(a.timed));
    const shown = await inParallel(told, AT_A_TIME, playLive);
    if (isRecording) record(told, shown);
    const differences: string[] = [];
    for (const [index, story] of told.entries()) {
      const real = shown[index]!;
      const model = await play(story, new ModelDriver(story, real.seconds));
      const first = real.endings.findIndex((ending, action) => ending !== model.endings[action]);
      if (first < 0) continue;
      const action = JSON.stringify(story.actions[first]);
      differences.push(
        `story ${story.name}, action ${first} ${action}: nginx ${real.endings[first]}, model ${model.endings[first]}`,
      );
    }
    expect(differences).toEqual([]);
  });
});

function record(told: readonly Story[], shown: readonly Shown[]): void {
  const texts = told.map(({ name }, index) => {
    const { endings, seconds } = shown[index]!;
    return [name, [endings.join(','), ...(seconds.length === 0 ? [] : [seconds.join(',')])].join(' ')];
  });
  const text = JSON.stringify(Object.fromEntries(texts), null, 1);
  writeFileSync(new URL('./nginx-stories.json', import.meta.url), `${text}\n`);
}
