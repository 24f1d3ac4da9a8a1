import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/input/error.js';
import { readText } from './chunks.js';

const TREND = { avg: 10, min: 1, med: 9, max: 30, 'p(90)': 20, 'p(95)': 25 };

describe("k6's summary", () => {
  it('is read as --summary-export writes it', async () => {
    const text = JSON.stringify({
      root_group: { name: '', groups: {}, checks: {} },
      metrics: {
        http_reqs: { count: 120, rate: 2 },
        http_req_duration: { ...TREND, thresholds: { 'p(95)<500': false } },
        http_req_failed: { value: 0.25, passes: 30, fails: 90 },
        broken: { thresholds: {} },
      },
    });
    const run = await readText('before/summary.json', text);
    expect(run).toMatchObject({ label: 'before', durationSeconds: 60, vus: [] });
    expect(run.samples).toBeUndefined();
    expect(run.metrics).toEqual({
      http_reqs: { count: 120, rate: 2 },
      http_req_duration: TREND,
      http_req_failed: { rate: 0.25, passes: 30, fails: 90 },
    });
    expect(run.ignored).toEqual([{ what: 'metric broken, which has no statistics k6 knows', count: 1 }]);
  });

  it('is read as handleSummary is given it', async () => {
    const text = JSON.stringify(
      {
        root_group: {},
        state: { testRunDurationMs: 4206.134156 },
        metrics: {
          http_req_duration: { type: 'trend', contains: 'time', values: TREND },
          http_req_failed: { type: 'rate', contains: 'default', values: { rate: 0.5, passes: 1, fails: 1 } },
        },
      },
      undefined,
      2,
    );
    const run = await readText('summary.json', text);
    expect(run.durationSeconds).toBe(4.206134156);
    expect(run.metrics).toEqual({
      http_req_duration: TREND,
      http_req_failed: { rate: 0.5, passes: 1, fails: 1 },
    });
  });

  it.each([
    ['cut off', '{\n "metrics": {\n'],
    ['without metrics', '{"root_group": {}}'],
    ['with other metrics', '{"metrics": []}'],
  ])('is refused %s', async (_how, text) => {
    await expect(readText('summary.json', text)).rejects.toBeInstanceOf(InputError);
  });
});
