import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sim } from '../cli/sim.js';
import { runProgram } from './k6-runs.js';

/** A script that k6 refuses, warns of, or ends early, and what it says; `recorded by test/differential/k6-runs.slow.test.ts`. */
export interface BadInput {
  readonly script: string;
  readonly exitCode: number;
  readonly log: readonly string[];
}

const RECORDS = join(import.meta.dirname, 'k6-bad-input.json');
/** What the scripts import. */
const BESIDE = { 'lib.js': 'export const a = 1;\n', 'bad.js': 'export const = 5;\n' };

/** Scripts with what the real k6 said of each. */
export const badInputs = JSON.parse(readFileSync(RECORDS, 'utf8')) as readonly BadInput[];

export function writeBadInputs(inputs: readonly BadInput[]): void {
  writeFileSync(RECORDS, `${JSON.stringify(inputs, null, 1)}\n`);
}

/** What our own says of a script. */
export function simulatedBadInput(script: string): Promise<BadInput> {
  return inFolder(script, (folder) =>
    sim([
      'k6',
      'run',
      '-q',
      join(folder, 'script.js'),
      '--model',
      join(import.meta.dirname, 'k6-model.yaml'),
    ]),
  );
}

/** What the real k6 says of it. */
export function realBadInput(k6: string, script: string): Promise<BadInput> {
  return inFolder(script, (folder) => runProgram(k6, ['run', '-q', '--address', '', 'script.js'], folder));
}

async function inFolder(
  script: string,
  run: (folder: string) => Promise<{ readonly code: number; readonly error: string }>,
): Promise<BadInput> {
  const folder = mkdtempSync(join(tmpdir(), 'k6-'));
  try {
    for (const [name, text] of Object.entries({ ...BESIDE, 'script.js': script })) {
      writeFileSync(join(folder, name), text);
    }
    const { code, error } = await run(folder);
    const lines = error.split('\n').filter((line) => line !== '');
    return { script, exitCode: code, log: lines.map((line) => masked(line, folder)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without time, folder, sobek's program counters, and how many more mistakes its parser found after the first. */
function masked(line: string, folder: string): string {
  return line
    .replace(/^time="[^"]*" /, '')
    .replace(/(:\d+:\d+)\(\d+\)/g, '$1')
    .replace(/ \(and \d+ more errors\)/, '')
    .replaceAll(`file://${folder}/`, 'file:///')
    .replaceAll(`${folder}/`, '/')
    .replaceAll(folder, '');
}
