import { gzipSync } from 'node:zlib';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/input/error.js';
import { readMeasured } from '../../../src/input/read-measured.js';
import { chunks, readText } from './chunks.js';

const HEADER =
  'metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata';

function row(
  metric: string,
  time: string,
  value: string,
  tags: { expected?: string; status?: string; error?: string } = {},
) {
  const { expected = '', status = '', error = '' } = tags;
  return `${metric},${time},${value},,${error},,${expected},,GET,/,HTTP/1.1,default,,${status},,,/,,`;
}

const ok = { expected: 'true', status: '200' };
const failed = { expected: 'false', status: '0', error: '"dial: i/o timeout, ""gave up"""' };
const SMALL = [
  HEADER,
  row('http_reqs', '1795211057781947', '1.000000', ok),
  row('http_req_duration', '1795211057781947', '25.000000', ok),
  row('http_req_failed', '1795211057781947', '0.000000', ok),
  row('vus', '1795211058756947', '3.000000'),
  row('http_reqs', '1795211059756947', '1.000000', failed),
  row('http_req_duration', '1795211059756947', '1000.500000', failed),
  row('http_req_failed', '1795211059756947', '1.000000', failed),
  row('orders', '1795211059756947', '1.000000'),
  '',
].join('\n');

async function mistakesOf(text: string | Uint8Array) {
  const error = await readText('points.csv', text).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).mistakes;
}

describe('samples of a CSV', () => {
  it('end where k6 says, from the start of the first request', async () => {
    const run = await readText('runs/before/points.csv', SMALL);
    expect(run.label).toBe('before');
    expect(run.startMs).toBe(1795211057756.947);
    expect(run.durationSeconds).toBe(2);
    expect([...run.samples!.endMs]).toEqual([25, 2000]);
    expect([...run.samples!.durationMs]).toEqual([25, 1000.5]);
    expect([...run.samples!.status]).toEqual([200, 0]);
    expect([...run.samples!.failed]).toEqual([0, 1]);
    expect(run.vus).toEqual([{ atSeconds: 1, value: 3 }]);
    expect(run.metrics.http_req_failed).toEqual({ rate: 0.5, passes: 1, fails: 1 });
    expect(run.metrics['http_req_duration{expected_response:true}']?.count).toBe(1);
    expect(run.ignored).toEqual([{ what: 'metric orders, whose type the file does not tell', count: 1 }]);
  });

  it('take the start they are given', async () => {
    const run = await readText('points.csv', SMALL, 1795211057000);
    expect(run.samples!.endMs[0]).toBeCloseTo(781.947, 6);
    expect(run.durationSeconds).toBeCloseTo(2.756947, 9);
  });

  it('are the same compressed, in pieces of any size, with CRLF and a byte order mark', async () => {
    const plain = await readText('points.csv', SMALL);
    const variants = [gzipSync(SMALL), new TextEncoder().encode(`\ufeff${SMALL.replaceAll('\n', '\r\n')}`)];
    for (const variant of variants) {
      for (const pieceBytes of [1, 7, 100_000]) {
        expect(await readMeasured('points.csv', chunks(variant, pieceBytes))).toEqual(plain);
      }
    }
  });

  it.each([
    ['s', '1795211057', '1795211059', 1],
    ['ms', '1795211057500', '1795211059500', 0],
    ['us', '1795211057500000', '1795211059500000', 0],
    ['ns', '1795211057500000000', '1795211059500000000', 0],
    ['rfc3339', '2026-11-20T21:44:17.5Z', '2026-11-20T22:44:19.5+01:00', 0],
  ])('may have timestamps in %s', async (_unit, first, second, notes) => {
    const rows = [first, second].map((time) => row('http_req_duration', time, '500', ok));
    const run = await readText('points.csv', [HEADER, ...rows, ''].join('\n'));
    expect([...run.samples!.endMs]).toEqual([500, 2500]);
    expect(run.ignored.length).toBe(notes);
  });

  it('need no column but three, in any order', async () => {
    const text = 'metric_name,metric_value,timestamp\nhttp_req_duration,4,1795211057\n';
    const run = await readText('points.csv', text);
    // Without a status there was no response.
    expect([...run.samples!.failed]).toEqual([1]);
  });

  it('may have line breaks within quotes, and still count lines', async () => {
    const error = { ...failed, error: '"first\nsecond"' };
    const good = [HEADER, row('http_req_duration', '1795211057', '1', error), row('vus', '1795211058', '2')];
    expect((await readText('points.csv', good.join('\n'))).samples?.endMs.length).toBe(1);
    const mistakes = await mistakesOf([...good, 'vus,1795211059'].join('\n'));
    expect(mistakes.map(({ line, got }) => [line, got])).toEqual([[5, '2 columns']]);
  });
});

describe('mistakes in a CSV', () => {
  it('are told all at once, with their lines', async () => {
    const text = [
      HEADER,
      row('vus', '1795211057', 'three'),
      row('vus', 'noon', '3'),
      row('vus', '1795211057000', '3'),
      row('', '1795211057', '3'),
      row('http_req_duration', '1795211057', '-1'),
      row('http_req_duration', '1795211057', '1', { status: 'OK' }),
      'vus,17952',
    ].join('\n');
    const mistakes = await mistakesOf(text);
    expect(mistakes.map(({ line, path, got }) => [line, path, got])).toEqual([
      [2, 'metric_value', '"three"'],
      [3, 'timestamp', '"noon"'],
      [4, 'timestamp', '"1795211057000"'],
      [5, 'metric_name', 'nothing'],
      [6, 'metric_value', '-1'],
      [7, 'status', '"OK"'],
      [8, '', '2 columns'],
    ]);
  });

  it('are at most 20', async () => {
    const rows = Array.from({ length: 100 }, () => row('vus', 'noon', '3'));
    expect((await mistakesOf([HEADER, ...rows].join('\n'))).length).toBe(20);
  });

  it('are a quote without an end', async () => {
    const mistakes = await mistakesOf(`${HEADER}\nvus,1795211057,"3`);
    expect(mistakes[0]).toMatchObject({ line: 2, got: 'a quoted field without an end' });
  });

  it('are a compressed file that breaks off, up to its last good line', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) =>
      row('vus', '1795211057', String((index * 7919) % 1000)),
    );
    const whole = gzipSync([HEADER, ...rows].join('\n'));
    const [mistake] = await mistakesOf(whole.subarray(0, Math.floor(whole.length / 2)));
    expect(mistake?.got).toBe(`compressed data that breaks off at byte ${Math.floor(whole.length / 2)}`);
    expect(mistake?.line).toBeGreaterThan(1);
  });

  it('are another header, another kind of file, an empty one, and bytes that are no text', async () => {
    expect((await mistakesOf('metric_name,value\n'))[0]?.expected).toContain('timestamp');
    expect((await mistakesOf('hello\n'))[0]?.expected).toContain('k6-csv');
    expect((await mistakesOf('\n\n'))[0]?.got).toBe('an empty file');
    expect((await mistakesOf(new Uint8Array([0x6d, 0xff, 0xfe])))[0]?.got).toBe('bytes that are not UTF-8');
  });

  property.prop([fc.array(fc.oneof(fc.string(), fc.constantFrom(...SMALL.split('\n'))), { maxLength: 8 })], {
    seed: 430,
    numRuns: 200,
  })('are never anything but an InputError, whatever the rows are', async (rows) => {
    const result = await readText('points.csv', [HEADER, ...rows].join('\n')).catch(
      (caught: unknown) => caught,
    );
    if (result instanceof Error) expect(result).toBeInstanceOf(InputError);
  });
});
