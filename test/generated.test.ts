import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('every index of a plural folder is what `npm run gen` writes', () => {
  const generator = fileURLToPath(new URL('tools/generate-indexes.mjs', import.meta.url));
  const result = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
  expect(result.stderr).toBe('');
  expect(result.status).toBe(0);
});

it('the prelude of scripts is what `npm run gen` writes', () => {
  const generator = fileURLToPath(new URL('tools/generate-prelude.mjs', import.meta.url));
  const result = spawnSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
  expect(result.stderr).toBe('');
  expect(result.status).toBe(0);
});
