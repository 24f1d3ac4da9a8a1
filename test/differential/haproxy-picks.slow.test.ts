import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasHaproxy } from './haproxy-live.js';
import { ModelTarget } from './haproxy-model.js';
import { play, type Scenario } from './haproxy-scenario.js';
import { RECORDED_SEED, scenarios, storyOf } from './haproxy-scenarios.js';
import { LiveTarget } from './haproxy-story.js';

const PORT = 21_000;
/** Ports per story: the proxy and twelve hosts. */
const PORTS_PER_STORY = 20;
/** Stories played at a time. */
const LANES = 6;

const isRecording = process.env.RECORD === '1';
const seed = isRecording
  ? RECORDED_SEED
  : (process.env.DIFFERENTIAL_SEED ?? String(Math.floor(Math.random() * 1e9)));
const only = process.env.DIFFERENTIAL_ONLY?.split(',');

describe.runIf(hasHaproxy())('the model picks what HAProxy on this machine picks', () => {
  it(`in every scenario of DIFFERENTIAL_SEED=${seed}`, async () => {
    console.info(`DIFFERENTIAL_SEED=${seed}`);
    const recorded: Record<string, string> = {};
    const differences: string[] = [];
    const list = scenarios(seed).filter(({ name }) => only?.includes(name) ?? true);
    const waiting = [...list];
    await Promise.all(
      Array.from({ length: LANES }, async (_, lane) => {
        for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
          const port = PORT + lane * PORTS_PER_STORY;
          const model = await play(scenario, storyOf(seed, scenario), new ModelTarget(scenario));
          let shown = await playLive(scenario, port);
          // A difference must show twice: a machine that is busy may let a connection time out.
          if (differenceOf(shown, model) !== undefined) shown = await playLive(scenario, port);
          recorded[scenario.name] = shown.join(' ');
          const difference = differenceOf(shown, model);
          if (difference !== undefined) differences.push(`${JSON.stringify(scenario)} ${difference}`);
        }
      }),
    );
    if (isRecording) {
      const sorted = Object.fromEntries(list.map(({ name }) => [name, recorded[name]!]));
      writeFileSync(new URL('./haproxy-picks.json', import.meta.url), `${JSON.stringify(sorted, null, 1)}\n`);
    }
    expect(differences, `DIFFERENTIAL_SEED=${seed}`).toEqual([]);
  });
});

/** The first action that shows something else, and what came before it. */
function differenceOf(shown: readonly string[], model: readonly string[]): string | undefined {
  const first = shown.findIndex((text, index) => text !== model[index]);
  if (first < 0) return undefined;
  const before = shown.slice(Math.max(0, first - 8), first).join(' ');
  return `at ${first} after ${before}: HAProxy ${shown[first]}, model ${model[first]}`;
}

async function playLive(scenario: Scenario, port: number): Promise<string[]> {
  const target = new LiveTarget(scenario, port);
  try {
    await target.start();
    return await play(scenario, storyOf(seed, scenario), target);
  } finally {
    await target.stop();
  }
}
