import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_SECOND } from '../../src/kernel/time.js';
import { K6Aggregator } from '../../src/metrics/k6-aggregator.js';
import { K6Collector, type K6CollectorOptions } from '../../src/metrics/k6-collector.js';
import { TrendSink } from '../../src/metrics/k6-sinks.js';
import { parseK6Threshold } from '../../src/metrics/k6-threshold.js';
import { md5 } from '../../src/metrics/md5.js';
import { Recorder } from '../../src/metrics/recorder.js';
import type { Sample } from '../../src/metrics/sample.js';
import { replicationMetrics } from '../../src/metrics/summary.js';
import { httpSample } from './sample.js';

const STATE = {
  options: {
    summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'count'],
    summaryTimeUnit: '',
    noColor: false,
  },
  state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: 2000 },
};

function collect(options: Partial<K6CollectorOptions> = {}) {
  const samples: Sample[] = [];
  const consumers = [{ sample: (sample: Sample) => samples.push({ ...sample }) }];
  const collector = new K6Collector({ consumers, nowNs: () => 5 * NS_PER_MS, ...options });
  return { collector, samples };
}

describe('K6Collector', () => {
  it("makes k6's nine samples of a request, in k6's order and with its tags", () => {
    const { collector, samples } = collect();
    collector.http(httpSample({ endNs: 7, group: '::shop' }));
    expect(samples.map(({ metric, value }) => [metric, value])).toEqual([
      ['http_reqs', 1],
      ['http_req_duration', 10],
      ['http_req_blocked', 0.002],
      ['http_req_connecting', 0],
      ['http_req_tls_handshaking', 0],
      ['http_req_sending', 0.1],
      ['http_req_waiting', 9.8],
      ['http_req_receiving', 0.1],
      ['http_req_failed', 0],
    ]);
    expect(new Set(samples.map(({ timeNs }) => timeNs))).toEqual(new Set([7]));
    expect(new Set(samples.map(({ tags }) => tags)).size).toBe(1);
    expect(samples[0]!.tags).toEqual({
      expected_response: 'true',
      group: '::shop',
      method: 'GET',
      name: '/api/produits',
      proto: 'HTTP/1.1',
      scenario: 'default',
      status: '200',
      url: '/api/produits',
    });
  });

  it('tells what went wrong where there was no response', () => {
    const { collector, samples } = collect();
    collector.http(httpSample({ status: 0, errorCode: 1212, failed: true }));
    expect(samples[0]!.tags).toMatchObject({
      error: 'dial: connection refused',
      error_code: '1212',
      expected_response: 'false',
      status: '0',
    });
    expect(samples[0]!.tags).not.toHaveProperty('proto');
  });

  it('ends an iteration with its bytes, its duration and its count; an interrupted one with its bytes', () => {
    const { collector, samples } = collect({ scenarioTags: { buy: { kind: 'b' } }, tags: { env: 'test' } });
    collector.data(120, 300);
    collector.iteration('buy', 3 * NS_PER_MS);
    collector.data(7, 0);
    collector.interruptedIteration('buy');
    expect(samples.map(({ metric, value }) => [metric, value])).toEqual([
      ['data_sent', 120],
      ['data_received', 300],
      ['iteration_duration', 3],
      ['iterations', 1],
      ['data_sent', 7],
      ['data_received', 0],
    ]);
    expect(samples[0]!.tags).toEqual({ env: 'test', group: '', kind: 'b', scenario: 'buy' });
  });

  it('sets only the system tags that are asked for', () => {
    const { collector, samples } = collect({ systemTags: ['method', 'check'] });
    collector.http(httpSample());
    collector.check('ok', true, 'default', '');
    collector.droppedIterations('default', 2);
    expect(samples[0]!.tags).toEqual({ method: 'GET' });
    expect(samples.slice(-2).map(({ tags }) => tags)).toEqual([{ check: 'ok' }, {}]);
  });

  it('reads vus and vus_max at every tick', () => {
    const { collector, samples } = collect();
    let vus = 3;
    collector.gauge({ place: 'client', name: 'vus', cumulative: false, read: () => vus });
    collector.gauge({ place: 'client', name: 'vus_max', cumulative: false, read: () => 5 });
    collector.gauge({ place: 'api-1', name: 'in_flight', cumulative: false, read: () => 9 });
    collector.tick(NS_PER_SECOND);
    vus = 4;
    collector.tick(2 * NS_PER_SECOND);
    expect(samples.map(({ metric, value, timeNs }) => [metric, value, timeNs])).toEqual([
      ['vus', 3, 1e9],
      ['vus_max', 5, 1e9],
      ['vus', 4, 2e9],
      ['vus_max', 5, 2e9],
    ]);
  });

  it('agrees with the recorder on everything but the error of its histograms', () => {
    const recorder = new Recorder();
    const aggregator = new K6Aggregator();
    const collector = new K6Collector({ consumers: [aggregator], nowNs: () => 0 });
    for (const sink of [recorder, collector]) {
      for (let index = 0; index < 500; index += 1) {
        const failed = index % 50 === 0;
        sink.http(
          httpSample({
            waitingNs: 1_000_000 + ((index * 7919) % 500) * 1e5,
            failed,
            status: failed ? 500 : 200,
          }),
        );
      }
      sink.data(10, 20);
      sink.iteration('default', NS_PER_SECOND);
      sink.check('ok', true, 'default', '');
      sink.droppedIterations('default', 3);
    }
    const recorded = replicationMetrics(recorder.finish(2 * NS_PER_SECOND));
    const { metrics } = aggregator.summary(STATE);
    expect(Object.keys(metrics).sort()).toEqual(Object.keys(recorded).sort());
    for (const [name, { values }] of Object.entries(metrics)) {
      for (const [statistic, value] of Object.entries(values)) {
        const other = recorded[name]![statistic]!;
        // A quantile of a histogram with 256 buckets per octave is at most 1/256 off.
        expect(Math.abs(value - other)).toBeLessThanOrEqual(Math.abs(other) / 256 + 1e-9);
      }
    }
  });
});

describe('K6Aggregator', () => {
  const threshold = (text: string, abortOnFail = false, delayAbortEval: number | null = null) =>
    parseK6Threshold({ threshold: text, abortOnFail, delayAbortEval });

  it('aborts only after the delay, and skips what has no sample while the test runs', () => {
    const thresholds = {
      http_req_failed: [threshold('rate<0.1', true, 1000)],
      'http_req_duration{name:never}': [threshold('avg>5', true)],
    };
    const aggregator = new K6Aggregator({ thresholds });
    const tags = { name: '/' };
    aggregator.sample({ metric: 'http_req_failed', timeNs: 0, value: 1, tags });
    expect(aggregator.evaluate(1e9, 'skip')).toEqual({ crossed: ['http_req_failed'], abort: false });
    expect(aggregator.evaluate(1e9 + 1, 'skip')).toEqual({ crossed: ['http_req_failed'], abort: true });
    expect(aggregator.evaluate(2e9, 'count').crossed).toEqual([
      'http_req_duration{name:never}',
      'http_req_failed',
    ]);
  });

  it('takes two spellings of one sub-metric for one', () => {
    const thresholds = {
      'http_reqs{ a:"1" }': [threshold('count>0')],
      'http_reqs{a:1}': [threshold('count>1')],
    };
    const aggregator = new K6Aggregator({ thresholds });
    aggregator.sample({ metric: 'http_reqs', timeNs: 0, value: 1, tags: { a: '1', b: '2' } });
    const names = Object.keys(aggregator.summary(STATE).metrics);
    expect(names).toEqual(['http_reqs', 'http_reqs{a:"1"}']);
  });

  it('refuses a metric that nobody defined', () => {
    const aggregator = new K6Aggregator();
    const sample = { metric: 'mine', timeNs: 0, value: 1, tags: {} };
    expect(() => aggregator.sample(sample)).toThrow('unknown metric: "mine"');
    aggregator.define('mine', { type: 'counter', contains: 'default' });
    aggregator.sample(sample);
    expect(aggregator.summary(STATE).metrics.mine!.values).toEqual({ count: 1, rate: 0.5 });
  });
});

describe('TrendSink', () => {
  it('interpolates between neighbours, whatever order the values came in', () => {
    const sink = new TrendSink();
    expect(sink.percentile(0.5)).toBe(0);
    for (let value = 100; value > 0; value -= 1) sink.add(value);
    expect(sink.percentile(0.9)).toBeCloseTo(90.1, 10);
    sink.add(1000);
    expect([sink.percentile(0), sink.percentile(0.5), sink.percentile(1)]).toEqual([1, 51, 1000]);
    expect(sink.values(['avg', 'count', 'max'])).toEqual({ avg: 6050 / 101, count: 101, max: 1000 });
  });
});

describe('md5', () => {
  // RFC 1321, A.5, and the id of k6's group `::browse`.
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
    ['::browse', 'c62c581410cd619dd49525ef1ffbe4b0'],
  ])('of "%s" is %s', (text, digest) => {
    expect(md5(text)).toBe(digest);
  });
});
