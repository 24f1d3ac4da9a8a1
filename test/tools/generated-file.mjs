import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes a generated file where it is not what it should be; with `--check` it only says so, and the exit code is 1. */
export function generated(name, text) {
  const target = new URL(`../../${name}`, import.meta.url);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) return;
  if (process.argv.includes('--check')) {
    console.error(`${name} is stale: run npm run gen`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(target, text);
  console.log(`wrote ${name}`);
}
