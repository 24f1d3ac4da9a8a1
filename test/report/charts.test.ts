import type { LoggerInterface } from 'vega';
import { compile } from 'vega-lite';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/result.js';
import type { ChartSpec } from '../../src/report/chart.js';
import { comparisonSpec } from '../../src/report/charts/comparison.js';
import { charts } from '../../src/report/charts/index.js';
import { renderSvg, svgToPng } from '../../src/report/render.js';
import { fixtureComparison } from './comparison-fixture.js';
import { fixtureResult } from './fixture.js';

let result: RunResult;
beforeAll(() => {
  result = fixtureResult([1, 2], 2);
});

/** Where every text of a drawing begins, walking the nested translations; rotated texts are left out. */
function textPositions(svg: string): { text: string; x: number; y: number }[] {
  const positions: { text: string; x: number; y: number }[] = [];
  const stack: [number, number][] = [[0, 0]];
  for (const match of svg.matchAll(/<(\/?)(g|text)\b([^>]*)>([^<]*)/g)) {
    const [, closes, tag, attributes, content] = match as unknown as [string, string, string, string, string];
    if (closes) {
      if (tag === 'g') stack.pop();
      continue;
    }
    const [x, y] = stack[stack.length - 1]!;
    const moved = /translate\(([-\d.]+),([-\d.]+)\)/.exec(attributes);
    const here: [number, number] = [x + Number(moved?.[1] ?? 0), y + Number(moved?.[2] ?? 0)];
    if (tag === 'g') stack.push(here);
    else if (!attributes.includes('rotate')) positions.push({ text: content, x: here[0], y: here[1] });
  }
  return positions;
}

describe.each(charts.map((chart) => [chart.name, chart] as const))('chart %s', (name, chart) => {
  it('draws with its title, inside its frame', async () => {
    const svg = await renderSvg(chart.spec(result)!);
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
    const positions = textPositions(svg);
    expect(positions.map(({ text }) => text)).toContain(chart.title);
    for (const { text, x, y } of positions) {
      expect(x, text).toBeGreaterThanOrEqual(0);
      expect(x, text).toBeLessThanOrEqual(Number(width));
      expect(y, text).toBeGreaterThanOrEqual(0);
      expect(y, text).toBeLessThanOrEqual(Number(height));
    }
    expect(svg).not.toContain('NaN');
  });

  it('names in a legend what its colours mean', async () => {
    const legends: Record<string, readonly string[]> = {
      latency: ['p50', 'p95', 'p99'],
      throughput: ['successful', 'failed'],
      distribution: ['replicas=1', 'replicas=2'],
      cpu: ['host laptop', 'api-1', 'api-2'],
      queues: ['in flight', 'threads busy', 'pool connections in use'],
    };
    const texts = textPositions(await renderSvg(chart.spec(result)!)).map(({ text }) => text);
    for (const name of legends[chart.name] ?? []) expect(texts).toContain(name);
  });

  it('is drawn without a warning of the library', () => {
    const warnings: unknown[] = [];
    const add = (...messages: readonly unknown[]) => {
      warnings.push(...messages);
      return logger;
    };
    const logger: LoggerInterface = {
      level: () => logger,
      error: add,
      warn: add,
      info: () => logger,
      debug: () => logger,
    };
    compile(chart.spec(result) as never, { logger });
    expect(warnings).toEqual([]);
  });

  it('needs nothing from the network', () => {
    const { $schema: _, ...spec } = chart.spec(result)!;
    expect(JSON.stringify(spec)).not.toMatch(/https?:/);
  });

  it('takes one variant, and many', async () => {
    const [one] = result.variants;
    const many = Array.from({ length: 9 }, (_, index) => ({ ...one!, label: `algorithm=${index}` }));
    for (const variants of [[one!], many]) {
      const spec = chart.spec({ ...result, variants });
      if (name === 'variants' && variants.length === 1) expect(spec).toBeUndefined();
      else expect((await renderSvg(spec!)).length).toBeGreaterThan(1000);
    }
  });
});

describe('ranks', () => {
  it('are different, so that the order on a page is one', () => {
    expect(new Set(charts.map((chart) => chart.rank)).size).toBe(charts.length);
  });
});

describe('comparisonSpec', () => {
  it('draws both sides', async () => {
    const svg = await renderSvg(comparisonSpec(fixtureComparison()));
    for (const word of ['predicted', 'measured', 'p95 of the response time', 'failed requests'])
      expect(svg).toContain(word);
  });

  it('takes a measurement without users, spread or errors', async () => {
    const { p50, p95, throughput, errorRate, ...rest } = fixtureComparison();
    const bare = ({ predicted, measured }: typeof p50) => ({ predicted, measured });
    const none = { predicted: [0, 0], measured: [null, 0] };
    const spec: ChartSpec = comparisonSpec({
      ...rest,
      vus: [],
      p50: bare(p50),
      p95: bare(p95),
      throughput: bare(throughput),
      errorRate: errorRate.predicted.length > 0 ? none : bare(errorRate),
    });
    expect(await renderSvg(spec)).not.toContain('NaN');
  });
});

describe('svgToPng', () => {
  it('draws text with the shipped font', async () => {
    const picture = (text: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text x="2" y="14" font-family="DejaVu Sans, sans-serif" font-size="12">${text}</text></svg>`;
    const blank = await svgToPng(picture(''));
    const written = await svgToPng(picture('p95 µs'));
    expect(Buffer.from(written).subarray(1, 4).toString()).toBe('PNG');
    // Missing fonts give an empty picture and no error.
    expect(Buffer.from(written).equals(Buffer.from(blank))).toBe(false);
  });
});
