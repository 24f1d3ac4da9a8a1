import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskFiles } from '../../src/cli/files.js';
import { runExperiment } from '../../src/experiment/run.js';
import { InputError } from '../../src/input/error.js';
import { loadExperiment } from '../../src/input/load.js';
import { directoryWith, SMALL_MODEL } from '../cli/sim.js';

const EXPERIMENT = `title: a script
model: model.yaml
seed: 7
replications: 2
load: { script: load.js, env: { USERS: 2 } }
thresholds: { basket_size: ['avg<10'], 'http_req_duration{kind:read}': ['p(95)<900'] }
`;

const SCRIPT = `import http from 'k6/http';
import { sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { pause } from './lib.js';
const basket = new Trend('basket_size');
export const options = {
  scenarios: { read: { executor: 'constant-vus', vus: Number(__ENV.USERS), duration: '4s', tags: { kind: 'read' } } },
  thresholds: { http_req_failed: ['rate<0.01'] },
};
export function setup() { sleep(1); return { size: 3 }; }
export default function (data) { http.get('http://localhost:8000/x'); basket.add(data.size); sleep(pause); }
`;

let directory: ReturnType<typeof directoryWith>;

function write(files: Record<string, string> = {}) {
  directory?.remove();
  directory = directoryWith({
    'e.yaml': EXPERIMENT,
    'model.yaml': SMALL_MODEL,
    'load.js': SCRIPT,
    'lib.js': 'export const pause = 0.1;\n',
    ...files,
  });
}

beforeEach(() => write());
afterEach(() => directory.remove());

function load() {
  return loadExperiment(directory.at('e.yaml'), diskFiles);
}

function run(loaded = load()) {
  return runExperiment(loaded, { version: 'test', replayCommand: 'none' });
}

describe('load: { script: ... }', () => {
  it('runs the script with replications, its own metrics and thresholds beside the experiment’s', async () => {
    const result = await run();
    const [variant] = result.variants;
    expect(variant!.replications).toBe(2);
    expect(variant!.runs[0]!.fingerprint).not.toBe(variant!.runs[1]!.fingerprint);
    expect(variant!.metrics.basket_size).toMatchObject({ avg: 3 });
    expect(Object.keys(variant!.thresholds).sort()).toEqual([
      'basket_size',
      'http_req_duration{kind:read}',
      'http_req_failed',
    ]);
    expect(variant!.thresholds['http_req_duration{kind:read}']!['p(95)<900']!.value).toBeGreaterThan(0);
    // One second of setup(), four of the scenario, and up to one iteration.
    expect(variant!.durationSeconds).toBeGreaterThan(5);
    expect(variant!.durationSeconds).toBeLessThan(5.5);
    expect((await run()).variants[0]!.fingerprint).toBe(variant!.fingerprint);
  });

  it('varies its environment', async () => {
    write({ 'e.yaml': `${EXPERIMENT}vary: { load.env.USERS: [1, 4] }\n` });
    const [one, four] = (await run()).variants;
    expect([one!.label, four!.label]).toEqual(['USERS=1', 'USERS=4']);
    expect(four!.metrics.http_reqs!.count! / one!.metrics.http_reqs!.count!).toBeCloseTo(4, 0);
  });

  it('hashes the script, its modules and what they open', () => {
    const before = load().inputsHash;
    expect(load().inputsHash).toBe(before);
    write({ 'lib.js': 'export const pause = 0.2;\n' });
    const changed = load().inputsHash;
    expect(changed).not.toBe(before);
    const opening = `${SCRIPT}const text = open('./data.txt');\n`;
    write({ 'load.js': opening, 'data.txt': 'a' });
    const opened = load().inputsHash;
    write({ 'load.js': opening, 'data.txt': 'b' });
    expect(load().inputsHash).not.toBe(opened);
  });

  it('tells mistakes where they are in the script', () => {
    write({ 'load.js': SCRIPT.replace('return { size: 3 }', 'return ( size') });
    expect(mistakesOf(load)).toEqual(['load.js:10:50 Unexpected token ;']);
    write({ 'lib.js': '\nundefinedName.x;\n' });
    expect(mistakesOf(load)).toEqual(['lib.js:2:1 ReferenceError: undefinedName is not defined']);
    write({ 'load.js': SCRIPT.replace("'rate<0.01'", "'rat<0.01'") });
    expect(mistakesOf(load)[0]).toMatch(/^e\.yaml:5:17 /);
    write({ 'e.yaml': EXPERIMENT.replace('load.js', 'no.js') });
    expect(mistakesOf(load)[0]).toMatch(/^e\.yaml:5:17 The moduleSpecifier/);
  });

  it('tells an exception of setup() as one of the script', async () => {
    write({ 'load.js': SCRIPT.replace('sleep(1);', "throw new Error('no');") });
    await expect(run()).rejects.toThrow(InputError);
  });
});

function mistakesOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.mistakes.map(
      ({ file, line, column, got }) => `${file.split('/').at(-1)}:${line}:${column} ${got}`,
    );
  }
  return [];
}
