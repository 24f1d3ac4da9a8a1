import { describe, expect, it } from 'vitest';
import { parseLogFormat } from '../../../src/input/log-format.js';
import type { Coded } from '../../../src/input/measured.js';
import { readMeasured } from '../../../src/input/read-measured.js';
import { chunks, readText } from './chunks.js';
import { JSON_LOG, readSample, UPSTREAMS } from './samples.js';

const [combined, upstreams, json] = await Promise.all([
  readSample({ file: 'access-combined.txt' }),
  readSample({ file: 'access-upstreams.txt', logFormat: UPSTREAMS }),
  readSample({ file: 'access-json.txt', logFormat: JSON_LOG }),
]);

function namesOf({ names, codes }: Coded): string[] {
  return [...codes].map((code) => names[code] as string);
}

function read(text: string, logFormat: string) {
  return readMeasured('access.log', chunks(text), { logFormat });
}

describe('the same requests in three formats of nginx', () => {
  it('have the same routes and statuses', () => {
    for (const run of [combined, upstreams, json]) {
      expect(run.samples!.endMs.length).toBe(43);
      expect(namesOf(run.samples!.route!).slice(30, 34)).toEqual([
        'GET /fail',
        'GET /cpu',
        'POST /orders',
        'GET /static/x',
      ]);
      expect([...run.samples!.status].slice(-5)).toEqual([503, 200, 200, 204, 499]);
      expect(run.metrics.http_req_failed).toEqual({ rate: 4 / 43, passes: 4, fails: 39 });
    }
  });

  it('have times where the format has them', () => {
    expect(combined.metrics.http_req_duration).toBeUndefined();
    expect([...combined.samples!.durationMs].every(Number.isNaN)).toBe(true);
    expect(combined.ignored.map(({ what }) => what.split(':')[0])).toEqual([
      'fractions of a second',
      'durations',
    ]);
    expect(json.metrics.http_req_duration).toEqual(upstreams.metrics.http_req_duration);
    expect(upstreams.metrics.http_req_duration).toMatchObject({ med: 31, count: 43 });
    // The last one: the client went away after 5 ms.
    expect([upstreams.samples!.durationMs.at(-1), upstreams.samples!.upstreamMs!.at(-1)]).toEqual([5, 5]);
    expect(upstreams.startMs! + upstreams.samples!.endMs.at(-1)!).toBeCloseTo(1795689993752, 3);
  });

  it('are of the upstream that answered last', () => {
    const instances = namesOf(upstreams.samples!.instance!);
    expect(instances).toEqual(namesOf(json.samples!.instance!));
    // `127.0.0.1:18103, 127.0.0.1:18101`, and `-` for a location that asks none.
    expect(instances.slice(-5)).toEqual([
      '127.0.0.1:18102',
      '127.0.0.1:18102',
      '127.0.0.1:18101',
      '',
      '127.0.0.1:18102',
    ]);
    expect(upstreams.samples!.upstreamMs!.at(-2)).toBeNaN();
    expect(upstreams.ignored).toEqual([{ what: expect.stringContaining('earlier tries'), count: 16 }]);
  });
});

describe('a line of an access log', () => {
  it('may go to another group of upstreams, and name a socket', async () => {
    const line =
      '1795689993.671 200 10.0.0.1:80, 10.0.0.2:80 : unix:/tmp/a.sock 0.100, 0.200 : 0.005 0.310\n';
    const run = await read(line, '$msec $status $upstream_addr $upstream_response_time $request_time');
    expect(run.samples!.instance!.names).toEqual(['unix:/tmp/a.sock']);
    expect([...run.samples!.upstreamMs!]).toEqual([5]);
    expect([...run.samples!.durationMs]).toEqual([310]);
    expect(run.startMs).toBe(1795689993361);
  });

  it('of a connection that never sent a request is counted apart', async () => {
    const line = (request: string, status: number) => `[26/Nov/2026:10:46:33 +0100] "${request}" ${status}\n`;
    const text = line('GET /a HTTP/1.1', 200) + line('\\x16\\x03\\x01', 400) + line('', 400) + line('-', 408);
    const run = await read(text, '[$time_local] "$request" $status');
    expect(run.metrics.http_reqs?.count).toBe(1);
    expect(run.ignored[0]).toEqual({
      what: expect.stringContaining('no request nginx could read'),
      count: 3,
    });
    expect(run.startMs).toBe(Date.parse('2026-11-26T09:46:33Z'));
  });

  it('of another format is refused with its number, and told how to say the format', async () => {
    const good = '127.0.0.1 - - [26/Nov/2026:10:46:33 +0000] "GET / HTTP/1.1" 200 12 "-" "a"\n';
    const error = await readText('access.log', `${good}${good.trimEnd()} 0.004\nnothing\n`).catch(
      (caught) => caught,
    );
    expect(error.mistakes.map(({ line }: { line: number }) => line)).toEqual([2, 3]);
    expect(error.mistakes[0].hint).toContain('log_format');
    await expect(read('nothing\n', UPSTREAMS)).rejects.toThrow('$remote_addr $time_local');
  });

  it("may be of Apache's common format", async () => {
    const run = await readText(
      'access.log',
      '127.0.0.1 - bob [26/Nov/2026:10:46:33 +0000] "GET /a HTTP/1.0" 200 2326\n',
    );
    expect(run.samples!.route!.names).toEqual(['GET /a']);
  });

  it('may name its parts apart', async () => {
    const run = await read(
      '2026-11-26T10:46:33+00:00 POST /a?b=1 201\n',
      '$time_iso8601 $request_method $request_uri $status',
    );
    expect(run.samples!.route!.names).toEqual(['POST /a']);
  });
});

describe('a log_format', () => {
  it.each([
    '$msec "$request" $status',
    'log_format main \'$msec "$request" $status\';',
    "main '$msec \"$request\" ' '$status'",
    'log_format main escape=default "$msec \\"$request\\" $status";',
    '${msec} "${request}" ${status}',
  ])('may be written as %s', (text) => {
    const format = parseLogFormat(text);
    if ('got' in format) throw new Error(format.got);
    expect(format.variables).toEqual(['msec', 'request', 'status']);
    expect(format.match('1.234 "GET /\\x22 HTTP/1.1" 200')).toEqual(['1.234', 'GET /\\x22 HTTP/1.1', '200']);
    expect(format.match('1.234 "GET / HTTP/1.1" 200 more')).toBeUndefined();
  });

  it('without a time, or with two variables that run into each other, is refused', () => {
    expect(parseLogFormat('"$request" $status')).toMatchObject({
      expected: 'one of $msec, $time_iso8601, $time_local',
    });
    expect(parseLogFormat('$msec $remote_user$http_referer')).toMatchObject({
      got: expect.stringContaining('$remote_user'),
    });
  });

  it('takes a long line that does not match in no time', () => {
    const format = parseLogFormat(UPSTREAMS);
    if ('got' in format) throw new Error(format.got);
    const line = `127.0.0.1 [26/Nov/2026:10:46:33 +0000] 1.000 "GET / HTTP/1.1" 200 0.000 ${'a:1, '.repeat(20_000)}!`;
    expect(format.match(line)).toBeUndefined();
  });
});
