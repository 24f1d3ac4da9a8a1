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
    expect(small!.sentences).toHaveLength(4);
    expect(small!.sentences[0]).toMatch(/^4\.9 % of the requests fail \(from \d+m\d\ds on, \d+ users\)\.$/);
    expect(small!.sentences[1]).toMatch(
      /^The CPU quota of api-1 is the limit: 0\.25 cores used, frozen 74 % of the time \(from 2m\d\ds on, 2\d\d users\); .*thread pools fill up/,
    );
    expect(small!.sentences[2]).toMatch(
      /^p95 of the requests that succeed is 3\.?\d* s because requests queue: at the highest load, \d+ are in the system and 27\d leave per second/,
    );
    expect(small!.sentences[3]).toContain('(3 replications');
  });

  it('names the cause before its symptoms', () => {
    const full = { 'api-1 threads_busy': 40, 'api-1 threads_max': 40, 'api-1 threads_queue': 12 };
    const pool = { 'api-1/db pool_in_use': 15, 'api-1/db pool_max': 15, 'api-1/db pool_waiting': 25 };
    const host = { 'laptop cpu_busy_seconds': 3.9, 'laptop cores_max': 4 };
    const idle = { 'api-1 cpu_seconds': 0.3 };
    expect(first({ ...full, ...idle })).toBe(
      'The threads of api-1 are the limit: 40 of 40 busy, 12 waiting (from 0 s on, 50 users).',
    );
    expect(first({ ...full, ...pool, ...idle })).toBe(
      'The connection pool api-1/db is the limit: 15 of 15 in use, 25 waiting (from 0 s on, 50 users); thread pools fill up behind.',
    );
    expect(first({ ...full, ...pool, ...host })).toBe(
      'The CPU of laptop is the limit: 3.9 of 4 cores busy (from 0 s on, 50 users); connection pools and thread pools fill up behind.',
    );
  });

  it('knows a process that uses a whole core, database connections and memory', () => {
    expect(first({ 'api-1 cpu_seconds': 0.98, 'api-2 cpu_seconds': 0.97 })).toMatch(
      /^The CPU cores of api-1 and api-2 are the limit: in each 0\.97 to 0\.98 cores used/,
    );
    expect(first({ 'balancer cpu_seconds': 1.95, 'balancer cores_max': 2 })).toMatch(
      /^The CPU core of balancer is the limit/,
    );
    expect(first({ 'postgres connections': 100, 'postgres connections_max': 100 })).toMatch(
      /^The connections of postgres are the limit: 100 of 100 open/,
    );
    expect(first({ 'api-1 cpu_seconds': 0.95, 'api-1 processes_max': 4 })).toMatch(/^Nothing saturates/);
    expect(first({ 'api-1 cpu_seconds': 3.9 })).toMatch(/^The CPU core of api-1 is the limit/);
    // A database and a load generator run many processes: their host is the limit, if any.
    expect(first({ 'postgres cpu_seconds': 0.97 })).toBe('Nothing that the model measures saturates.');
    expect(first({ 'api-1 memory_bytes': 500e6, 'api-1 memory_bytes_max': 512e6 })).toMatch(
      /^The memory of api-1 is the limit/,
    );
  });

  it('blames a quota that is used up, however short the freeze is and whatever waits', () => {
    const full = { 'api-1 threads_busy': 40, 'api-1 threads_max': 40, 'api-1 threads_queue': 465 };
    // On a core that others share: the quota is used up late in each period.
    const quota = { 'api-1 cpu_seconds': 0.15, 'api-1 throttled_seconds': 0.5, 'api-1 cpus_max': 0.15 };
    expect(first({ ...full, ...quota })).toBe(
      'The CPU quota of api-1 is the limit: 0.15 cores used, frozen 50 % of the time (from 0 s on, 50 users); thread pools fill up behind.',
    );
    // Half of a quota of two cores in use is not full, although time in use and time frozen fill the second.
    const wide = { 'api-1 cpu_seconds': 1, 'api-1 throttled_seconds': 0.05, 'api-1 cpus_max': 2 };
    expect(first(wide)).toMatch(/^Nothing saturates: .* the CPU quota of api-1, 50 % in use/);
    const unknown = { 'api-1 cpu_seconds': 0.3, 'api-1 throttled_seconds': 0.7 };
    expect(first({ ...full, ...unknown })).toMatch(/^The CPU quota of api-1 is the limit/);
  });

  it('blames the quota of a database, not the pool before it', () => {
    const pool = { 'api-1/db pool_in_use': 15, 'api-1/db pool_max': 15, 'api-1/db pool_waiting': 25 };
    const quota = {
      'postgres cpu_seconds': 0.3,
      'postgres throttled_seconds': 0.7,
      'postgres cpus_max': 0.3,
    };
    expect(first({ ...pool, ...quota })).toMatch(
      /^The CPU quota of postgres is the limit: 0\.3 cores used, frozen 70 % of the time .*; connection pools fill up behind\.$/,
    );
  });

  it('tells a host that quotas fill from one that is exhausted', () => {
    const quotas = Object.fromEntries(
      ['api-1', 'api-2', 'api-3'].flatMap((name) => [
        [`${name} cpu_seconds`, 0.29],
        [`${name} throttled_seconds`, 0.6],
        [`${name} cpus_max`, 0.3],
      ]),
    );
    const host = (busy: number) => ({ 'core-1 cpu_busy_seconds': busy, 'core-1 cores_max': 1 });
    expect(first({ ...quotas, ...host(0.92) })).toMatch(
      /^The CPU quotas of api-1, api-2 and api-3 are the limit: in each 0\.29 cores used.*; nearly full as well: the CPU of core-1\.$/,
    );
    expect(first({ ...quotas, ...host(1) })).toMatch(
      /^The CPU of core-1 is the limit: 1 of 1 core busy .*; nearly full as well: the CPU quotas of api-1/,
    );
  });

  it('names equals together, although chance leaves one of them just below the border', () => {
    const one = { 'api-1 cpu_seconds': 0.91, 'api-2 cpu_seconds': 0.89 };
    expect(first(one)).toMatch(/^The CPU cores of api-1 and api-2 are the limit/);
  });

  it('calls a long p95 waiting where a request takes less at low load', () => {
    const plain = variantWith({ 'api-1 cpu_seconds': 0.88 });
    const vus = plain.series.vus.map((count, index) => (index < 2 ? 3 : count));
    const p50 = plain.series.p50.map((value, index) => (index < 2 ? 1 : value));
    expect(verdict({ ...plain, series: { ...plain.series, vus, p50 } })[1]).toBe(
      'p95 is 20 ms: much of it is waiting, most likely for the CPU core of api-1 (at low load a request takes 1 ms).',
    );
    expect(verdict(plain)[1]).toBe(
      'p95 is 20 ms: much of it is waiting, most likely for the CPU core of api-1.',
    );
    const metrics = { ...plain.metrics, http_req_duration: { ...plain.metrics.http_req_duration, med: 2 } };
    expect(verdict({ ...plain, metrics })[1]).toBe(
      'p95 is 20 ms: the median is 2 ms, the tail is queues at bursts and at the busiest moments.',
    );
  });

  it('says when nothing saturates, and what is fullest', () => {
    const sentences = verdict(
      variantWith({ 'api-1 cpu_seconds': 0.61, 'laptop cpu_busy_seconds': 1, 'laptop cores_max': 4 }),
    );
    expect(sentences).toEqual([
      'Nothing saturates: at the highest load the fullest is the CPU core of api-1, 61 % in use.',
      'p95 is 20 ms: mostly the work itself, with little waiting.',
      'One replication: run several to see how far chance moves p95.',
    ]);
    expect(verdict(variantWith({}))[0]).toBe('Nothing that the model measures saturates.');
  });

  it('asks for more replications where chance is wide, and reports dropped iterations', () => {
    const plain = variantWith({});
    const metrics = { ...plain.metrics, dropped_iterations: { count: 1200, rate: 120 } };
    const intervals = { http_req_duration: { 'p(95)': [14, 26] as const } };
    expect(verdict({ ...plain, metrics, intervals, replications: 3 })[2]).toBe(
      'Chance moves p95 by ±30 % (3 replications; more replications narrow that); errors of the model come on top. 1,200 iterations could not start for lack of users.',
    );
  });

  it('says nothing about a run without requests', () => {
    const { series } = variantWith({});
    const none = { ...series, vus: [], httpReqs: [] };
    expect(verdict({ ...base, series: none })).toEqual(['No request ended: there is nothing to judge.']);
  });
});
