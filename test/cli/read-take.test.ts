import { describe, expect, it } from 'vitest';
import { readTake } from '../../src/cli/read-take.js';
import { ignoredRemarks } from '../../src/input/measured.js';
import { UPSTREAMS } from '../input/measured/samples.js';

const samples = new URL('../input/measured/samples/', import.meta.url).pathname;
const spec = { also: [], label: undefined, logFormat: undefined, scrapeIntervalSeconds: undefined };

describe('one take of a real run', () => {
  it('is of one file, or of several of one run', async () => {
    const also = ['stats_history', 'failures'].map((name) => `${samples}before_${name}.csv`);
    const run = await readTake({ ...spec, file: `${samples}before_stats.csv`, also, label: 'locust' });
    expect(run).toMatchObject({ label: 'locust', format: 'locust-stats' });
    expect([run.vus.length, run.errors?.length]).toEqual([6, 2]);
  });

  it('is read as its entry says', async () => {
    const file = `${samples}access-upstreams.txt`;
    const run = await readTake({ ...spec, file, logFormat: UPSTREAMS });
    expect(run.samples?.endMs.length).toBe(43);
    expect(ignoredRemarks(run)).toEqual([
      'access-upstreams: left out: 16 × earlier tries of requests that went to several upstreams: route, time and instance are of the last one',
    ]);
    await expect(readTake({ ...spec, file })).rejects.toThrow('measured data: ab-text');
  });

  it('fails as the disk does where a file is gone', async () => {
    await expect(readTake({ ...spec, file: `${samples}gone.csv` })).rejects.toThrow('ENOENT');
  });
});
