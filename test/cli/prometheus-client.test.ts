import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchMeasured } from '../../src/cli/prometheus-client.js';

/** A Prometheus that has `up` of two instances at every second, and nothing else. It refuses what the real one refuses. */

const asked: URLSearchParams[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url!, 'http://prometheus');
  const send = (status: number, body: string) => response.writeHead(status).end(body);
  if (url.pathname === '/busy/api/v1/query_range') return void send(502, '<html>Bad Gateway</html>');
  if (url.pathname === '/late/api/v1/query_range') return;
  if (url.pathname !== '/api/v1/query_range') return void send(404, '404 page not found');
  asked.push(url.searchParams);
  const [query, start, end, step] = ['query', 'start', 'end', 'step'].map(
    (name) => url.searchParams.get(name)!,
  );
  if (query === 'up(') {
    const error = 'invalid parameter "query": 1:3: parse error: unclosed left parenthesis';
    return void send(400, JSON.stringify({ status: 'error', errorType: 'bad_data', error }));
  }
  const points = Math.floor((Number(end) - Number(start)) / Number(step)) + 1;
  if (points > 11_000) {
    const error = 'exceeded maximum resolution of 11,000 points per timeseries.';
    return void send(400, JSON.stringify({ status: 'error', errorType: 'bad_data', error }));
  }
  const instances = query === 'up' ? ['a:1', 'b:1'] : query === 'sum(up)' ? [''] : [];
  const result = instances.map((instance) => ({
    metric: instance === '' ? {} : { __name__: 'up', instance },
    values: Array.from({ length: points }, (_, index) => [Number(start) + index * Number(step), '1']),
  }));
  send(200, JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
}

const server = createServer(answer);
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const range = { start: 1795211057, end: 1795211067, step: 5 };

describe('ranges of a running Prometheus', () => {
  it('are series in seconds from the start, of every query', async () => {
    const run = await fetchMeasured(`${base}/`, { ...range, queries: ['up', 'sum(up)'] });
    expect(run).toMatchObject({
      format: 'prometheus',
      startMs: 1795211057000,
      durationSeconds: 10,
      ignored: [],
    });
    expect(
      run.series.map(({ metric, labels, points }) => [
        metric,
        labels,
        points.map(({ atSeconds }) => atSeconds),
      ]),
    ).toEqual([
      ['up', { instance: 'a:1' }, [0, 5, 10]],
      ['up', { instance: 'b:1' }, [0, 5, 10]],
      ['sum(up)', {}, [0, 5, 10]],
    ]);
  });

  it('of more than 11,000 points are asked for in pieces, without a point twice or missing', async () => {
    asked.length = 0;
    const run = await fetchMeasured(base, {
      start: 1795211057.3,
      end: 1795213557.3,
      step: 0.1,
      queries: ['up'],
    });
    expect(asked.map((query) => [query.get('start'), query.get('end')])).toEqual([
      ['1795211057.3', '1795212157.2'],
      ['1795212157.3', '1795213257.2'],
      ['1795213257.3', '1795213557.3'],
    ]);
    const { points } = run.series[0]!;
    expect(points.length).toBe(25_001);
    // Unix times in seconds are exact to a quarter of a µs.
    const late = points.filter(({ atSeconds }, index) => Math.abs(atSeconds - index * 0.1) >= 1e-6);
    expect(late).toEqual([]);
  });

  it('without series are told', async () => {
    const run = await fetchMeasured(base, { ...range, queries: ['nothing', 'up'] });
    expect(run.ignored).toEqual([{ what: expect.stringContaining('the query nothing'), count: 1 }]);
    expect(run.series.length).toBe(2);
  });

  it.each([
    ['a query that is wrong', '', ['up('], 'unclosed left parenthesis'],
    ['another server', '/grafana', ['up'], '404 Not Found for up'],
    ['a gateway without it', '/busy', ['up'], '502 Bad Gateway for up'],
    ['no answer', '/late', ['up'], 'nothing within 0.05 s'],
    ['no query', '', [], 'no query'],
  ])('are refused for %s', async (_what, path, queries, message) => {
    const fetched = fetchMeasured(`${base}${path}`, { ...range, queries, timeoutMs: 50 });
    await expect(fetched).rejects.toThrow(message);
    await expect(fetched).rejects.toMatchObject({ name: 'InputError' });
  });

  it.each([
    ['localhost:9090', 'an address like http://localhost:9090'],
    ['what', 'an address like http://localhost:9090'],
    // Port 1 of loopback: nobody listens there.
    ['http://127.0.0.1:1', 'an answer of Prometheus'],
  ])('are refused for %s', async (address, message) => {
    await expect(fetchMeasured(address, { ...range, queries: ['up'] })).rejects.toThrow(message);
  });

  it('need a step, and an end after the start', async () => {
    await expect(fetchMeasured(base, { ...range, step: 0, queries: ['up'] })).rejects.toThrow(
      'a step of 0 s',
    );
    await expect(fetchMeasured(base, { ...range, end: 1, queries: ['up'] })).rejects.toThrow(
      'an end after the start',
    );
  });
});
