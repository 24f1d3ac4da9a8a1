import { describe, expect, it } from 'vitest';
import { LocustStats, roundResponseTime } from '../../../src/metrics/locust-stats.js';
import { locustPercentileTable, locustStatsCsv, locustTable } from '../../../src/report/locust/reports.js';
import recorded from './recorded.json' with { type: 'json' };

/** What locust 2.42.0 (locust/stats.py) made of the same requests. */
describe.each(recorded)('of requests "$name", locust makes', (item) => {
  const stats = new LocustStats();
  for (const request of item.requests) stats.add(request);
  const summary = stats.summary();

  it('the statistics as CSV', () => expect(locustStatsCsv(summary)).toBe(item.csv));
  it('the table of statistics', () => expect(locustTable(summary)).toEqual(item.table));
  it('the table of percentiles', () => expect(locustPercentileTable(summary)).toEqual(item.percentiles));
});

describe('response times', () => {
  // locust/stats.py, _log_response_time: "so that 147 becomes 150, 3432 becomes 3400 and 58760 becomes 59000".
  it.each([
    [0.5, 0],
    [1.5, 2],
    [99.6, 100],
    [145, 140],
    [147, 150],
    [3432, 3400],
    [58_760, 59_000],
  ])('%d ms is counted as %d', (ms, bucket) => {
    expect(roundResponseTime(ms)).toBe(bucket);
  });
});
