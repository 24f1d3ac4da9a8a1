import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasK6 } from '../report/k6/live.js';

interface Recorded {
  readonly options: string;
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
  readonly config?: unknown;
  readonly exitCode: number;
  readonly log: readonly string[];
  readonly requirements?: unknown;
  readonly script?: unknown;
}

const file = new URL('./k6-options.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];
const PROGRAM = process.env.K6 ?? 'k6';

/** The recordings are what k6 on this machine says. */
describe.runIf(hasK6())('k6 itself', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'k6-options-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(recorded.map((item) => [`${item.options} ${item.args ?? ''}`, item] as const))('%s', (_, item) => {
    const script = `export const options = ${item.options};\nexport default function () {}\nexport function other() {}\n`;
    writeFileSync(join(folder, 'script.js'), script);
    const inspect = ['inspect', '--execution-requirements'];
    const words =
      item.args === undefined
        ? inspect
        : ['run', '--no-usage-report', '--quiet', '--address', '', ...item.args];
    if (item.config !== undefined) {
      writeFileSync(join(folder, 'config.json'), JSON.stringify(item.config));
      words.push('--config', 'config.json');
    }
    const env = { PATH: process.env.PATH, HOME: folder, ...item.env };
    const { stdout, stderr, status } = spawnSync(PROGRAM, [...words, 'script.js'], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 20_000,
    });
    const load = `could not initialize 'script.js': could not load JS test 'file://${folder}/script.js': `;
    const log = stderr.split('\n').filter((line) => line !== '');
    expect(status).toBe(item.exitCode);
    expect(log.map((line) => line.replace(/^time="[^"]*" /, '').replace(load, 'LOAD: '))).toEqual(item.log);
    if (item.requirements !== undefined) expect(JSON.parse(stdout)).toEqual(item.requirements);
  });
});
