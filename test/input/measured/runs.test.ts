import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readMeasured } from '../../../src/input/read-measured.js';

const root = new URL('../../../results/measured/', import.meta.url);
const runs = readdirSync(root).filter((run) => existsSync(new URL(`${run}/case.json`, root)));

function read(run: string, file: string) {
  return readMeasured(`results/measured/${run}/${file}`, createReadStream(new URL(`${run}/${file}`, root)));
}

/** The metrics whose rows the copies keep. */
const KEPT = [
  'http_req_duration',
  'http_req_duration{expected_response:true}',
  'http_req_failed',
  'http_reqs',
  'iterations',
  'dropped_iterations',
  'vus',
  'vus_max',
];

describe('every real run', () => {
  it('is there', () => {
    expect(runs.length).toBeGreaterThanOrEqual(14);
  });

  it.each(runs)('%s: the samples give the statistics of its summary', async (run) => {
    const points = await read(run, 'points.csv.gz');
    const summary = await read(run, 'summary.json');
    expect(points.format).toBe('k6-csv');
    expect(summary.format).toBe('k6-summary');
    expect(points.label).toBe(run);
    expect(points.ignored).toEqual([]);
    for (const metric of KEPT.filter((name) => name in summary.metrics)) {
      for (const [statistic, value] of Object.entries(summary.metrics[metric] ?? {})) {
        const own = points.metrics[metric]?.[statistic];
        // Counters' rates are by the length of the run, of which the samples know the beginning up to k6's making of the first
        // connection: at most 60 ms of at least 60 s in these runs. Everything else is k6's own arithmetic on the same numbers.
        if (statistic === 'rate' && metric !== 'http_req_failed') {
          expect(Math.abs(own! - value) / value).toBeLessThan(0.001);
        } else expect([metric, statistic, own]).toEqual([metric, statistic, value]);
      }
    }
    expect(points.samples?.endMs.length).toBe(summary.metrics.http_reqs?.count);
    expect(points.samples?.failed.reduce((sum, failed) => sum + failed, 0)).toBe(
      summary.metrics.http_req_failed?.passes,
    );
    expect(Math.abs(points.durationSeconds - summary.durationSeconds)).toBeLessThan(0.06);
  });

  it('has what its servers counted', async () => {
    const requests = await read('n2-shop-ramp-a', 'prom-requests.json.gz');
    const served = requests.series.filter(
      ({ metric, labels }) =>
        metric === 'http_requests_total' && labels.handler === '/shop' && labels.job === 'api-instances',
    );
    expect(served.map(({ labels }) => labels.instance)).toEqual(['127.0.0.1:8001', '127.0.0.1:8002']);
    // Round robin over 2990 requests: 1495 each; the last one ended after the first instance's last scrape (every 5 s).
    expect(served.map(({ points }) => points.at(-1)?.value)).toEqual([1494, 1495]);
  });
});
