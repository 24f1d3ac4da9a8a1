import { expect, it } from 'vitest';
import { consoleReport } from '../../src/report/console.js';
import { fixtureResult } from './fixture.js';

it('prints table and verdict, in lines that fit', () => {
  const text = consoleReport(fixtureResult([1, 3], 2), { colours: 'none', borders: 'plain' });
  expect(text.endsWith('\n')).toBe(true);
  expect(text).toContain('\n\nreplicas=1\n  The CPU quota of api-1 is the limit');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
});
