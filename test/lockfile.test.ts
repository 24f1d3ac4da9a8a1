import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** npm refuses `npm ci` where a platform's optional package is missing, even on another platform. */
it('the lockfile lists every optional package of every platform', () => {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const listed = new Set(Object.keys(lock.packages));
  const missing = Object.entries(lock.packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !listed.has(`node_modules/${name}`) && !listed.has(`${place}/node_modules/${name}`),
    ),
  );
  expect(missing).toEqual([]);
});
