import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_SECOND } from '../../src/kernel/time.js';
import { Recorder } from '../../src/metrics/recorder.js';
import { replicationMetrics, summarize } from '../../src/metrics/summary.js';
import { parseThresholds } from '../../src/metrics/threshold.js';
import { httpSample } from './sample.js';

describe('Recorder', () => {
  it('keeps every built-in metric as k6 defines it', () => {
    const recorder = new Recorder({ instances: [{ name: 'api-1', service: 'api' }] });
    recorder.gauge({ place: 'client', name: 'vus', cumulative: false, read: () => 3 });
    recorder.gauge({ place: 'client', name: 'vus_max', cumulative: false, read: () => 5 });
    recorder.http(httpSample());
    recorder.http(httpSample({ status: 502, failed: true, errorCode: 1502, waitingNs: 29_800_000 }));
    recorder.iteration('default', 1_000 * NS_PER_MS);
    recorder.droppedIterations('default', 4);
    recorder.check('status is 200', true, 'default', '');
    recorder.check('status is 200', false, 'default', '');
    recorder.data(120, 2_100);
    recorder.tick(NS_PER_SECOND);
    const metrics = replicationMetrics(recorder.finish(2 * NS_PER_SECOND));
    expect(metrics.http_reqs).toEqual({ count: 2, rate: 1 });
    expect(metrics.http_req_failed).toEqual({ rate: 0.5, passes: 1, fails: 1 });
    expect(metrics.http_req_duration).toMatchObject({
      avg: 20,
      min: 10,
      med: 20,
      max: 30,
      'p(90)': 28,
      count: 2,
    });
    expect(metrics['http_req_duration{expected_response:true}']).toMatchObject({
      avg: 10,
      max: 10,
      count: 1,
    });
    expect(metrics.http_req_blocked).toMatchObject({ avg: 0.002, max: 0.002 });
    expect(metrics.http_req_connecting).toMatchObject({ avg: 0, max: 0, count: 2 });
    expect(metrics.http_req_waiting).toMatchObject({ min: 9.8, max: 29.8 });
    expect(metrics.http_req_sending).toMatchObject({ max: 0.1 });
    expect(metrics.http_req_receiving).toMatchObject({ max: 0.1 });
    expect(metrics.iterations).toEqual({ count: 1, rate: 0.5 });
    expect(metrics.iteration_duration).toMatchObject({ med: 1000 });
    expect(metrics.dropped_iterations).toEqual({ count: 4, rate: 2 });
    expect(metrics.checks).toEqual({ rate: 0.5, passes: 1, fails: 1 });
    expect(metrics.data_sent).toEqual({ count: 120, rate: 60 });
    expect(metrics.data_received).toEqual({ count: 2_100, rate: 1_050 });
    expect(metrics.vus).toEqual({ value: 3, min: 3, max: 3 });
    expect(metrics.vus_max).toEqual({ value: 5, min: 5, max: 5 });
  });

  it('leaves out, as k6 does, what never happened', () => {
    const metrics = replicationMetrics(new Recorder().finish(NS_PER_SECOND));
    expect(metrics.dropped_iterations).toBeUndefined();
    expect(metrics.checks).toBeUndefined();
    expect(metrics.vus).toBeUndefined();
    expect(metrics.http_reqs).toEqual({ count: 0, rate: 0 });
  });

  it('takes the tags of a script beside those that k6 sets itself', () => {
    const recorder = new Recorder({ submetrics: ['http_reqs{kind:a}', 'http_reqs{method:GET}'] });
    recorder.http(httpSample({ tags: { kind: 'a', method: 'POST' } }));
    recorder.http(httpSample());
    const metrics = replicationMetrics(recorder.finish(NS_PER_SECOND));
    expect(metrics['http_reqs{kind:a}']).toEqual({ count: 1, rate: 1 });
    expect(metrics['http_reqs{method:GET}']).toEqual({ count: 2, rate: 2 });
  });

  it('keeps the sub-metrics that thresholds ask for', () => {
    const submetrics = [
      'http_req_duration{name:/slow}',
      'http_req_duration{status:404}',
      'http_reqs{scenario:night,method:POST}',
      'http_req_failed{ expected_response : false }',
      'http_req_waiting{error_code:1502}',
      'iterations{scenario:night}',
      'checks{check:has body}',
      'http_reqs{group:::a::b}',
      'http_reqs{vu:1}',
      'http_reqs',
    ];
    const recorder = new Recorder({ submetrics });
    recorder.http(httpSample({ name: '/slow', waitingNs: 99_800_000 }));
    recorder.http(httpSample({ status: 404, failed: true, errorCode: 1404, group: '::a::b' }));
    recorder.http(httpSample({ method: 'POST', scenario: 'night' }));
    recorder.iteration('night', 1);
    recorder.iteration('default', 1);
    recorder.check('has body', true, 'default', '');
    recorder.check('other', false, 'default', '');
    const metrics = replicationMetrics(recorder.finish(NS_PER_SECOND));
    expect(metrics['http_req_duration{name:/slow}']).toMatchObject({ count: 1, max: 100 });
    expect(metrics['http_req_duration{status:404}']).toMatchObject({ count: 1, max: 10 });
    expect(metrics['http_reqs{scenario:night,method:POST}']).toMatchObject({ count: 1 });
    expect(metrics['http_req_failed{ expected_response : false }']).toEqual({ rate: 1, passes: 1, fails: 0 });
    expect(metrics['http_req_waiting{error_code:1502}']).toMatchObject({ count: 0 });
    expect(metrics['iterations{scenario:night}']).toMatchObject({ count: 1 });
    expect(metrics['checks{check:has body}']).toMatchObject({ passes: 1, fails: 0 });
    expect(metrics['http_reqs{group:::a::b}']).toMatchObject({ count: 1 });
    expect(metrics['http_reqs{vu:1}']).toMatchObject({ count: 0 });
    expect(recorder.metricRecord('iterations{scenario:night}')).toEqual({ type: 'counter', count: 1 });
    expect(recorder.metricRecord('http_reqs')).toEqual({ type: 'counter', count: 3 });
    expect(recorder.metricRecord('nothing')).toBeUndefined();
  });

  it('takes the metrics of a script', () => {
    const recorder = new Recorder({
      customMetrics: { basket: 'trend', orders: 'counter' },
      submetrics: ['basket{shop:north}', 'group_duration{group:::pay}'],
    });
    recorder.custom('basket', 12, { shop: 'north' });
    recorder.custom('basket', 30, { shop: 'south' });
    recorder.custom('group_duration', 250, { group: '::pay' });
    const metrics = replicationMetrics(recorder.finish(NS_PER_SECOND));
    expect(metrics.basket).toMatchObject({ avg: 21, count: 2 });
    expect(metrics['basket{shop:north}']).toMatchObject({ max: 12, count: 1 });
    expect(metrics['group_duration{group:::pay}']).toMatchObject({ med: 250 });
    expect(metrics.orders).toBeUndefined();
    expect(() => recorder.custom('baskets', 1, {})).toThrow('unknown metric');
  });

  it('cuts the run into intervals that sum up to the total', () => {
    const recorder = new Recorder();
    let users = 0;
    recorder.gauge({ place: 'client', name: 'vus', cumulative: false, read: () => users });
    for (let second = 0; second < 3; second++) {
      users = second + 1;
      for (let index = 0; index <= second; index++) recorder.http(httpSample({ failed: index === 2 }));
      recorder.tick((second + 1) * NS_PER_SECOND);
    }
    recorder.http(httpSample());
    const record = recorder.finish(3.25 * NS_PER_SECOND);
    expect(record.intervals.map(({ requests, failed, vus }) => [requests, failed, vus])).toEqual([
      [1, 0, 1],
      [2, 0, 2],
      [3, 1, 3],
      [1, 0, 3],
    ]);
    const { series, metrics } = summarize([record]);
    expect(series.httpReqs.reduce((sum, rate) => sum + rate * series.intervalSeconds, 0)).toBe(
      metrics.http_reqs!.count,
    );
    expect(series.durations.map((sparse) => sparse.count)).toEqual([1, 2, 3, 1]);
  });

  it('gives what happens at the instant of the last tick to the last interval', () => {
    const recorder = new Recorder();
    recorder.http(httpSample());
    recorder.tick(NS_PER_SECOND);
    recorder.http(httpSample({ failed: true }));
    const { intervals } = recorder.finish(NS_PER_SECOND);
    expect(intervals.map(({ requests, failed }) => [requests, failed])).toEqual([[2, 1]]);
  });

  it('reads gauges every second and reports counters per second, across restarts', () => {
    const recorder = new Recorder({ instances: [{ name: 'api-1', service: 'api' }] });
    let cpu = 0;
    let inFlight = 0;
    const place = 'api-1';
    recorder.gauge({ place, name: 'cpu_seconds', cumulative: true, read: () => cpu });
    recorder.gauge({ place, name: 'in_flight', cumulative: false, read: () => inFlight });
    for (const [nowSeconds, cpuSeconds, count] of [
      [1, 0.25, 7],
      [2, 0.75, 2],
    ] as const) {
      cpu = cpuSeconds;
      inFlight = count;
      recorder.tick(nowSeconds * NS_PER_SECOND);
    }
    // The process restarts: its counter begins at 0 again, and a new gauge appears.
    recorder.gauge({ place, name: 'cpu_seconds', cumulative: true, read: () => 0.125 });
    recorder.gauge({ place, name: 'memory_bytes', cumulative: false, read: () => 80e6 });
    recorder.tick(3 * NS_PER_SECOND);
    const record = recorder.finish(3 * NS_PER_SECOND);
    expect(record.gauges).toEqual([
      { place, name: 'cpu_seconds', values: [0.25, 0.5, 0.125] },
      { place, name: 'in_flight', values: [7, 2, 2] },
      { place, name: 'memory_bytes', values: [0, 0, 80e6] },
    ]);
    expect(record.instances[0]).toMatchObject({ cpuSeconds: 0.875, inFlightMax: 7, memoryBytesMax: 80e6 });
  });

  it('reads gauges every second also where intervals are longer', () => {
    const recorder = new Recorder({
      intervalNs: 2 * NS_PER_SECOND,
      instances: [{ name: 'a', service: 'a' }],
    });
    let value = 0;
    recorder.gauge({ place: 'a', name: 'in_flight', cumulative: false, read: () => value });
    recorder.gauge({ place: 'a', name: 'cpu_seconds', cumulative: true, read: () => value });
    for (const [index, present] of [1, 9, 9.5, 10].entries()) {
      value = present;
      recorder.tick((index + 1) * NS_PER_SECOND);
    }
    const { gauges, instances, intervalSeconds } = recorder.finish(4 * NS_PER_SECOND);
    expect(intervalSeconds).toBe(2);
    expect(gauges.map((gauge) => gauge.values)).toEqual([
      [9, 10],
      [4.5, 0.5],
    ]);
    expect(instances[0]!.inFlightMax).toBe(10);
    expect(() => new Recorder({ intervalNs: NS_PER_SECOND / 2 })).toThrow('whole number of seconds');
  });

  it('counts what each instance served, and its errors', () => {
    const recorder = new Recorder({ instances: [{ name: 'api-1', service: 'api' }] });
    const second = recorder.addInstance({ name: 'api-2', service: 'api' });
    for (let index = 0; index < 3; index++) recorder.served(0, 8 * NS_PER_MS, 200);
    recorder.served(second, 4 * NS_PER_MS, 500);
    recorder.served(second, 4 * NS_PER_MS, 0);
    recorder.served(second, 4 * NS_PER_MS, 404);
    const { instances } = summarize([recorder.finish(NS_PER_SECOND)]);
    expect(
      instances.map(({ name, requests, share, errors, avg }) => [name, requests, share, errors, avg]),
    ).toEqual([
      ['api-1', 3, 0.5, 0, 8],
      ['api-2', 3, 0.5, 2, 4],
    ]);
    expect(() => recorder.served(2, 0, 200)).toThrow('no instance');
  });

  it('leaves plain data that can cross a thread', () => {
    const recorder = new Recorder({ instances: [{ name: 'api-1', service: 'api' }] });
    recorder.http(httpSample());
    recorder.tick(NS_PER_SECOND);
    const record = recorder.finish(NS_PER_SECOND);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it('stays small: a 6.5-minute run of 150,000 requests fits in a few megabytes', () => {
    const recorder = new Recorder();
    const sample = httpSample();
    for (let second = 0; second < 390; second++) {
      for (let index = 0; index < 385; index++) {
        // Durations spread evenly (golden ratio) over 1 to 1000 ms: far more buckets than a real run fills.
        sample.waitingNs = Math.round((1 + 999 * ((index * 0.618) % 1)) * NS_PER_MS);
        recorder.http(sample);
      }
      recorder.tick((second + 1) * NS_PER_SECOND);
    }
    const { intervals } = recorder.finish(390 * NS_PER_SECOND);
    const filled = intervals.reduce((sum, { durations }) => sum + durations.buckets.length, 0);
    // Two doubles or small integers per filled bucket: at most 16 bytes.
    expect(filled * 16).toBeLessThan(3e6);
  });
});

describe('summarize', () => {
  const { thresholds } = parseThresholds({
    http_req_duration: ['p(95)<25', 'avg<15'],
    'http_req_failed{name:/never}': ['rate<0.01'],
    'http_req_duration{name:/never}': ['p(95)<500', 'avg>5'],
    http_reqs: ['count>1'],
  });

  function replication(durationMs: number, dropped: number) {
    const recorder = new Recorder({ submetrics: thresholds.map((metric) => metric.selector.name) });
    recorder.http(httpSample({ sendingNs: 0, receivingNs: 0, waitingNs: durationMs * NS_PER_MS }));
    recorder.droppedIterations('default', dropped);
    for (const second of [1, 2]) recorder.tick(second * NS_PER_SECOND);
    return recorder.finish(2 * NS_PER_SECOND);
  }

  it('takes means, extremes and Student-t intervals over the replications', () => {
    const summary = summarize([replication(10, 0), replication(20, 3), replication(30, 0)]);
    expect(summary.metrics.http_req_duration).toMatchObject({
      avg: 20,
      min: 10,
      max: 30,
      'p(95)': 20,
      count: 1,
    });
    // Standard deviation 10, three values: half width 4.30265 * 10 / sqrt(3) = 24.84, cut at 0.
    const [low, high] = summary.intervals.http_req_duration!.avg!;
    expect(low).toBe(0);
    expect(high).toBeCloseTo(44.8414, 3);
    expect(summary.intervals.http_req_duration).not.toHaveProperty('max');
    expect(summary.metrics.dropped_iterations).toEqual({ count: 1, rate: 0.5 });
    expect(summary.durations.count).toBe(3);
    expect(summary.series.httpReqs).toEqual([1, 0]);
  });

  it('has no intervals with a single replication', () => {
    expect(summarize([replication(10, 0)]).intervals).toEqual({});
  });

  it('evaluates thresholds as k6 does, on metrics never seen too', () => {
    expect(summarize([replication(10, 0), replication(30, 0)], { thresholds }).thresholds).toEqual({
      http_req_duration: { 'p(95)<25': { ok: true, value: 20 }, 'avg<15': { ok: false, value: 20 } },
      'http_req_failed{name:/never}': { 'rate<0.01': { ok: true, value: 0 } },
      'http_req_duration{name:/never}': {
        'p(95)<500': { ok: true, value: 0 },
        'avg>5': { ok: false, value: 0 },
      },
      http_reqs: { 'count>1': { ok: false, value: 1 } },
    });
  });

  it('refuses to summarize nothing', () => {
    expect(() => summarize([])).toThrow('no replication');
  });
});
