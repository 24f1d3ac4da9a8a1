import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/input/error.js';
import { readText } from './chunks.js';

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
    '{"status":"success","data":{"resultType":"vector","result":[]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{}}]}}',
    '{"status":"success","data":{',
  ])('is refused: %s', async (text) => {
    await expect(readText('prom.json', text)).rejects.toBeInstanceOf(InputError);
  });
});
