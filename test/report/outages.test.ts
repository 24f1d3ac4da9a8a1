import { describe, expect, it } from 'vitest';
import type { GaugeSeries, VariantResult } from '../../src/metrics/result.js';
import { outages } from '../../src/report/outages.js';
import { verdict } from '../../src/report/verdict.js';
import { fixtureResult } from './fixture.js';

const base = fixtureResult([2], 1).variants[0]!;
const LENGTH = 60;

/** A minute at 50 users; each gauge by place, name and its value at every second. */
function minuteWith(
  gauges: Record<string, (second: number) => number>,
  { failed = 0, instances = 2 }: { failed?: number; instances?: number } = {},
): VariantResult {
  const of = <T>(value: T) => new Array<T>(LENGTH).fill(value);
  const named: GaugeSeries[] = Object.entries(gauges).map(([key, valueAt]) => {
    const [place, name] = key.split(' ') as [string, string];
    return { place, name, values: Array.from({ length: LENGTH }, (_, second) => valueAt(second)) };
  });
  const durations = { p50: of(10), p90: of(15), p95: of(20), p99: of(30), avg: of(12) };
  const rates = { vus: of(50), httpReqs: of(100), httpReqsFailed: of(100 * failed), durations: [] };
  const duration = { med: 10, 'p(95)': 20 };
  return {
    ...base,
    instances: base.instances.slice(0, instances),
    intervals: {},
    series: { intervalSeconds: 1, ...rates, ...durations, gauges: named },
    metrics: { http_req_failed: { rate: failed }, http_req_duration: duration },
  };
}

const downIn = (from: number, to: number) => (second: number) => (from <= second && second < to ? 0 : 1);
const MEBIBYTE = 2 ** 20;

describe('an instance that was down', () => {
  it('out of memory is the first sentence, and what was full before is told as past', () => {
    const crash = minuteWith(
      {
        'api-1 up': downIn(40, 60),
        'api-1 out_of_memory_total': (second) => (second === 39 ? 1 : 0),
        'api-1 memory_bytes_max': () => 128 * MEBIBYTE,
        'api-1 cpu_seconds': (second) => (second < 40 ? 0.43 : 0),
        'api-1 throttled_seconds': (second) => (second < 40 ? 0.57 : 0),
        'api-1 cpus_max': () => 0.43,
      },
      { failed: 0.46, instances: 1 },
    );
    const [trouble, limit] = verdict(crash);
    expect(trouble).toBe(
      'api-1 ran out of memory (limit 128 MiB) at 41 s, at 50 users, and stayed down: 46 % of the requests fail.',
    );
    expect(limit).toBe(
      'Before that, the CPU quota of api-1 was the limit: 0.43 cores used, frozen 57 % of the time (from 0 s on, 50 users).',
    );
  });

  it('is known to be out of memory without a counter, by a memory near its limit', () => {
    const causeAt = (bytes: number) =>
      outages(
        minuteWith({
          'api-1 up': downIn(20, 30),
          'api-1 memory_bytes': () => bytes,
          'api-1 memory_bytes_max': () => 128 * MEBIBYTE,
        }),
      )[0]!.cause;
    expect(causeAt(127 * MEBIBYTE)).toBe('out of memory');
    expect(causeAt(80 * MEBIBYTE)).toBe('unknown');
  });

  it('leaves the others to be the limit, which then explains p95', () => {
    const variant = minuteWith({
      'api-2 up': downIn(20, 40),
      'api-1 cpu_seconds': (second) => (second >= 20 && second < 40 ? 1 : 0.5),
    });
    const { series } = variant;
    const avg = series.avg.map((value, second) => (second >= 20 && second < 40 ? 500 : value));
    const sentences = verdict({ ...variant, series: { ...series, avg } });
    expect(sentences.slice(0, 3)).toEqual([
      'api-2 went down at 21 s, at 50 users, for 20 s: no request fails.',
      'With every instance up, nothing saturates: at the highest load the fullest is the CPU core of api-1, 50 % in use. Without api-2, the CPU core of api-1 is the limit: 1 core used, all that its processes can.',
      'p95 is 20 ms because requests queue: without api-2, 50 are in the system and 100 leave per second, so one takes 500 ms on average.',
    ]);
  });

  it('is not one that has yet to start, and several are told in order and summed up', () => {
    expect(outages(minuteWith({ 'api-2 up': (second) => (second < 20 ? 0 : 1) }))).toEqual([]);
    const flapping = minuteWith({ 'api-1 up': (second) => (second % 10 < 5 ? 1 : 0) }, { failed: 0.0005 });
    expect(outages(flapping)).toHaveLength(6);
    expect(verdict(flapping)[0]).toBe(
      'api-1 went down at 6 s, at 50 users, for 5 s; api-1 went down at 16 s, at 50 users, for 5 s; api-1 went down at 26 s, at 50 users, for 5 s; 3 more times an instance was down: 0.05 % of the requests fail.',
    );
  });
});

describe('a balancer that was down', () => {
  it('is told as instances are, and is none of them', () => {
    const variant = minuteWith(
      { 'balancer-1 up': () => 1, 'balancer-2 up': downIn(20, 40), 'balancer-2 cpu_seconds': () => 1 },
      { failed: 0.16 },
    );
    expect(verdict(variant).slice(0, 2)).toEqual([
      'balancer-2 went down at 21 s, at 50 users, for 20 s: 16 % of the requests fail.',
      'With every balancer up, the CPU core of balancer-2 is the limit: 1 core used, all that its processes can (from 0 s on, 50 users).',
    ]);
    const one = minuteWith({ 'balancer up': downIn(5, 10), 'api-1 up': downIn(12, 15) }, { instances: 1 });
    expect(verdict(one)[1]).toMatch(/^With everything up, /);
    const flapping = minuteWith({ 'balancer-1 up': (second) => (second % 10 < 5 ? 1 : 0) });
    expect(verdict(flapping)[0]).toContain('; 3 more times an instance or a balancer was down: ');
  });
});

it('many failures are the first sentence, few are not', () => {
  expect(verdict(minuteWith({}, { failed: 0.2 }))[0]).toBe('20 % of the requests fail.');
  expect(verdict(minuteWith({}, { failed: 0.005 }))[0]).toBe('Nothing that the model measures saturates.');
});
