import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExperiment } from '../../src/experiment/run.js';
import { EXPERIMENT, MODEL } from './determinism-story.js';
import { written } from './laboratory.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What runs in another process: the code as it is compiled, without a test framework around it. */
const CHILD = `
import { readFileSync } from 'node:fs';
import { runExperiment } from './experiment/run.js';
import { loadExperiment } from './input/load.js';
import { memoryFiles } from './input/source.js';
const files = memoryFiles(JSON.parse(readFileSync(0, 'utf8')));
const result = await runExperiment(loadExperiment('e.yaml', files), { version: 'test', replayCommand: '' });
process.stdout.write(JSON.stringify(result));
`;

/** Compiles `src` into a directory of its own, types unchecked: a build that lies about would be an old one. */
function compile(directory: string): void {
  const options = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  };
  for (const file of readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(path.join(ROOT, 'src', file), 'utf8');
    const target = path.join(directory, file.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, ts.transpileModule(text, { compilerOptions: options }).outputText);
  }
  writeFileSync(path.join(directory, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(directory, 'child.js'), CHILD);
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
}

describe('another process', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'clustersim-'));
  const experiment = { ...EXPERIMENT, seed: 430, replications: 2, model: 'm.yaml' };
  const input = JSON.stringify({ 'e.yaml': JSON.stringify(experiment), 'm.yaml': JSON.stringify(MODEL) });
  beforeAll(() => compile(directory));
  afterAll(() => rmSync(directory, { recursive: true }));

  const ways: [string, string[], Record<string, string>][] = [
    ['of the same kind', [], {}],
    ['without compiled code', ['--jitless'], {}],
    ['without optimised code', ['--no-opt'], {}],
    ['with code optimised at the first call', ['--always-turbofan'], {}],
    ['of another place', [], { TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' }],
  ];

  it.each(ways)('gives the same result: %s', async (_name, flags, surroundings) => {
    const env = { ...process.env, NODE_OPTIONS: '', ...surroundings };
    const args = [...flags, path.join(directory, 'child.js')];
    const output = execFileSync(process.execPath, args, { input, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
    const loaded = written({ ...EXPERIMENT, replications: 2 }, MODEL);
    const here = await runExperiment(loaded, { version: 'test', replayCommand: 'sim replay' });
    expect(JSON.parse(output).variants).toEqual(JSON.parse(JSON.stringify(here.variants)));
  });
});
