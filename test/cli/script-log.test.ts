import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConsole } from '../../src/cli/console.js';
import { execute } from '../../src/cli/execute.js';
import { diskFiles } from '../../src/cli/files.js';
import { loadExperiment } from '../../src/input/load.js';
import { directoryWith, SMALL_MODEL, sim } from './sim.js';

const EXPERIMENT = `title: a script that talks
model: model.yaml
seed: 7
replications: 2
load: { script: load.js, env: { USERS: 1 } }
`;

const SCRIPT = `import { sleep } from 'k6';
export const options = { vus: 1, duration: '4s', nope: 1 };
export default function () {
  console.warn('slow', __ITER);
  if (__ITER === 1) throw new Error('odd');
  console.log('same');
  sleep(0.1);
}
`;

let directory: ReturnType<typeof directoryWith>;

beforeEach(() => {
  directory = directoryWith({ 'e.yaml': EXPERIMENT, 'model.yaml': SMALL_MODEL, 'load.js': SCRIPT });
});
afterEach(() => directory.remove());

async function said(words: readonly string[] = [], experiment = 'e.yaml'): Promise<string[]> {
  const { error } = await sim([
    'run',
    directory.at(experiment),
    '-o',
    directory.at('out'),
    '--no-plots',
    ...words,
  ]);
  return error.trimEnd().split('\n');
}

describe('what the script of an experiment says', () => {
  it('is shown as k6 logs it, in virtual time: what it warns of, the console, exceptions', async () => {
    const lines = await said();
    expect(lines[0]).toBe(
      'time="2026-01-01T00:00:00Z" level=warning msg="There were unknown fields in the options exported in the script" error="json: unknown field \\"nope\\""',
    );
    expect(lines[1]).toBe('time="2026-01-01T00:00:00Z" level=warning msg="slow 0" source=console');
    expect(lines[2]).toBe('time="2026-01-01T00:00:00Z" level=info msg=same source=console');
    expect(lines[4]).toMatch(
      /level=error msg="Error: odd\\n\\tat default \(file:\/\/.*load\.js:5:\d+\)\\n" executor=constant-vus scenario=default source=stacktrace$/,
    );
  });

  it('is cut short: twenty lines, one text three times, and the rest is counted', async () => {
    const lines = await said();
    // A warning of k6's, twenty lines, the count.
    expect(lines).toHaveLength(22);
    expect(lines.filter((line) => line.includes('msg=same'))).toHaveLength(3);
    // In 4 s: 40 iterations of 0.1 s and one without a sleep, so 41 lines `slow` and 40 `same`, in each of two replications;
    // shown are 16 `slow`, 3 `same` and an exception.
    expect(lines.at(-1)).toBe('the script said 144 more (1 error, 77 info, 66 warning)');
  });

  it('names variant and replication where there are several', async () => {
    const quiet = SCRIPT.replace(/.*console\.log.*\n/, '').replace("console.warn('slow', __ITER);", '');
    const again = directoryWith({
      'e.yaml': `${EXPERIMENT}vary: { load.env.USERS: [1, 2] }\n`,
      'model.yaml': SMALL_MODEL,
      'load.js': quiet,
    });
    directory.remove();
    directory = again;
    const exceptions = (await said()).filter((line) => line.includes('odd'));
    const lines = exceptions.map((line) => line.match(/(?:replication|variant)=\S+/g)?.join(' '));
    expect(lines).toEqual(['variant="USERS=1"', 'replication=2 variant="USERS=1"', 'variant="USERS=2"']);
  });

  it.each([
    ['shown', 22],
    ['hidden', 0],
  ] as const)('is %s where whoever runs it wants that', async (scriptLog, count) => {
    let written = '';
    const output = { write: (text: string) => (written += text) };
    const surroundings = { stdout: output, stderr: output, env: {}, onInterrupt: () => () => {} };
    const context = { console: createConsole(surroundings), surroundings, version: '0', exitWith: () => {} };
    const loaded = loadExperiment(directory.at('e.yaml'), diskFiles);
    await execute(loaded, context, { progress: 'shown', scriptLog, replayCommand: 'sim run e.yaml' });
    // As `sim run` shows them: a warning, twenty lines, the count.
    expect(written.split('\n').filter((line) => line !== '')).toHaveLength(count);
  });

  it('is warnings and errors only with --quiet', async () => {
    const lines = await said(['--quiet']);
    expect(lines.filter((line) => line.includes('level=info'))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^the script said \d+ more \(1 error, \d+ warning\)$/);
  });
});
