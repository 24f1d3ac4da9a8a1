import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { directoryWith, sim } from '../cli/sim.js';

/**
 * Calls of k6-utils 1.4.0, papaparse 5.1.1 and k6-summary 0.1.0, and what they said in the real k6 v1.8.1 with the library's own texts
 * (imported from files beside the script).
 */
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'k6-jslib.json'), 'utf8')) as {
  readonly script: string;
  readonly log: readonly string[];
  readonly stdout: string;
};

let directory: ReturnType<typeof directoryWith>;

beforeEach(() => {
  directory = directoryWith({ 'script.js': recorded.script });
});
afterEach(() => directory.remove());

it('what stands for jslib.k6.io answers as the library itself does in the real k6', async () => {
  const model = join(import.meta.dirname, 'k6-model.yaml');
  const ran = await sim(['k6', 'run', '-q', directory.at('script.js'), '--model', model]);
  const lines = ran.error.trimEnd().split('\n');
  expect(lines.map((line) => line.replace(/^time="[^"]*" /, ''))).toEqual(recorded.log);
  expect(ran.out).toBe(recorded.stdout);
});
