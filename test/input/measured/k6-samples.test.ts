import { describe, expect, it } from 'vitest';
import { readText } from './chunks.js';
import { readSample } from './samples.js';

/** One real run of k6 in three formats. */
const [csv, json, summary] = await Promise.all(
  ['k6-points.csv.gz', 'k6-points.json.gz', 'k6-summary.json'].map((file) => readSample({ file })),
);

function counts(coded: { names: readonly string[]; codes: Uint16Array } | undefined) {
  const found: Record<string, number> = {};
  for (const code of coded!.codes) {
    const name = coded!.names[code] as string;
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

describe('one run of k6 in three formats', () => {
  it('has the statistics of its summary in both files of points, the custom metrics where types are told', () => {
    const names = Object.keys(summary!.metrics).filter((name) => !name.includes('{scenario'));
    for (const name of names) {
      for (const [statistic, value] of Object.entries(summary!.metrics[name]!)) {
        // Rates of counters are by the length of the run, of which points know the beginning up to k6's first connection: 1 ms of 2 s.
        const digits = statistic === 'rate' && name !== 'http_req_failed' && name !== 'checks' ? -1 : 9;
        if (digits === 9)
          expect([name, statistic, json!.metrics[name]![statistic]]).toEqual([name, statistic, value]);
        else expect(Math.abs(json!.metrics[name]![statistic]! / value - 1)).toBeLessThan(0.001);
        if (name === 'orders' || name === 'queue_time') continue;
        // The CSV has six decimals, and whole seconds: what hangs on the length of the run differs.
        if (digits === 9) expect(csv!.metrics[name]![statistic]).toBeCloseTo(value, 6);
      }
    }
    expect(csv!.ignored).toEqual([
      { what: expect.stringContaining('K6_CSV_TIME_FORMAT'), count: 70 },
      { what: 'metric orders, whose type the file does not tell', count: 5 },
      { what: 'metric queue_time, whose type the file does not tell', count: 30 },
    ]);
    expect(json!.ignored).toEqual([]);
  });

  it('tells routes, instances, scenarios and groups in both', () => {
    for (const { samples } of [csv!, json!]) {
      expect(counts(samples!.route)).toEqual({ orders: 5, 'GET /none': 5, 'GET /slow': 30, 'GET /fail': 30 });
      expect(counts(samples!.instance)).toEqual({ '': 40, 'api-0': 16, 'api-1': 14 });
      expect(counts(samples!.scenario)).toEqual({ buy: 10, browse: 60 });
      expect(counts(samples!.group)).toEqual({ '': 40, '::g': 30 });
    }
    expect([...csv!.samples!.durationMs].sort()).toEqual([...json!.samples!.durationMs].sort());
  });

  it('is told by handleSummary, compact or not', async () => {
    const data = await readSample({ file: 'k6-data.json' });
    expect(data.durationSeconds).toBe(2.027298895);
    expect(data.metrics.http_reqs).toEqual({ count: 70, rate: 34.528702290838076 });
    expect(data.metrics.http_req_failed).toEqual({ rate: 0.5, passes: 35, fails: 35 });
    expect(data.metrics['http_req_duration{scenario:buy}']?.['p(95)']).toBe(2.0988434499999995);
    expect(data.metrics.http_req_duration?.['p(95)']).toBe(32.5241878);
    expect((await readSample({ file: 'k6-data-pretty.json' })).durationSeconds).toBe(4.206134156);
  });
});

describe('a request', () => {
  const header = 'metric_name,timestamp,metric_value,method,name,url,extra_tags';
  const row = (method: string, name: string, url: string, extra = '') =>
    `http_req_duration,1795211057,1,${method},${name},${url},${extra}`;

  it('is called by method and path, or by the name that the script gave', async () => {
    const rows = [
      row('GET', 'https://shop.example:8443/a/b?c=1#d', ''),
      row('GET', '', 'http://h'),
      row('POST', '/orders?x', ''),
      row('', '/orders', ''),
      row('GET', 'http://h/items/${}', ''),
      row('GET', 'all orders', 'http://h/orders/7'),
    ];
    const run = await readText('points.csv', `${[header, ...rows].join('\n')}\n`);
    expect(run.samples!.route!.names).toEqual([
      'GET /a/b',
      'GET /',
      'POST /orders',
      '/orders',
      'GET /items/${}',
      'all orders',
    ]);
  });

  it('is of the instance that its tag says, wherever it stands', async () => {
    const tags = ['instance=a', 'x=1&instance=b', 'instance=c&x=1', 'myinstance=d', ''];
    const rows = tags.map((extra) => row('GET', '/', '', extra));
    const { samples } = await readText('points.csv', `${[header, ...rows].join('\n')}\n`);
    expect([...samples!.instance!.codes].map((code) => samples!.instance!.names[code])).toEqual([
      'a',
      'b',
      'c',
      '',
      '',
    ]);
  });

  it('without a duration is told: a file may break off between the samples of one', async () => {
    const text = `${header}\n${row('GET', '/', '')}\nhttp_reqs,1795211057,1,GET,/,,\nhttp_reqs,1795211057,1,GET,/,,\n`;
    const { ignored } = await readText('points.csv', text);
    expect(ignored.at(-1)).toEqual({ what: expect.stringContaining('cut off'), count: 1 });
  });

  it('is not there where a file has a header only', async () => {
    await expect(readText('points.csv', `${header}\n`)).rejects.toThrow('a file without a row');
  });
});
