import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTake } from '../../src/cli/take-files.js';
import { readTakes } from '../../src/cli/takes.js';
import { cpuTargets, measuredCpuUse } from '../../src/experiment/own-cpu.js';
import type { MeasuredSpec } from '../../src/input/experiment.js';
import { directoryWith, sim } from './sim.js';

const RUN = path.resolve('results/measured/n2-shop-ramp-a');
const ANSWERS = ['cpu', 'requests', 'bucket'].map((name) => path.join(RUN, `prom-${name}.json.gz`));

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

const scraped = ANSWERS.flatMap(
  (file) =>
    (JSON.parse(gunzipSync(readFileSync(file)).toString()) as { data: { result: Series[] } }).data.result,
);

const asked: URLSearchParams[] = [];

/** The Prometheus of the run: at each step the newest scraped value. Below `/empty` it has forgotten it, below `/idle` there is no CPU. */
const server = createServer((request, response) => {
  const url = new URL(request.url!, 'http://prometheus');
  asked.push(url.searchParams);
  const get = (name: string) => url.searchParams.get(name)!;
  const [start, end, step] = [Number(get('start')), Number(get('end')), Number(get('step'))];
  const times = Array.from(
    { length: Math.floor((end - start) / step) + 1 },
    (_, index) => start + index * step,
  );
  const result = scraped
    .filter(({ metric }) => metric.__name__ === get('query') && !url.pathname.startsWith('/empty'))
    .filter(
      ({ metric }) => metric.__name__ !== 'process_cpu_seconds_total' || !url.pathname.startsWith('/idle'),
    )
    .map(({ metric, values }) => ({
      metric,
      values: times.flatMap((time) => {
        const newest = values.findLast(([at]) => at <= time);
        return newest === undefined ? [] : [[time, newest[1]]];
      }),
    }));
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
});

let base = '';
const experiment = (measured: string, model = path.resolve('models/shop.calibrated.yaml')) => `model: ${model}
load: { executor: constant-vus, vus: 1, duration: 5s, iteration: [{ get: /shop }, { sleep: 1s }] }
vary: { services.api.replicas: [2] }
measured: [{ ${measured} }]
`;
const directory = directoryWith({
  'run.yaml': experiment(`k6: ${RUN}/points.csv.gz`),
  'summary.yaml': experiment(`summary: ${RUN}/summary.json`),
  'model.yaml':
    'hosts: { box: { cores: 2 } }\nbalancer: { product: nginx }\nservices: { api: { routes: { GET /shop: [{ cpu: ? }] } } }\n',
});
copyFileSync(`${RUN}/points.csv.gz`, directory.at('points.csv.gz'));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  directory.remove();
});

const spec: MeasuredSpec = {
  file: `${RUN}/points.csv.gz`,
  format: 'k6',
  also: [],
  logFormat: undefined,
  scrapeIntervalSeconds: undefined,
  prometheus: ANSWERS,
  targets: undefined,
  label: undefined,
  stretch: 1,
};

describe('a take whose Prometheus is asked', () => {
  it('has the CPU per request of its saved answers, asked over its own time', async () => {
    const [saved] = await readTakes([spec]);
    asked.length = 0;
    const [live] = await readTakes([spec], base);
    const use = [saved!, live!].map(({ run }) => measuredCpuUse(run.series, cpuTargets(run.series, 2)));
    expect(use[0]!.requests).toBeGreaterThan(1000);
    expect(use[1]).toEqual(use[0]);
    expect(asked.map((query) => query.get('query'))).toEqual([
      'process_cpu_seconds_total',
      'http_requests_total',
      'http_request_duration_seconds_bucket',
      'http_request_duration_seconds_sum',
      'http_request_duration_seconds_count',
      'up',
    ]);
    const { startMs, durationSeconds } = saved!.run;
    expect(Number(asked[0]!.get('start')) * 1000).toBeCloseTo(Math.floor(startMs!), 3);
    // Up to one step of 5 s after the end, of which only whole steps are asked.
    const lateSeconds = Number(asked[0]!.get('end')) - startMs! / 1000 - durationSeconds;
    expect(lateSeconds).toBeGreaterThan(0);
    expect(lateSeconds).toBeLessThanOrEqual(5);
    expect(live!.run.ignored.map(({ what }) => what)).toContainEqual(
      expect.stringContaining('the query up:'),
    );
  });

  it('is calibrated by the same shares of CPU', async () => {
    const amounts = ({ cpu }: Awaited<ReturnType<typeof readTake>>) =>
      cpu.map(({ cpuSeconds, requests }) => [cpuSeconds, requests]);
    const saved = await readTake(spec);
    expect(saved.cpu.length).toBeGreaterThan(10);
    const live = await readTake(spec, base);
    expect(amounts(live)).toEqual(amounts(saved));
    expect(live.hashes.length).toBe(2);
    expect(live.hashes[0]).toBe(saved.hashes[0]);
  });

  it('shows Prometheus’ graphs in `sim compare`', async () => {
    const words = ['--replications', '1', '--no-plots', '-o', directory.at('out'), '--json'];
    const { code, out, error } = await sim([
      'compare',
      directory.at('run.yaml'),
      '--prometheus',
      base,
      ...words,
    ]);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const { prometheus } = JSON.parse(out) as { prometheus: { rate: { measured: number[] } }[] };
    // The ramp's 80 requests a second, seen through a window of 20 s.
    expect(Math.max(...prometheus[0]!.rate.measured)).toBeGreaterThan(60);
  });

  it.each([
    ['summary.yaml', '', 'summary.json does not tell from when to when it ran'],
    ['run.yaml', '/empty', 'has no process_cpu_seconds_total and no http_requests_total from Unix time'],
    ['run.yaml', '/idle', 'has no process_cpu_seconds_total from Unix time'],
    ['run.yaml', 'http://127.0.0.1:1', 'an answer of Prometheus'],
  ])('is refused: %s by %s', async (file, place, message) => {
    const address = place.startsWith('http') ? place : `${base}${place}`;
    const words = [directory.at(file), '--prometheus', address];
    const compared = await sim(['compare', ...words]);
    expect(compared.error).toContain(message);
    expect(compared.code).toBe(104);
    if (file === 'summary.yaml') return;
    const calibrated = await sim(['calibrate', directory.at('model.yaml'), '--measured', ...words]);
    expect(calibrated.error).toContain(message);
    expect(calibrated.code).toBe(104);
  });
});

describe('saved answers of a calibrated take', () => {
  it('are those that the experiment names, wherever they lie, each once', async () => {
    const beside = await readTake({ ...spec, prometheus: [] });
    const both = await readTake(spec);
    const file = directory.at('points.csv.gz');
    const elsewhere = await readTake({ ...spec, file });
    const none = await readTake({ ...spec, file, prometheus: [] });
    expect(beside.cpu.length).toBeGreaterThan(10);
    expect(both.cpu).toEqual(beside.cpu);
    expect(both.hashes).toEqual(beside.hashes);
    expect(elsewhere.cpu).toEqual(beside.cpu);
    expect(none.cpu).toEqual([]);
  });
});
