import { describe, expect, it } from 'vitest';
import { badInputs, realBadInput, simulatedBadInput, writeBadInputs } from './k6-bad-input.js';
import {
  combine,
  differences,
  findK6,
  type Observed,
  observeReal,
  observeSimulated,
  runProgram,
  scriptNames,
  writeRecord,
} from './k6-runs.js';
import { modelScripts } from './model-scripts.js';
import { ModelServer } from './model-server.js';
import { isRecording } from './nginx-live.js';

const k6 = findK6();
const PORT = 24_100;
const MODEL_PORT = 24_110;
/** As many say how far k6 differs from itself. */
const RUNS = 3;
const TEST_MS_MAX = 180_000;

describe.runIf(isRecording && k6 !== undefined)('k6', () => {
  it.each(scriptNames)('is recorded: %s', { timeout: TEST_MS_MAX }, async (name) => {
    const runs = await realRuns(name);
    writeRecord(name, combine(runs));
    expect(new Set(runs.map((run) => run.exitCode)).size).toBe(1);
  });
});

describe.runIf(!isRecording && k6 !== undefined)('a k6 script against the model of a fixed server', () => {
  it.each(scriptNames)('leaves what k6 leaves now: %s', { timeout: TEST_MS_MAX }, async (name) => {
    expect(differences(combine(await realRuns(name)), await observeSimulated(name))).toEqual([]);
  });
});

describe.runIf(isRecording && k6 !== undefined)('what k6 says of mistakes', () => {
  it('is recorded', { timeout: TEST_MS_MAX }, async () => {
    const said = [];
    for (const { script } of badInputs) said.push(await realBadInput(k6!, script));
    writeBadInputs(said);
    expect(said).toHaveLength(badInputs.length);
  });
});

describe.runIf(!isRecording && k6 !== undefined)('a script with a mistake', () => {
  it.each(badInputs)('is told as k6 tells it now: $script', { timeout: TEST_MS_MAX }, async ({ script }) => {
    expect(await simulatedBadInput(script)).toEqual(await realBadInput(k6!, script));
  });
});

/** Without a network the real k6 cannot import by URL. */
const local = modelScripts.filter(({ imports }) => !imports);

describe.runIf(k6 !== undefined)('a script of models/scripts', () => {
  it.each(local)('runs in the real k6: $name', { timeout: TEST_MS_MAX }, async (script) => {
    const server = new ModelServer(MODEL_PORT, script.model);
    await server.start();
    try {
      const base = `http://127.0.0.1:${MODEL_PORT}`;
      const words = ['run', '--quiet', '-e', `BASE_URL=${base}`, '-e', `KONG_URL=${base}`, ...script.words];
      // Times and the names of the instances are another server's: only checks are looked at.
      const ran = await runProgram(k6!, [...words, '--no-thresholds', script.file], '.');
      expect(ran.error).not.toContain('level=error');
      expect(ran.out).not.toContain('✗');
      expect(ran.code).toBe(0);
    } finally {
      await server.stop();
    }
  });
});

async function realRuns(name: string): Promise<Observed[]> {
  const runs: Observed[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await observeReal(k6!, name, PORT));
  return runs;
}
