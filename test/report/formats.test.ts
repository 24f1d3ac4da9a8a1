import { beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.js';
import { formats } from '../../src/report/formats/index.js';
import { summaryJson } from '../../src/report/formats/json.js';
import { fixtureResult } from './fixture.js';

let result: RunResult;
beforeAll(() => {
  result = fixtureResult([1, 2], 2);
});

async function only(name: string, value: RunResult = result): Promise<string> {
  const [file] = await formats.find((format) => format.name === name)!.render(value);
  return file!.content as string;
}

describe('json', () => {
  it('is the object that the documentation shows', () => {
    const object = JSON.parse(summaryJson(result));
    expect(Object.keys(object)).toEqual(['experiment', 'version', 'seed', 'inputs', 'variants']);
    expect(object.seed).toBe(430);
    const [variant] = object.variants;
    expect(Object.keys(variant)).toEqual([
      'variant',
      'fingerprint',
      'replications',
      'metrics',
      'intervals',
      'thresholds',
      'instances',
    ]);
    expect(variant.variant).toEqual({ 'services.api.replicas': 1 });
    expect(Object.keys(variant.metrics.http_req_duration)).toEqual([
      'avg',
      'min',
      'med',
      'max',
      'p(90)',
      'p(95)',
      'p(99)',
    ]);
    expect(Object.keys(variant.metrics.http_req_failed)).toEqual(['rate', 'passes', 'fails']);
    expect(Object.keys(variant.metrics.http_reqs)).toEqual(['count', 'rate']);
    expect(variant.intervals.http_req_duration['p(95)']).toHaveLength(2);
    expect(variant.thresholds.http_req_duration['p(95)<500']).toEqual({ ok: false });
    expect(Object.keys(variant.instances[0])).toEqual([
      'name',
      'requests',
      'share',
      'errors',
      'p(95)',
      'cpu',
      'throttled',
    ]);
  });

  it('keeps a seed that is no number', () => {
    expect(JSON.parse(summaryJson({ ...result, seed: 'demo/7' })).seed).toBe('demo/7');
  });
});

describe('result', () => {
  it('reads back as it was, but for the last digits', async () => {
    const back = JSON.parse(await only('result')) as RunResult;
    expect(await only('result', back)).toBe(await only('result'));
    expect(back.variants[0]!.series.vus).toEqual(result.variants[0]!.series.vus);
  });
});

describe('csv', () => {
  it('has a line per interval of every variant, gauges included', async () => {
    const [head, ...lines] = (await only('csv')).trimEnd().split('\n');
    const columns = head!.split(',');
    expect(columns.slice(0, 6)).toEqual([
      'variant',
      'start_seconds',
      'vus',
      'http_reqs',
      'http_reqs_failed',
      'avg',
    ]);
    expect(columns).toContain('api-2:cpu_seconds');
    expect(lines).toHaveLength(result.variants.reduce((sum, { series }) => sum + series.vus.length, 0));
    for (const line of lines) expect(line.split(',')).toHaveLength(columns.length);
  });

  it('quotes labels with commas', async () => {
    const [variant] = result.variants;
    const text = await only('csv', { ...result, variants: [{ ...variant!, label: 'a=1, b="x"' }] });
    expect(text.split('\n')[1]).toMatch(/^"a=1, b=""x""",0,/);
  });
});

describe('markdown', () => {
  it('has the tables and the verdict', async () => {
    const text = await only('markdown');
    expect(text).toMatch(/^# How many instances/);
    expect(text).toContain('| variant | req/s |');
    expect(text).toContain('- **replicas=1**: 4.9 % of the requests fail');
    expect(text).toContain('## Instances');
  });
});

describe('html', () => {
  it('is one file that loads nothing', async () => {
    const page = await only('html');
    expect(page).not.toMatch(/<script|<link|@import|<img/);
    expect(page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:/);
    expect(page.match(/<figure/g)).toHaveLength(7);
  });

  it('has every identifier once, and refers only to those', async () => {
    const page = await only('html');
    const identifiers = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(identifiers).size).toBe(identifiers.length);
    for (const [, name] of page.matchAll(/url\(#([^)]+)\)/g)) expect(identifiers).toContain(name);
  });

  it('escapes what comes from files', async () => {
    expect(await only('html', { ...result, title: '<b>&"' })).toContain(
      '<title>&lt;b&gt;&amp;&quot;</title>',
    );
  });
});
