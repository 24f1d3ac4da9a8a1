import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { hasK6, hasTerminal, LiveServer, runCase } from './live.js';
import { recordingOf, shorten } from './recording.js';
import { cases } from './scripts.js';

const FOLDER = new URL('./recorded/', import.meta.url);

describe.runIf(hasK6())('what k6 on this machine writes', () => {
  const server = new LiveServer(22010);
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it.each(cases.filter(({ terminal }) => terminal !== true || hasTerminal()))('$name', async (item) => {
    const run = await runCase(item, server.base);
    const recording = recordingOf(run);
    if (process.env.RECORD === '1') {
      mkdirSync(FOLDER, { recursive: true });
      const name = item.name.replaceAll(' ', '-');
      if (process.env.RAW) writeFileSync(`/tmp/k6runs/${name}.json`, JSON.stringify(run));
      writeFileSync(new URL(`${name}.json`, FOLDER), `${JSON.stringify(shorten(recording))}\n`);
    }
  });
});
