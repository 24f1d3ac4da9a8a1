import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/input/error.js';
import { readText } from './chunks.js';
import { readSample } from './samples.js';

function answer(values: readonly (readonly [number, string])[]) {
  const metric = { __name__: 'http_requests_total', instance: '127.0.0.1:8001' };
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric, values }] } });
}

describe('an answer of Prometheus', () => {
  it('is series in seconds since its first point', async () => {
    const run = await readText(
      'prom-requests.json',
      answer([
        [1795211057, '30'],
        [1795211062, '34.5'],
        [1795211067, 'NaN'],
      ]),
    );
    expect(run).toMatchObject({
      format: 'prometheus',
      label: 'prom-requests',
      durationSeconds: 10,
      metrics: {},
    });
    expect(run.series).toEqual([
      {
        metric: 'http_requests_total',
        labels: { instance: '127.0.0.1:8001' },
        points: [
          { atSeconds: 0, value: 30 },
          { atSeconds: 5, value: 34.5 },
        ],
      },
    ]);
    expect(run.ignored.map(({ count }) => count)).toEqual([1]);
  });

  it('takes the start of the run', async () => {
    const run = await readText('prom-requests.json', answer([[1795211057, '30']]), 1795211050_000);
    expect(run.series[0]?.points).toEqual([{ atSeconds: 7, value: 30 }]);
  });

  it.each([
    '{"status":"error","errorType":"bad_data","error":"invalid parameter"}',
    '{"status":"success","data":{"resultType":"string","result":[1,"a"]}}',
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"fast"]}]}}',
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"code":200},"value":[1,"2"]}]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{}}]}}',
    '{"status":"success","data":{',
  ])('is refused: %s', async (text) => {
    await expect(readText('prom.json', text)).rejects.toBeInstanceOf(InputError);
  });

  it('may be that of an instant: a vector, a matrix of up[5s], a scalar', async () => {
    const vector = await readSample({ file: 'prometheus-vector.json' });
    expect(vector.series.map(({ labels, points }) => [labels.handler, points])).toEqual([
      ['/api/v1/query_range', [{ atSeconds: 0, value: 1 }]],
      ['/metrics', [{ atSeconds: 0, value: 5 }]],
    ]);
    const raw = await readSample({ file: 'prometheus-raw.json' });
    expect(raw.series[0]?.points.map(({ atSeconds }) => atSeconds)).toEqual([0, 1, 2, 3]);
    const scalar = await readText(
      'a.json',
      '{"status":"success","data":{"resultType":"scalar","result":[7,"+Inf"]}}',
    );
    expect(scalar.series).toEqual([{ metric: '', labels: {}, points: [] }]);
    expect(scalar.ignored[0]?.count).toBe(1);
  });

  it('tells what Prometheus warned of, and that it has no series', async () => {
    const text = '{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":["slow"]}';
    const run = await readText('a.json', text);
    expect(run.startMs).toBeUndefined();
    expect(run.ignored.map(({ what }) => what)).toEqual([
      'Prometheus warns: slow',
      expect.stringContaining('no series'),
    ]);
  });

  it('that breaks off is refused with the place', async () => {
    const text = answer([[1795211057, '30']]);
    await expect(readText('a.json', text.slice(0, 60))).rejects.toThrow('a.json:1:61');
    await expect(readText('a.json', text.replace('"data"', 'data'))).rejects.toThrow('a.json:1:21');
  });
});
