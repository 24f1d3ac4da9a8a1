import { beforeAll, describe, expect, it } from 'vitest';
import type { GaugeSeries, VariantResult } from '../../src/metrics/result.js';
import { verdict, verdicts } from '../../src/report/verdict.js';
import { fixtureResult } from './fixture.js';

const LENGTH = 10;
let base: VariantResult;

beforeAll(() => {
  base = fixtureResult([3], 2).variants[0]!;
});

/** A variant with ten equal seconds under load, and these gauges. */
function variantWith(gauges: Record<string, number>, change: Partial<VariantResult> = {}): VariantResult {
  const of = <T>(value: T) => new Array<T>(LENGTH).fill(value);
  const named: GaugeSeries[] = Object.entries(gauges).map(([key, value]) => {
    const [place, name] = key.split(' ') as [string, string];
    return { place, name, values: of(value) };
  });
  const percentiles = { p50: of(10), p90: of(15), p95: of(20), p99: of(30), avg: of(12) };
  const rates = { vus: of(50), httpReqs: of(100), httpReqsFailed: of(0), durations: [] };
  const series = { intervalSeconds: 1, ...rates, ...percentiles, gauges: named };
  const metrics = {
    http_reqs: { count: 1000, rate: 100 },
    http_req_failed: { rate: 0, passes: 0, fails: 1000 },
    http_req_duration: {
      avg: 12,
      min: 5,
      med: 10,
      max: 50,
      'p(90)': 15,
      'p(95)': 20,
      'p(99)': 30,
      count: 1000,
    },
  };
  return { ...base, metrics, intervals: {}, series, ...change };
}

const first = (gauges: Record<string, number>) => verdict(variantWith(gauges))[0]!;

describe('verdict', () => {
  it('finds the throttled quota of the stress ramp, and what is full only because of it', () => {
    const [small] = verdicts(fixtureResult([1], 3));
    expect(small!.label).toBe('replicas=1');
    expect(small!.sentences).toHaveLength(3);
    expect(small!.sentences[0]).toMatch(
      /^The CPU quota of api-1 is the limit: 0\.24\d cores used, frozen 74 % of the time \(from 2m\d\ds on, 2\d\d users\); .*thread pools fill up/,
    );
    expect(small!.sentences[1]).toMatch(
      /^p95 is 3\.\d+ s because requests queue: .* requests in the system leave at 27\d per second/,
    );
    expect(small!.sentences[1]).toMatch(/4\.9 % of the requests fail, and the p95 of the others is/);
    expect(small!.sentences[2]).toContain('Over 3 replications');
  });

  it('names the cause before its symptoms', () => {
    const full = { 'api-1 threads_busy': 40, 'api-1 threads_max': 40, 'api-1 threads_queue': 12 };
    const pool = { 'api-1/db pool_in_use': 15, 'api-1/db pool_max': 15, 'api-1/db pool_waiting': 25 };
    const host = { 'laptop cpu_busy_seconds': 3.9, 'laptop cores_max': 4 };
    const idle = { 'api-1 cpu_seconds': 0.3 };
    expect(first({ ...full, ...idle })).toBe(
      'The threads of api-1 are the limit: 40 of 40 busy, with 12 waiting, while the CPU is not (from 0 s on, 50 users).',
    );
    expect(first({ ...full, ...pool, ...idle })).toBe(
      'The connection pool of api-1/db is the limit: 15 of 15 in use, with 25 waiting (from 0 s on, 50 users); thread pools fill up behind it.',
    );
    expect(first({ ...full, ...pool, ...host })).toBe(
      'The CPU of laptop is the limit: 3.9 of 4 cores are busy (from 0 s on, 50 users); connection pools and thread pools fill up behind it.',
    );
  });

  it('knows a process that uses a whole core, database connections and memory', () => {
    expect(first({ 'api-1 cpu_seconds': 0.98, 'api-2 cpu_seconds': 0.97 })).toMatch(
      /^The CPUs of api-1 and api-2 are the limit: 0\.98 cores used in each/,
    );
    expect(first({ 'balancer cpu_seconds': 1.95, 'balancer cores_max': 2 })).toMatch(
      /^The CPU of balancer is the limit/,
    );
    expect(first({ 'postgres connections': 100, 'postgres connections_max': 100 })).toMatch(
      /^The connections of postgres are the limit: 100 of 100 open/,
    );
    expect(first({ 'api-1 cpu_seconds': 0.95, 'api-1 processes_max': 4 })).toMatch(/^Nothing saturates/);
    expect(first({ 'api-1 cpu_seconds': 3.9 })).toMatch(/^The CPU of api-1 is the limit/);
    // A database and a load generator run many processes: their host is the limit, if any.
    expect(first({ 'postgres cpu_seconds': 0.97 })).toBe('Nothing that the model measures saturates.');
    expect(first({ 'api-1 memory_bytes': 500e6, 'api-1 memory_bytes_max': 512e6 })).toMatch(
      /^The memory of api-1 is the limit/,
    );
  });

  it('says when nothing saturates, and what is fullest', () => {
    const sentences = verdict(
      variantWith({ 'api-1 cpu_seconds': 0.61, 'laptop cpu_busy_seconds': 1, 'laptop cores_max': 4 }),
    );
    expect(sentences).toEqual([
      'Nothing saturates: at the highest load the fullest is the CPU core of api-1, 61 % in use.',
      'p95 is 20 ms: mostly the work itself, with little waiting (a request alone takes 10 ms).',
      'One replication: no interval can be given, run several to see how far chance reaches.',
    ]);
    expect(verdict(variantWith({}))[0]).toBe('Nothing that the model measures saturates.');
  });

  it('tells which instances were down, but not before their first start', () => {
    const plain = variantWith({});
    const up = (values: number[]): GaugeSeries => ({ place: 'api-2', name: 'up', values });
    const of = (values: number[]) =>
      verdict({ ...plain, series: { ...plain.series, gauges: [up(values)] } })[0];
    expect(of([0, 0, 1, 1, 0, 0, 0.5, 1, 1, 1])).toBe(
      'Nothing that the model measures saturates. Down meanwhile: api-2 for 3 s.',
    );
    expect(of([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])).not.toContain('Down');
  });

  it('asks for more replications where chance is wide, and reports dropped iterations', () => {
    const plain = variantWith({});
    const metrics = { ...plain.metrics, dropped_iterations: { count: 1200, rate: 120 } };
    const intervals = { http_req_duration: { 'p(95)': [14, 26] as const } };
    expect(verdict({ ...plain, metrics, intervals, replications: 3 })[2]).toBe(
      "Over 3 replications chance moves p95 by ±30 % (95 %) (more replications narrow it); how well the model's own values are known comes on top. 1,200 iterations could not start for lack of users.",
    );
  });

  it('says nothing about a run without requests', () => {
    const { series } = variantWith({});
    const none = { ...series, vus: [], httpReqs: [] };
    expect(verdict({ ...base, series: none })).toEqual(['No request ended: there is nothing to judge.']);
  });
});
