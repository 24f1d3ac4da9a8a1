import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/model/exchange.js';
import { scriptWorld } from './script-world.js';

/** What a line of a script said in the real program. */
interface Recorded {
  readonly where: 'init' | 'vu';
  readonly name: string;
  readonly code: string;
  readonly said: string;
}

const { texts } = JSON.parse(readFileSync(new URL('k6-texts.json', import.meta.url), 'utf8')) as {
  readonly texts: readonly Recorded[];
};

/** All lines in one script, as they were recorded. */
function said(): Set<string> {
  const lines = (where: string) =>
    texts
      .filter((text) => text.where === where)
      .map(({ name, code }) => `t(${JSON.stringify(name)}, ${code});`)
      .join('\n');
  const logs = new Set<string>();
  const world = scriptWorld({
    script: `
      import http from 'k6/http';
      import { check, group, sleep, fail, randomSeed } from 'k6';
      import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
      import exec from 'k6/execution';
      import { SharedArray } from 'k6/data';
      import encoding from 'k6/encoding';
      import crypto from 'k6/crypto';
      import html from 'k6/html';
      function t(n, f) { try { console.log(n, '=>', f()); } catch (e) { console.log(n, '!!', String(e)); } }
      ${lines('init')}
      const data = new SharedArray('d', () => [{ a: 1 }]);
      const T = new Trend('tt'); const G = new Gauge('gg');
      export default function () {
        const U = 'http://127.0.0.1:21002/';
        const r = http.get(U);
        ${lines('vu')}
      }`,
    behave: () => (exchange: Exchange) => {
      exchange.servedBy = 0;
      exchange.answer(200, 200);
    },
    run: { log: ({ text }) => logs.add(text) },
  });
  world.simulation.run();
  return logs;
}

describe('what k6 v1.8.1 says to', () => {
  const logs = said();

  it.each(texts)('$where: $name', ({ said: want }) => {
    expect([...logs].filter((line) => line === want)).toEqual([want]);
  });
});
