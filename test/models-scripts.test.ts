import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sim } from './cli/sim.js';

const FOLDER = join(import.meta.dirname, '../models/scripts');
const ROOT = join(import.meta.dirname, '..');

/** Short runs of the scripts whose own take minutes. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  'api-loadbalanced': ['-d', '10s', '-u', '20'],
  'arrival-rate': ['-e', 'DURATION=5s'],
  'browse-and-buy': ['-e', 'DURATION=5s'],
  'custom-metrics': ['-e', 'DURATION=5s'],
  'golden-signals': ['--stage', '2s:10,2s:0'],
  'inventory-kong': ['-e', 'DURATION=1s'],
  'login-flow': ['-e', 'DURATION=5s'],
  'multi-scenario': ['-e', 'DURATION=5s'],
  'page-load': ['-e', 'DURATION=5s'],
  'photo-rag': ['-e', 'DURATION=30s'],
  soak: ['-e', 'HOURS=0.002'],
  spike: ['-e', 'SCALE=0.1'],
};

/** Scripts that say in their header what they run against. */
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.js') && readFileSync(join(FOLDER, file), 'utf8').includes('--model'))
  .map((file) => file.slice(0, -'.js'.length));

/** The model that the script's header names. */
function modelOf(name: string): string {
  const text = readFileSync(join(FOLDER, `${name}.js`), 'utf8');
  return join(ROOT, /--model (\S+)/.exec(text)![1]!);
}

describe('a script of models/scripts', () => {
  it.each(names)('runs against its model, and its bounds hold: %s', async (name) => {
    const words = [...(SHORT[name] ?? []), join(FOLDER, `${name}.js`), '--model', modelOf(name)];
    const { code, out, error } = await sim(['k6', 'run', '--quiet', ...words]);
    expect(error).not.toMatch(/level=(?:error|warning)/);
    expect(out).not.toContain('✗');
    expect(code).toBe(0);
  });
});
