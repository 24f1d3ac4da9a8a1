import { beforeAll, describe, expect, it } from 'vitest';
import { GeneratorLogs } from '../../src/metrics/generator.js';
import type { RunResult } from '../../src/metrics/result.js';
import type { RenderedFile } from '../../src/report/format.js';
import { formats } from '../../src/report/formats/index.js';
import { httpSample } from '../metrics/sample.js';
import { fixtureResult } from '../report/fixture.js';

const text = (file: RenderedFile) => (typeof file.content === 'string' ? file.content : '');
const bytes = (file: RenderedFile) => Buffer.from(file.content);

let full: RunResult;
/** The same with a scenario of each load generator that has reports of its own. */
function withGenerators(result: RunResult): RunResult {
  const head = { hostname: 'localhost', port: 80, path: '/', serverSoftware: 'nginx', concurrency: 2 };
  const logs = new GeneratorLogs({
    users: { kind: 'locust', startNs: 0 },
    bench: { kind: 'ab', startNs: 0, head: { ...head, keepAlive: true, variableLength: false } },
  });
  const sample = { ...httpSample(), bodyBytes: 120, responseBytes: 250, keepsConnection: true };
  for (const scenario of ['users', 'bench', 'users', 'bench']) logs.add({ ...sample, scenario, endNs: 3e9 });
  return { ...result, variants: result.variants.map((variant) => ({ ...variant, ...logs.toRecords() })) };
}

/** No requests, no gauges, no instances: what a run that was cut at once leaves. */
let empty: RunResult;

beforeAll(() => {
  full = withGenerators(fixtureResult([1, 2]));
  const { generators: _, ...variant } = full.variants[0]!;
  const durations = { bucketsPerOctave: 256, count: 0, sum: 0, min: 0, max: 0, buckets: [], counts: [] };
  const none = {
    vus: [],
    httpReqs: [],
    httpReqsFailed: [],
    p50: [],
    p90: [],
    p95: [],
    p99: [],
    avg: [],
    durations: [],
  };
  const series = { intervalSeconds: 1, ...none, gauges: [] };
  const nothing = { metrics: {}, intervals: {}, thresholds: {}, instances: [], runs: [], durationSeconds: 0 };
  empty = { ...full, variants: [{ ...variant, ...nothing, durations, series }] };
});

describe.each(formats.map((format) => [format.name, format] as const))('format %s', (_name, format) => {
  it('gives the same bytes for the same result, whatever was rendered before', async () => {
    const first = await format.render(full);
    for (const other of formats) if (other.name === 'svg') await other.render(empty);
    const copy = JSON.parse(JSON.stringify(full)) as RunResult;
    const second = await format.render(copy);
    expect(second.map((file) => file.name)).toEqual(first.map((file) => file.name));
    for (const [index, file] of first.entries()) expect(bytes(second[index]!).equals(bytes(file))).toBe(true);
  });

  it('names its files by its extension, each once', async () => {
    const names = (await format.render(full)).map((file) => file.name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.endsWith(`.${format.extension}`)).toBe(true);
  });

  it('writes whole lines, and no value that does not exist', async () => {
    for (const file of await format.render(full)) {
      expect(bytes(file).length).toBeGreaterThan(100);
      if (typeof file.content !== 'string') continue;
      expect(file.content.endsWith('\n')).toBe(true);
      expect(text(file)).not.toMatch(/\b(NaN|undefined|Infinity)\b|\[object/);
    }
  });

  it('survives a result without a single request', async () => {
    for (const file of await format.render(empty)) {
      expect(text(file)).not.toMatch(/\b(NaN|undefined|Infinity)\b|\[object/);
    }
  });

  it('describes itself', () => {
    expect(format.summary.length).toBeGreaterThan(10);
    expect(format.source).not.toBe('');
    expect(format.example).toContain('sim ');
    expect(format.options.parse({})).toEqual({});
  });
});

describe('chosen charts', () => {
  it.each(['svg', 'png', 'vega-lite', 'html'])('%s draws only what was asked for', async (name) => {
    const format = formats.find((candidate) => candidate.name === name)!;
    const files = await format.render(full, { charts: ['latency'] });
    expect(files).toHaveLength(1);
    if (name === 'html') expect(text(files[0]!).match(/<figure/g)).toHaveLength(1);
    else expect(files[0]!.name).toBe(`latency.${format.extension}`);
  });
});
