import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { judge, judgePoints } from './judge.js';
import type { Recording } from './recording.js';
import { cases } from './scripts.js';

describe.each(cases)('of the samples of "$name", as k6 v1.8.1 had them', (item) => {
  const file = new URL(`./recorded/${item.name.replaceAll(' ', '-')}.json`, import.meta.url);
  const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;

  it('come its data, its text and its exported summary', () => judge(item, recording));
  it('come its CSV rows and the definitions of its JSON points', () => judgePoints(item, recording));
});
