import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judge, judgePoints, writtenPoints } from './judge.js';
import { hasK6, hasTerminal, LiveServer, runCase } from './live.js';
import { recordingOf, shorten } from './recording.js';
import { cases } from './scripts.js';

const FOLDER = new URL('./recorded/', import.meta.url);

/** With RECORD=1 the recordings of the quick test are written anew. */
describe.runIf(hasK6())('what k6 on this machine writes, we write of the same samples', () => {
  const server = new LiveServer(22010);
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it.each(cases.filter(({ terminal }) => terminal !== true || hasTerminal()))('$name', async (item) => {
    const run = await runCase(item, server.base);
    const recording = recordingOf(run);
    if (process.env.RECORD === '1') {
      mkdirSync(FOLDER, { recursive: true });
      const file = new URL(`${item.name.replaceAll(' ', '-')}.json`, FOLDER);
      writeFileSync(file, `${JSON.stringify(shorten(recording))}\n`);
    }
    judge(item, recording);
    judgePoints(item, recording);
    const { json } = writtenPoints(item, recording);
    expect(json.filter(isPoint)).toEqual(
      run.points
        .split(/(?<=\n)/)
        .filter(isPoint)
        .map(sortedMetadata),
    );
  });
});

function isPoint(line: string): boolean {
  return line.includes('"type":"Point"');
}

/** k6 leaves the order of the two to chance. */
function sortedMetadata(line: string): string {
  return line.replace(/\{("vu":"\d+"),("iter":"\d+")\}/, '{$2,$1}');
}
