import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchMeasured } from '../../src/cli/prometheus-client.js';
import { readText } from '../input/measured/chunks.js';

/** The real program, scraping itself every second; only where it is installed. */
const PROGRAM = 'prometheus';
const installed = spawnSync(PROGRAM, ['--version']).status === 0;
const address = '127.0.0.1:19191';
const folder = mkdtempSync(path.join(tmpdir(), 'prometheus-'));
let program: ChildProcess | undefined;

/** True once it has scraped itself a few times: its first scrape is up to ten seconds after its start. */
async function hasScraped(): Promise<boolean> {
  const end = Math.floor(Date.now() / 1000);
  const range = { start: end - 30, end, step: 1, queries: ['up'] };
  return fetchMeasured(`http://${address}`, range).then(
    ({ series }) => (series[0]?.points.length ?? 0) >= 5,
    () => false,
  );
}

describe.runIf(installed)('a real Prometheus', () => {
  beforeAll(async () => {
    const scrape = `scrape_configs: [{ job_name: self, static_configs: [{ targets: ['${address}'] }] }]`;
    writeFileSync(path.join(folder, 'p.yml'), `global: { scrape_interval: 1s }\n${scrape}\n`);
    const options = ['--config.file=p.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`];
    program = spawn(PROGRAM, options, { cwd: folder, stdio: 'ignore' });
    for (let tries = 0; tries < 150 && !(await hasScraped()); tries += 1) await sleep(200);
  }, 60_000);

  afterAll(() => {
    program?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers ranges, in pieces where they are long, and errors', async () => {
    const end = Math.floor(Date.now() / 1000);
    const queries = ['up', 'rate(prometheus_http_requests_total[3s])'];
    const run = await fetchMeasured(`http://${address}`, { start: end - 30_000, end, step: 1, queries });
    const up = run.series.find(({ metric }) => metric === 'up');
    expect(up?.labels).toEqual({ instance: address, job: 'self' });
    expect(up!.points.length).toBeGreaterThanOrEqual(3);
    expect(up!.points.at(-1)!.atSeconds).toBeLessThanOrEqual(30_000);
    expect(run.series.some(({ metric }) => metric === queries[1])).toBe(true);
    await expect(
      fetchMeasured(`http://${address}`, { start: 0, end: 1, step: 1, queries: ['up('] }),
    ).rejects.toThrow('parse error');
  });

  it('has /metrics that are read, all of them', async () => {
    for (const accept of ['text/plain', 'application/openmetrics-text']) {
      const text = await (await fetch(`http://${address}/metrics`, { headers: { accept } })).text();
      const run = await readText('metrics.txt', text);
      expect(run.format).toBe('prometheus-text');
      expect(run.series.length).toBe(text.split('\n').filter((line) => /^[a-z]/.test(line)).length);
    }
  });
});
