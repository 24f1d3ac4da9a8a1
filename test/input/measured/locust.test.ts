import { describe, expect, it } from 'vitest';
import { joinFiles } from '../../../src/input/join-files.js';
import { LocustStats, locustPercentile } from '../../../src/metrics/locust-stats.js';
import { locustStatsCsv } from '../../../src/report/locust/reports.js';
import { readText } from './chunks.js';
import { readSample, sampleText } from './samples.js';

describe("locust's statistics", () => {
  it("are those of all requests and of every route, under k6's names", async () => {
    const run = await readSample({ file: 'before_stats.csv' });
    expect(run.label).toBe('before');
    expect(run.metrics.http_reqs).toEqual({ count: 216, rate: 43.297506266878706 });
    expect(run.metrics.http_req_failed).toEqual({ rate: 52 / 216, passes: 52, fails: 164 });
    expect(run.metrics.http_req_duration).toMatchObject({
      avg: 18.924920185209313,
      med: 32,
      'p(95)': 33,
      count: 216,
    });
    expect(run.metrics['http_req_duration{name:POST /orders, all}']).toMatchObject({ 'p(99)': 8, count: 46 });
    expect(run.metrics['http_req_failed{name:GET /fail}']?.rate).toBe(1);
    expect(run.durationSeconds).toBeCloseTo(4.98874, 5);
  });

  it('are what a simulated run writes', async () => {
    const stats = new LocustStats();
    for (let index = 1; index <= 1000; index += 1) {
      const [method, name] = index % 4 === 0 ? ['POST', '/orders, all'] : ['GET', '/cpu'];
      stats.add({
        method,
        name,
        responseTimeMs: index * 1.5,
        contentLength: 10,
        failed: index % 10 === 0,
        endNs: index * 1e7,
      });
    }
    const summary = stats.summary();
    const run = await readText('x_stats.csv', locustStatsCsv(summary));
    expect(run.durationSeconds).toBe(10);
    expect(run.metrics.http_reqs).toEqual({ count: 1000, rate: 100 });
    expect(run.metrics.http_req_failed).toEqual({ rate: 0.1, passes: 100, fails: 900 });
    for (const [suffix, entry] of [
      ['', summary.total],
      ...summary.entries.map((each) => [`{name:${each.method} ${each.name}}`, each]),
    ] as const) {
      const duration = run.metrics[`http_req_duration${suffix as string}`]!;
      const { requests, responseTimeTotal, responseTimeMax } = entry as typeof summary.total;
      expect(duration).toMatchObject({
        avg: responseTimeTotal / requests,
        max: responseTimeMax,
        count: requests,
      });
      expect(duration['p(95)']).toBe(locustPercentile(entry as typeof summary.total, 0.95));
    }
  });

  it('without the row of all requests broke off', async () => {
    const text = sampleText('before_stats.csv').replace(/,Aggregated.*\r?\n/, '');
    await expect(readText('a_stats.csv', text)).rejects.toThrow('no row "Aggregated"');
  });

  it('with other columns or cells are refused', async () => {
    const text = sampleText('before_stats.csv');
    await expect(readText('a_stats.csv', text.replace('Failure Count', 'Failures'))).rejects.toThrow(
      'expected the column "Failure Count"',
    );
    await expect(readText('a_stats.csv', text.replace('/fail,52,', '/fail,many,'))).rejects.toThrow(
      'Request Count',
    );
  });
});

describe("locust's history", () => {
  it('is users, and what the columns say as series', async () => {
    const run = await readSample({ file: 'before_stats_history.csv' });
    expect(run.vus.map(({ value }) => value)).toEqual([0, 3, 3, 3, 3, 3]);
    const total = run.series.find(
      ({ metric, labels }) => metric === 'Total Request Count' && !('name' in labels),
    );
    expect(total?.points[1]).toEqual({ atSeconds: 1, value: 44 });
    const slow = run.series.find(({ metric, labels }) => metric === '95%' && labels.name === 'GET /slow');
    expect(slow?.points.at(-1)?.value).toBe(33);
    expect(run.metrics.http_req_duration).toEqual({
      avg: 18.924920185209313,
      min: 1.3477040010911878,
      med: 32,
      max: 33.98274899882381,
      count: 216,
    });
  });
});

describe('the files of one run', () => {
  it('are joined: the first that tells a thing tells it', async () => {
    const files = ['before_stats.csv', 'before_stats_history.csv', 'before_failures.csv'];
    const run = joinFiles(await Promise.all(files.map((file) => readSample({ file }))));
    expect(run.metrics.http_req_duration?.['p(95)']).toBe(33);
    expect(run.durationSeconds).toBeCloseTo(4.98874, 5);
    expect(run.vus.length).toBe(6);
    expect(run.startMs).toBe(1795690017000);
    expect(run.errors?.map(({ route, count }) => [route, count])).toEqual([
      ['GET /fail', 16],
      ['GET /fail', 36],
    ]);
    expect(run.ignored[0]?.what).toContain('before_stats_history.csv: fractions of a second');
  });
});
