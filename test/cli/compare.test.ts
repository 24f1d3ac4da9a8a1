import { afterAll, describe, expect, it } from 'vitest';
import type { AccuracyRow } from '../../src/metrics/accuracy.js';
import { directoryWith, sim } from './sim.js';

const directory = directoryWith({});
afterAll(() => directory.remove());

const FILE = 'experiments/measured-n2-shop-ramp.yaml';
const QUICK = ['--replications', '2', '--no-plots', '-o', directory.at('out')];

interface Printed {
  readonly comparisons: readonly {
    readonly bucketSeconds: number;
    readonly distributions: readonly { readonly name: string }[];
  }[];
  readonly rows: readonly AccuracyRow[];
  readonly prometheus: readonly {
    readonly run: string;
    readonly rate: { readonly predicted: readonly number[] };
  }[];
  readonly ownCpuRows?: readonly AccuracyRow[];
  readonly ownCpu?: readonly { readonly run: string; readonly speed: number }[];
}

async function compared(...words: string[]): Promise<Printed> {
  const { out, error, code } = await sim(['compare', FILE, '--json', ...QUICK, ...words]);
  expect([error, code]).toEqual(['', 0]);
  return JSON.parse(out) as Printed;
}

describe('sim compare --json', () => {
  it('prints rows per take and bucket, distributions by route, and what Prometheus shows', async () => {
    const { comparisons, rows, prometheus, ownCpuRows } = await compared('--bucket', '15s');
    expect(comparisons[0]!.bucketSeconds).toBe(15);
    expect(new Set(rows.map(({ run }) => run))).toEqual(new Set(['n2-shop-ramp-a', 'n2-shop-ramp-b']));
    expect(new Set(rows.map(({ bucket }) => bucket))).toEqual(new Set([null, 0, 15, 30, 45, 60, 75]));
    expect(comparisons[0]!.distributions.map(({ name }) => name)).toEqual(['all requests', '/shop']);
    expect(prometheus.map(({ run }) => run)).toEqual(['n2-shop-ramp-a', 'n2-shop-ramp-b']);
    // 80 requests a second at the end of the ramp; the window of 20 s is behind it.
    expect(Math.max(...prometheus[0]!.rate.predicted)).toBeGreaterThan(60);
    expect(ownCpuRows).toBeUndefined();
  });

  it('prints the second prediction only with --own-cpu', async () => {
    const { rows, ownCpu, ownCpuRows } = await compared('--own-cpu');
    expect(ownCpu!.map(({ run }) => run)).toEqual(['n2-shop-ramp-a', 'n2-shop-ramp-b']);
    // Take b's requests took a tenth more CPU than take a's.
    expect(ownCpu![1]!.speed).toBeLessThan(ownCpu![0]!.speed);
    expect(ownCpuRows!.length).toBe(rows.length);
  });
});

describe('sim compare', () => {
  it('prints takes with their intervals, and both predictions side by side', async () => {
    const { out, code } = await sim(['compare', FILE, '--own-cpu', ...QUICK]);
    expect(code).toBe(0);
    expect(out).toMatch(/n2-shop-ramp-a .*39\.5 → 39\.\d/);
    expect(out).toMatch(/own CPU/);
    expect(out).toMatch(/speed that meets it/);
    expect(out).toMatch(/KS distance/);
  });

  it('takes buckets of a second at least', async () => {
    const { error, code } = await sim(['compare', FILE, '--bucket', '10ms']);
    expect(code).not.toBe(0);
    expect(error).toMatch(/a duration of a second at least/);
  });
});
