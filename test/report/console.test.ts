import { expect, it } from 'vitest';
import { verdictText } from '../../src/report/console.js';
import { fixtureResult } from './fixture.js';

it.each([60, 110, 200])('prints a verdict below its label, in lines that fit %i columns', (width) => {
  const text = verdictText(fixtureResult([1, 3], 2), { width, bold: (label) => `*${label}*` });
  const lines = text.split('\n');
  expect(lines[0]).toBe('*replicas=1*');
  expect(lines[1]).toMatch(/^ {2}4\.9 % of the requests fail/);
  expect(lines.filter((line) => !line.startsWith('  '))).toEqual(['*replicas=1*', '*replicas=3*']);
  const longest = Math.max(...lines.map((line) => line.length));
  expect(longest).toBeLessThanOrEqual(Math.min(width, 110));
  expect(longest).toBeGreaterThan(Math.min(width, 110) - 15);
});
