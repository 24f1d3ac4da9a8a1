import { describe, expect, it } from 'vitest';
import {
  combine,
  findK6,
  isRecorded,
  type Observed,
  observeReal,
  recordedRuns,
  scriptNames,
  writeRecord,
} from './k6-runs.js';
import { isRecording } from './nginx-live.js';

const k6 = findK6();
const PORT = 24_100;
/** As many say how far k6 differs from itself. */
const RUNS = 3;
const TEST_MS_MAX = 120_000;
const only = process.env.ONLY?.split(',');
const names = only === undefined ? scriptNames : scriptNames.filter((name) => only.includes(name));

describe.runIf(isRecording && k6 !== undefined)('k6', () => {
  it.each(names)('is recorded: %s', { timeout: TEST_MS_MAX }, async (name) => {
    const runs: Observed[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await observeReal(k6!, name, PORT));
    writeRecord(name, combine(runs));
    expect(isRecorded(name)).toBe(true);
    expect(recordedRuns(name).exitCode).toBe(runs[0]!.exitCode);
  });
});
