import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'models/scripts');

/** Short runs of the scripts whose own take minutes. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  'api-loadbalanced': ['-d', '3s', '-u', '20'],
  'arrival-rate': ['-e', 'DURATION=3s'],
  'browse-and-buy': ['-e', 'DURATION=3s'],
  'custom-metrics': ['-e', 'DURATION=5s'],
  'golden-signals': ['--stage', '2s:10,2s:0'],
  'inventory-kong': ['-e', 'DURATION=1s'],
  'login-flow': ['-e', 'DURATION=3s'],
  'multi-scenario': ['-e', 'DURATION=3s'],
  'page-load': ['-e', 'DURATION=3s'],
  'photo-rag': ['-e', 'DURATION=30s'],
  soak: ['-e', 'HOURS=0.001'],
  spike: ['-e', 'SCALE=0.05'],
};

/** A script of `models/scripts` that says in its header what it runs against. */
export interface ModelScript {
  readonly name: string;
  readonly file: string;
  readonly model: string;
  /** Words on the command line that make it short. */
  readonly words: readonly string[];
  /** True where it imports by URL: without a network the real k6 cannot. */
  readonly imports: boolean;
}

/** All of them. */
export const modelScripts: readonly ModelScript[] = readdirSync(FOLDER).flatMap((entry) => {
  if (!entry.endsWith('.js')) return [];
  const file = join(FOLDER, entry);
  const text = readFileSync(file, 'utf8');
  const model = /--model (\S+)/.exec(text)?.[1];
  if (model === undefined) return [];
  const name = entry.slice(0, -'.js'.length);
  const imports = text.includes("from 'https://");
  return [{ name, file, model: join(ROOT, model), words: SHORT[name] ?? [], imports }];
});
