import { readFileSync } from 'node:fs';

/** The package's version. Both `src/cli` and `dist/cli` stand two folders below it. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
