import { describe, expect, it } from 'vitest';
import { parseExpositionLine } from '../../../src/input/exposition-line.js';
import { readMeasured } from '../../../src/input/read-measured.js';
import { chunks, readText } from './chunks.js';
import { readSample, sampleText } from './samples.js';

const SCRAPE = `# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{code="200"} 3
http_request_duration_seconds_bucket{le="0.1"} 2
http_request_duration_seconds_bucket{le="+Inf"} 3
`;

describe('an exposition text', () => {
  it('is a value per series, at no particular time', async () => {
    for (const file of ['metrics.txt', 'openmetrics.txt']) {
      const run = await readSample({ file });
      expect(run.startMs).toBeUndefined();
      const bucket = run.series.find(({ labels }) => labels.le === '0.1');
      expect(bucket).toEqual({
        metric: 'prometheus_http_request_duration_seconds_bucket',
        labels: { handler: '/metrics', le: '0.1' },
        points: [{ atSeconds: 0, value: 3 }],
      });
      expect(run.ignored).toEqual([{ what: expect.stringContaining('no finite number'), count: 12 }]);
      const lines = sampleText(file).split('\n');
      expect(run.series.length).toBe(lines.filter((line) => /^[a-z]/.test(line)).length);
    }
  });

  it('has times in ms, or in seconds in OpenMetrics', async () => {
    const run = await readText('a.txt', 'up 1 1795211057000\nup 0 1795211062500\n');
    expect(run.startMs).toBe(1795211057000);
    expect(run.series).toEqual([
      {
        metric: 'up',
        labels: {},
        points: [
          { atSeconds: 0, value: 1 },
          { atSeconds: 5.5, value: 0 },
        ],
      },
    ]);
    expect(await readText('a.txt', 'up 1 1795211057\nup 0 1795211062.5\n# EOF\n')).toEqual(run);
  });

  it('of several scrapes without times needs their interval', async () => {
    const text = `${SCRAPE}${SCRAPE.replaceAll(' 3', ' 5')}`;
    await expect(readText('metrics.txt', text)).rejects.toThrow('scrape_interval: 5s');
    const settings = { scrapeIntervalSeconds: 5, startMs: 1795211057000 };
    const run = await readMeasured('metrics.txt', chunks(text), settings);
    expect(run.durationSeconds).toBe(5);
    expect(run.series[0]?.points).toEqual([
      { atSeconds: 0, value: 3 },
      { atSeconds: 5, value: 5 },
    ]);
    expect(
      await readMeasured('metrics.txt', chunks(text.replace('# HELP', '# EOF\n# HELP')), settings),
    ).toEqual(run);
  });

  it('with times for some values only is refused', async () => {
    await expect(readText('a.txt', 'up 1 1795211057000\ndown 0\n')).rejects.toThrow(
      '1 values without a timestamp',
    );
  });

  it('is refused with the numbers of its lines', async () => {
    const text = `${SCRAPE}a{b=c} 1\na{b="c" 1\na one\na 1 2 3\n`;
    const error = await readText('metrics.txt', text).catch((caught) => caught);
    expect(error.mistakes.map(({ line }: { line: number }) => line)).toEqual([6, 7, 8, 9]);
  });

  it('tells that exemplars are left out', async () => {
    const run = await readText('a.txt', 'a_bucket{le="1"} 2 # {trace_id="x"} 0.5 1795211057.1\n# EOF\n');
    expect(run.ignored).toEqual([{ what: 'exemplars', count: 1 }]);
    expect(run.series[0]?.points).toEqual([{ atSeconds: 0, value: 2 }]);
  });
});

describe('a line of it', () => {
  it('may have anything in its labels', () => {
    expect(parseExpositionLine('a:b{x="1,}\\"\\n\\\\", y = "", } -1.5e-05 7')).toEqual({
      name: 'a:b',
      labels: { x: '1,}"\n\\', y: '' },
      value: '-1.5e-05',
      seconds: 7,
      hasExemplar: false,
    });
    expect(parseExpositionLine('a{} +Inf')).toMatchObject({ labels: {}, value: '+Inf' });
  });
});
