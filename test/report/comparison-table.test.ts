import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/experiment/compare.js';
import {
  bucketTable,
  comparisonTable,
  scoreboardMarkdown,
  scoreboardTable,
  stageTable,
} from '../../src/report/comparison-table.js';
import { consoleTable, markdownTable } from '../../src/report/table.js';
import { predictionOf, steadyRun } from '../experiment/compare-fixture.js';

const comparison = compareRuns(
  predictionOf(steadyRun('model', 120, 100)),
  [steadyRun('a', 90), steadyRun('b', 110)],
  { title: 'steady', bucketSeconds: 20, stages: [{ label: 'first half', startSeconds: 0, endSeconds: 20 }] },
);

describe('a comparison as a table', () => {
  it('has both sides, the takes, the signed error and the grade', () => {
    expect(
      consoleTable(comparisonTable(comparison), { colours: 'none', borders: 'plain' }),
    ).toMatchInlineSnapshot(`
      "value                        measured  predicted     error  grade
      throughput                         20         20     0.0 %    A ≈
      avg          100 ms (90 ms to 110 ms)     120 ms   +20.0 %      C
      p50          100 ms (90 ms to 110 ms)     120 ms   +20.0 %      C
      p90         116 ms (104 ms to 128 ms)     139 ms   +20.1 %      C
      p95         118 ms (106 ms to 130 ms)     142 ms   +20.0 %      C
      p99         120 ms (108 ms to 132 ms)     144 ms   +20.0 %      C
      error rate                        0 %        1 %  +1.00 pp      B
      users                               1          1     0.0 %    A ≈"
    `);
    expect(() => comparisonTable(comparison, 'second half')).toThrow('no stage "second half"');
  });

  it('has a row per stage, and per bucket', () => {
    expect(markdownTable(stageTable(comparison))).toMatchInlineSnapshot(`
      "| stage | req/s | avg | p50 | p95 | errors |
      | --- | ---: | ---: | ---: | ---: | ---: |
      | first half | 20 → 20 (0.0 %) A ≈ | 100 ms → 120 ms (+20.0 %) C | 100 ms → 120 ms (+20.0 %) C | 118 ms → 142 ms (+20.3 %) C | 0 % → 1 % (+1.00 pp) B |
      | total | 20 → 20 (0.0 %) A ≈ | 100 ms → 120 ms (+20.0 %) C | 100 ms → 120 ms (+20.0 %) C | 118 ms → 142 ms (+20.0 %) C | 0 % → 1 % (+1.00 pp) B |"
    `);
    expect(markdownTable(bucketTable(comparison))).toMatchInlineSnapshot(`
      "| time | users | req/s | p50 | p95 | errors |
      | --- | ---: | ---: | ---: | ---: | ---: |
      | 0-20 s | 1 | 20 → 20 | 100 ms → 120 ms | 118 ms → 142 ms | 0 % → 1 % |
      | 20-40 s | 1 | 20 → 20 | 100 ms → 120 ms | 118 ms → 142 ms | 0 % → 1 % |"
    `);
  });
});

describe('the scoreboard', () => {
  it('has a row per comparison', () => {
    expect(scoreboardMarkdown([comparison])).toMatchInlineSnapshot(`
      "| experiment | takes | req/s | avg | p50 | p95 | errors | grade |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | steady | 2 | 20 → 20 (0.0 %) A ≈ | 100 ms → 120 ms (+20.0 %) C | 100 ms → 120 ms (+20.0 %) C | 118 ms → 142 ms (+20.0 %) C | 0 % → 1 % (+1.00 pp) B | C |

      Measured (mean of the takes) → predicted, signed error, grade: A within 5 % (error rate: 0.5 percentage points), B 10 % (1), C 25 % (2.5), D 50 % (5), E beyond; ≈ marks what lies within the spread of the takes. The last column is the worst of the row."
    `);
  });

  it('shows what is missing', () => {
    const { takes: _takes, grade: _grade, ...bare } = { ...comparison, stages: [] };
    expect(scoreboardTable([bare]).rows[0]!.map(({ lines }) => lines[0])).toEqual(['steady', ...'-------']);
  });
});
