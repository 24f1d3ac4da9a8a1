import { beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.js';
import { consoleTable, instanceTable, markdownTable, variantTable } from '../../src/report/table.js';
import { fixtureResult } from './fixture.js';

const PIPED = { colours: 'none', borders: 'plain' } as const;
const ESCAPE = String.fromCharCode(27);

let result: RunResult;
beforeAll(() => {
  result = fixtureResult([1, 3]);
});

describe('variantTable', () => {
  it('shows throughput, percentiles with intervals, errors and thresholds', () => {
    const { head, rows } = variantTable(result);
    expect(head).toEqual(['variant', 'req/s', 'p50', 'p95', 'p99', 'errors', 'thresholds']);
    expect(rows.map((row) => row[0]!.lines[0])).toEqual(['replicas=1', 'replicas=3']);
    expect(rows[0]![1]!.lines[0]).toMatch(/^\d+(\.\d+)? ±\d/);
    expect(rows[0]![3]!.lines[0]).toMatch(/±.* s$/);
    expect(rows[0]![5]).toMatchObject({ mood: 'bad' });
    expect(rows[0]![6]).toEqual({
      lines: ['✗ http_req_duration p(95)<500', '✓ http_req_failed rate<0.1'],
      mood: 'bad',
      lineMoods: ['bad', 'good'],
    });
    expect(rows[1]![6]!.mood).toBe('good');
  });

  it('leaves out the thresholds where there are none, and intervals with one replication', () => {
    const variants = result.variants.map((variant) => ({ ...variant, thresholds: {}, intervals: {} }));
    const { head, rows } = variantTable({ ...result, variants });
    expect(head).not.toContain('thresholds');
    expect(rows[0]!.flatMap((cell) => cell.lines).join()).not.toContain('±');
  });
});

describe('consoleTable', () => {
  it('is plain columns when piped', () => {
    const lines = consoleTable(variantTable(result), PIPED).split('\n');
    expect(lines[0]).toMatch(/^variant +req\/s +p50 +p95 +p99 +errors +thresholds$/);
    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toMatch(/[│─┌]/);
    for (const line of lines) expect(line).toBe(line.trimEnd());
  });

  it('has colours only when asked', () => {
    expect(consoleTable(variantTable(result), PIPED)).not.toContain(ESCAPE);
    const coloured = consoleTable(variantTable(result), { colours: 'ansi', borders: 'boxed' });
    expect(coloured).toContain(`${ESCAPE}[31m`);
    expect(coloured).toContain('┌');
  });
});

describe('instanceTable', () => {
  it('has a row per instance of every variant', () => {
    const { rows } = instanceTable(result);
    expect(rows.map((row) => `${row[0]!.lines[0]} ${row[1]!.lines[0]}`)).toEqual([
      'replicas=1 api-1',
      'replicas=3 api-1',
      'replicas=3 api-2',
      'replicas=3 api-3',
    ]);
  });
});

describe('markdownTable', () => {
  it('is a GitHub table', () => {
    const [head, rule, ...rows] = markdownTable({
      head: ['variant', 'p95'],
      rows: [
        [
          { lines: ['a|b', 'c'], mood: 'plain' },
          { lines: ['1 ms'], mood: 'good' },
        ],
      ],
    }).split('\n');
    expect([head, rule, ...rows]).toEqual(['| variant | p95 |', '| --- | ---: |', '| a\\|b<br>c | 1 ms |']);
  });
});
