import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PointsFile } from '../../../src/cli/points-file.js';
import type { K6Breakdown, K6Summary } from '../../../src/metrics/k6-summary.js';
import { CSV_TIME_FORMATS, CsvPoints } from '../../../src/report/k6/csv-points.js';
import { summaryExport } from '../../../src/report/k6/export.js';
import { goFixed, goShortest } from '../../../src/report/k6/go-numbers.js';
import { summaryOutputs } from '../../../src/report/k6/handle-summary.js';
import { humanizeValue } from '../../../src/report/k6/humanize.js';
import { legacySummary } from '../../../src/report/k6/legacy.js';
import { parseOutput } from '../../../src/report/k6/outputs.js';
import { readText } from '../../input/measured/chunks.js';
import { writtenPoints } from './judge.js';
import { nanoseconds, type Recording } from './recording.js';
import { cases } from './scripts.js';

function recordingOf(name: string): Recording {
  return JSON.parse(readFileSync(new URL(`./recorded/${name}.json`, import.meta.url), 'utf8')) as Recording;
}

describe('files are read by the readers of measured runs', () => {
  const item = cases.find(({ name }) => name === 'failures')!;
  const recording = recordingOf('failures');
  const { csv, json } = writtenPoints(item, recording);
  const statistics = recording.data.metrics.http_req_duration!.values;

  it('CSV points', async () => {
    const run = await readText('points.csv', csv.join(''));
    expect(run.format).toBe('k6-csv');
    expect(run.metrics.http_reqs?.count).toBe(9);
    // A CSV has six decimals of a millisecond.
    expect(run.metrics.http_req_duration?.avg).toBeCloseTo(statistics.avg!, 6);
    expect(run.metrics.http_req_failed).toEqual({ rate: 1, passes: 9, fails: 0 });
  });

  it('JSON points', async () => {
    const run = await readText('points.json', json.join(''));
    expect(run.format).toBe('k6-json');
    expect(run.metrics.http_req_duration).toMatchObject(statistics);
    expect(run.metrics.iterations?.count).toBe(3);
    expect([...run.samples!.status].filter((status) => status === 404)).toHaveLength(3);
  });

  it('the exported summary and the data of handleSummary', async () => {
    const exported = await readText('summary.json', summaryExport(recording.data));
    expect(exported.format).toBe('k6-summary');
    expect(exported.metrics.http_req_duration).toMatchObject(statistics);
    expect(exported.metrics.http_req_failed).toEqual({ rate: 1, passes: 9, fails: 0 });
    const seconds = recording.data.state.testRunDurationMs / 1000;
    expect(exported.durationSeconds).toBeCloseTo(seconds, 9);
    const data = await readText('data.json', JSON.stringify(recording.data, null, 2));
    expect(data.durationSeconds).toBe(seconds);
  });

  it('compressed points, in more than one piece', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'points-'));
    try {
      const path = join(folder, 'points.csv.gz');
      const file = new PointsFile(path);
      const [header, ...rows] = csv;
      file.write(header!);
      const many = Math.ceil((2 << 20) / rows.join('').length);
      for (let index = 0; index < many; index += 1) for (const row of rows) file.write(row);
      file.close();
      const bytes = readFileSync(path);
      expect(gunzipSync(bytes).toString()).toBe(`${header}${rows.join('').repeat(many)}`);
      const run = await readText('points.csv.gz', bytes);
      expect(run.metrics.http_reqs?.count).toBe(9 * many);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('CSV points', () => {
  it.each(
    CSV_TIME_FORMATS.map((format, index) => {
      const texts = ['1795206557', '1795206557898', '1795206557898322', '1795206557898322215'];
      const dates = ['2026-11-20T20:29:17Z', '2026-11-20T20:29:17.898322215Z'];
      return [format, [...texts, ...dates][index]] as const;
    }),
  )('have times as %s', (timeFormat, text) => {
    const rows: string[] = [];
    const startNs = nanoseconds('2026-11-20T20:29:17.898322215Z');
    const clock = { startMs: Number(startNs / 1_000_000n) };
    const points = new CsvPoints({ clock, timeFormat, write: (row) => rows.push(row) });
    points.sample({ metric: 'm', timeNs: Number(startNs % 1_000_000n), value: 1, tags: {} });
    expect(rows[1]!.split(',')[1]).toBe(text);
  });
});

describe("Go's numbers", () => {
  it.each([
    [0.0078125, '0.007812'],
    [0.0234375, '0.023438'],
    [-0.0078125, '-0.007812'],
    [1.5, '1.500000'],
    [1e22, '10000000000000000000000.000000'],
  ])('%d with six decimals', (value, text) => {
    // Each as fmt.Sprintf("%f", value) of go 1.26 has it.
    expect(goFixed(value)).toBe(text);
  });

  it.each([
    [0, '0'],
    [100_000, '100000'],
    [1_000_000, '1e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [-2.5, '-2.5'],
    [1e100, '1e+100'],
  ])('%d in as few digits as it takes', (value, text) => {
    expect(goShortest(value)).toBe(text);
  });
});

describe('values', () => {
  it.each([
    [59_999.999, '59.99s'],
    [60_000, '1m0s'],
    [61_234.5678, '1m1s'],
    [7_322_000, '2h2m2s'],
    [0.0000123, '12ns'],
    [0.5, '500µs'],
  ])('%d ms', (value, text) => {
    expect(humanizeValue(value, { type: 'trend', contains: 'time' }, '')).toBe(text);
  });
});

describe('what is written at the end', () => {
  const { data } = recordingOf('no-requests');
  const breakdown: K6Breakdown = { checks: [], percentiles: {}, groups: [], scenarios: [] };
  const request = { data, breakdown, mode: 'compact', colors: false, exportFile: '' } as const;

  it('is the default text, unless handleSummary returns something', () => {
    const { outputs } = summaryOutputs(request);
    expect(outputs).toEqual([{ target: 'stdout', content: recordingOf('no-requests').text }]);
    const returned = { stdout: 'mine', 'report.bin': new Uint8Array([1]).buffer };
    expect(summaryOutputs({ ...request, returned, exportFile: 'x.json' }).outputs).toEqual([
      { target: 'stdout', content: 'mine' },
      { target: 'report.bin', content: new Uint8Array([1]) },
      { target: 'x.json', content: summaryExport(data) },
    ]);
  });

  it.each([
    ['text', 'handleSummary() should return a map with string keys'],
    [
      { stdout: 5 },
      'error handling summary object stdout: invalid type int64, it needs to be a string or ArrayBuffer',
    ],
  ])('is nothing but a line of the log for %j', (returned, error) => {
    const { outputs, problems } = summaryOutputs({ ...request, returned });
    expect(outputs).toEqual([]);
    expect(problems).toEqual([
      { level: 'error', message: 'failed to handle the end-of-test summary', fields: { error } },
    ]);
  });

  it('has rates with marks in the module k6-summary', () => {
    const rate: K6Summary = {
      ...data,
      metrics: { checks: { type: 'rate', contains: 'default', values: { rate: 0.75, passes: 3, fails: 1 } } },
    };
    expect(legacySummary(rate, { enableColors: false, rates: 'marks' })).toBe(
      '     checks...: 75.00% ✓ 3 ✗ 1',
    );
  });
});

describe('outputs', () => {
  it.each([
    ['json=points.json.gz', 'json (points.json.gz)'],
    ['json', 'json(stdout)'],
    ['csv', 'csv (file.csv)'],
    ['csv=-', 'csv (stdout)'],
    ['csv=fileName=x.csv,timeFormat=rfc3339', 'csv (x.csv)'],
  ])('%s is described as %s', (argument, description) => {
    expect(parseOutput(argument).description).toBe(description);
  });

  it.each([
    ['nope=1', /^invalid output type 'nope', available types are: cloud, csv, /],
    ['csv=a=b', /^unknown key "a" as argument for csv output$/],
    ['csv=timeFormat=x', /^x does not belong to TimeFormat values$/],
    ['influxdb=http://localhost', /network/],
  ])('%s is refused', (argument, message) => {
    expect(() => parseOutput(argument)).toThrow(message);
  });
});
