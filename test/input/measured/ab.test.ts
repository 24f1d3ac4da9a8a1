import { describe, expect, it } from 'vitest';
import { type AbRequest, abReport } from '../../../src/report/ab/report.js';
import { readText } from './chunks.js';
import { readSample, sampleText } from './samples.js';

describe('what ApacheBench prints', () => {
  it("is statistics under k6's names", async () => {
    const run = await readSample({ file: 'ab.txt' });
    expect(run).toMatchObject({
      label: 'ab',
      durationSeconds: 1.584,
      vus: [{ atSeconds: 0, value: 4 }],
      ignored: [],
    });
    expect(run.metrics).toEqual({
      http_reqs: { count: 200, rate: 200 / 1.584 },
      http_req_failed: { rate: 0, passes: 0, fails: 200 },
      http_req_duration: {
        avg: 31,
        min: 30,
        med: 31,
        max: 33,
        'p(90)': 31,
        'p(95)': 32,
        'p(99)': 33,
        count: 200,
      },
      http_req_connecting: { avg: 0, min: 0, med: 0, max: 0, count: 200 },
      http_req_waiting: { avg: 31, min: 30, med: 31, max: 32, count: 200 },
    });
  });

  it('counts as failed what k6 would: statuses, not lengths', async () => {
    const run = await readSample({ file: 'ab-fail.txt' });
    expect(run.metrics.http_req_failed).toEqual({ rate: 1, passes: 60, fails: 0 });
    expect(run.errors).toEqual([
      { route: '/fail', error: 'Length', count: 28 },
      { route: '/fail', error: 'Non-2xx responses', count: 60 },
    ]);
    expect(run.ignored).toEqual([{ what: expect.stringContaining('another length'), count: 28 }]);
  });

  it('says so where its percentiles include connecting', async () => {
    const text = sampleText('ab.txt').replace(
      /^Connect: .*$/m,
      'Connect:        0    1   0.1      1       7',
    );
    const { ignored } = await readText('ab.txt', text);
    expect(ignored).toEqual([{ what: expect.stringContaining('up to 7 ms'), count: 3 }]);
  });

  it('is refused where a row is damaged, or the report ends too early', async () => {
    const text = sampleText('ab.txt');
    await expect(readText('ab.txt', text.replace('31   0.4 ', '3l   0.4 '))).rejects.toThrow(
      'a complete row',
    );
    await expect(readText('ab.txt', text.replace('1.584 seconds', 'soon'))).rejects.toThrow('got "soon"');
    await expect(readText('ab.txt', text.replace(/ {2}98%.*\n/, ''))).rejects.toThrow('the row of 98 %');
    await expect(readText('ab.txt', text.slice(0, text.indexOf('Complete')))).rejects.toThrow(
      'the line "Complete requests"',
    );
  });

  it('is the report of a simulated run too', async () => {
    const requests: AbRequest[] = Array.from({ length: 100 }, (_, index) => ({
      connectUs: 0,
      waitingUs: 1000 * (index + 1),
      totalUs: 1000 * (index + 1),
    }));
    const report = abReport({
      serverSoftware: 'nginx',
      hostname: 'h',
      port: 80,
      path: '/cpu',
      documentLength: 10,
      concurrency: 5,
      seconds: 2,
      failed: { connect: 0, receive: 0, length: 0, exceptions: 0 },
      non2xx: 7,
      keepAlive: undefined,
      transferredBytes: 1000,
      htmlBytes: 1000,
      requests,
    });
    const run = await readText('ab.txt', report.trimStart());
    expect(run.metrics.http_reqs).toEqual({ count: 100, rate: 50 });
    expect(run.metrics.http_req_failed).toEqual({ rate: 0.07, passes: 7, fails: 93 });
    // ab's percentile is the value at count * percent / 100, one further on than the number says.
    expect(run.metrics.http_req_duration).toMatchObject({ min: 1, max: 100, 'p(90)': 91, 'p(99)': 100 });
  });
});

describe('what ab -g writes', () => {
  it('is every request of the same run, without statuses', async () => {
    const run = await readSample({ file: 'ab.tsv' });
    expect(run.metrics.http_reqs?.count).toBe(200);
    expect(run.metrics.http_req_duration).toMatchObject({ min: 30, med: 31, max: 33, 'p(95)': 32 });
    expect(run.metrics.http_req_failed).toBeUndefined();
    // Started in the first second, or in the one after: 1.6 s in all.
    expect(run.startMs).toBe(1795689993000);
    expect(run.durationSeconds).toBe(2.032);
    expect(run.samples!.endMs[0]).toBe(1030);
    expect(run.ignored.map(({ count }) => count)).toEqual([200, 200]);
  });

  it('is refused with the number of the line', async () => {
    const text = sampleText('ab.tsv').replace(/\t30\n/, '\tfast\n');
    await expect(readText('ab.tsv', text)).rejects.toThrow(/ab.tsv:\d+:1/);
  });
});
