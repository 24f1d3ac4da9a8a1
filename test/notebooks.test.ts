import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunResult, VariantResult } from '../src/metrics/result.js';
import { type Ran, sim } from './cli/sim.js';

/** A fenced block: its language, the words behind it (`exit=99`, `file=models/mine.yaml`), its lines. */
interface Block {
  readonly language: string;
  readonly marks: Readonly<Record<string, string>>;
  readonly text: string;
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)(.*)\n([\s\S]*?)^```$/gm)].map(([, language, marks, text]) => ({
    language: language!,
    marks: Object.fromEntries(
      marks!
        .trim()
        .split(' ')
        .filter((mark) => mark !== '')
        .map((mark) => mark.split('=') as [string, string]),
    ),
    text: text!,
  }));
}

const project = process.cwd();
const notebooks = readdirSync('notebooks').sort();
let directory: string;

/** A reader's directory: what is written and run in a notebook leaves the project as it is. */
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'notebooks-'));
  for (const name of ['models', 'experiments']) {
    cpSync(path.join(project, name), path.join(directory, name), { recursive: true });
  }
  mkdirSync(path.join(directory, 'results'));
  symlinkSync(path.join(project, 'results/measured'), path.join(directory, 'results/measured'));
  process.chdir(directory);
});
afterAll(() => {
  process.chdir(project);
  rmSync(directory, { recursive: true, force: true });
});

/** Does what the notebook says, from top to bottom: writes its files, runs its commands. */
async function follow(name: string): Promise<Ran[]> {
  const all: Ran[] = [];
  for (const { language, marks, text } of blocksOf(
    readFileSync(path.join(project, 'notebooks', name), 'utf8'),
  )) {
    if (marks.file !== undefined) writeFileSync(marks.file, text);
    if (language !== 'sh') continue;
    for (const line of text.trim().split('\n')) {
      const [command, ...words] = line.split(' ');
      expect(command, line).toBe('sim');
      const ran = await sim(words);
      expect(ran.code, `${line}\n${ran.error}`).toBe(Number(marks.exit ?? 0));
      all.push(ran);
    }
  }
  return all;
}

function variants(experiment: string): readonly VariantResult[] {
  return (JSON.parse(readFileSync(`results/${experiment}/result.json`, 'utf8')) as RunResult).variants;
}

const rate = (variant: VariantResult | undefined) => variant!.metrics.http_reqs!.rate!;
const p95 = (variant: VariantResult | undefined) => variant!.metrics.http_req_duration!['p(95)']!;
const failed = (variant: VariantResult | undefined) => variant!.metrics.http_req_failed!.rate!;

describe('the notebooks', () => {
  it('lead from one to the next', () => {
    expect(notebooks).toEqual([
      '01-first-run.md',
      '02-your-own-model.md',
      '03-compare-with-k6.md',
      '04-what-if.md',
      '05-calibrate.md',
    ]);
    for (const [index, name] of notebooks.slice(0, -1).entries()) {
      expect(readFileSync(path.join(project, 'notebooks', name), 'utf8')).toContain(
        `(${notebooks[index + 1]})`,
      );
    }
  });

  it('1: one instance is held by its quota, three by the database', async () => {
    const [, run, , replay] = await follow('01-first-run.md');
    expect(run!.out).toMatch(/replicas=1\n +The CPU quota of fastapi-1 is the limit/);
    expect(run!.out).toMatch(/replicas=3\n +The CPU of database is the limit/);
    expect(replay!.out).not.toBe('');
    const [three, two, one] = variants('golden-signals');
    expect(rate(two) - rate(one)).toBeGreaterThan(rate(three) - rate(two));
    for (const variant of [three, two, one]) {
      expect(variant!.metrics['http_req_duration{name:/api/ventes/rapport}']!['p(95)']).toBeGreaterThan(350);
    }
    expect(readdirSync('results/golden-signals')).toContain('latency.png');
  });

  it('2: the capacity of one’s own model is the one reckoned by hand', async () => {
    await follow('02-your-own-model.md');
    const [idle] = variants('panier-idle');
    // 0.1 + 4.2 + 1.5 ms; over 850 requests, whose exponential part is 2.8 ms, the mean has a standard error of 0.1 ms.
    expect(idle!.metrics.http_req_duration!.avg).toBeGreaterThan(5.5);
    expect(idle!.metrics.http_req_duration!.avg).toBeLessThan(7);
    const [two, three] = variants('panier');
    const plateau = two!.series.httpReqs.slice(65, 89);
    const top = plateau.reduce((sum, value) => sum + value, 0) / plateau.length;
    // 2 x 0.5 / 4.2 ms = 238/s, less 0.2 % for ten ticks a second. A request's CPU varies by 2.8 / 4.2 of its mean; over 17,000
    // of them that is 0.5 %: six standard errors.
    expect(Math.abs(top / 237.6 - 1)).toBeLessThan(0.03);
    expect(p95(two)).toBeGreaterThan(300);
    expect(p95(three)).toBeLessThan(50);
  });

  it('3: a second instance is worth 300 ms less 20 ms, measured and predicted', async () => {
    const [one, two] = await follow('03-compare-with-k6.md');
    for (const { out } of [one!, two!]) {
      expect(out).toMatch(/^value +measured +predicted +error +grade$/m);
      expect(out).toMatch(/^stage /m);
    }
    const measuredAndPredicted = (out: string) =>
      [...out.match(/^p95 .*$/m)![0].matchAll(/([\d.]+) ms \(/g)].map((match) => Number(match[1]));
    for (const value of measuredAndPredicted(one!.out)) expect(value).toBeGreaterThan(200);
    for (const value of measuredAndPredicted(two!.out)) expect(value).toBeLessThan(30);
  });

  it('4: only what takes work from the limit helps, and a minute decides', async () => {
    await follow('04-what-if.md');
    const [asItIs, cached, larger, more] = variants('golden-signals-remedies');
    expect(cached!.label).toBe('stock.ttl=5s');
    expect(rate(cached)).toBeGreaterThan(2 * rate(asItIs));
    // Less than 3 %: both are at what the database can do.
    expect(rate(larger) / rate(asItIs)).toBeCloseTo(1, 1);
    expect(rate(more) / rate(asItIs)).toBeCloseTo(1, 1);
    for (const variant of variants('api-instance-killed')) {
      if (variant.variant['events[1].at'] === '4m') expect(failed(variant)).toBeLessThan(0.01);
      else expect(failed(variant)).toBeGreaterThan(0.3);
    }
  });

  it('5: what the runs do not tell is said, and three instances are enough', async () => {
    const [both, one, compared] = await follow('05-calibrate.md');
    expect(both!.out).toMatch(/^not identified: services\.api\.server\.overhead\.request, .*GET \/cpu/m);
    expect(both!.out).toContain('to identify it: ');
    expect(one!.out).not.toContain('not identified');
    expect(compared!.out).toMatch(/^p95 +20\.3 ms /m);
    expect(compared!.out).toContain('speed that meets it');
    const held = variants('how-many').map((variant) => p95(variant) < 500);
    expect(held).toEqual([false, false, true, true]);
  }, 180_000);
});
