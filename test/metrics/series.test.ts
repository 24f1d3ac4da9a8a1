import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_SECOND } from '../../src/kernel/time.js';
import { Recorder } from '../../src/metrics/recorder.js';
import { mergeSeries } from '../../src/metrics/series.js';
import { httpSample } from './sample.js';

/** One request of the given duration per second, a gauge that shows the second, and one that exists only if asked. */
function replication(durationsMs: readonly (number | null)[], place: string) {
  const recorder = new Recorder();
  let second = 0;
  recorder.gauge({ place: 'client', name: 'vus', cumulative: false, read: () => 10 });
  recorder.gauge({ place, name: 'in_flight', cumulative: false, read: () => second });
  for (const durationMs of durationsMs) {
    if (durationMs !== null) {
      recorder.http(httpSample({ sendingNs: 0, receivingNs: 0, waitingNs: durationMs * NS_PER_MS }));
    }
    second += 1;
    recorder.tick(second * NS_PER_SECOND);
  }
  return recorder.finish(second * NS_PER_SECOND);
}

describe('mergeSeries', () => {
  it('averages rates and users, pools percentiles, and takes an ended replication as idle', () => {
    const series = mergeSeries([replication([10, null, 40], 'api-1'), replication([30, null], 'api-1')]);
    expect(series.httpReqs).toEqual([1, 0, 0.5]);
    expect(series.vus).toEqual([10, 10, 5]);
    expect(series.p50).toEqual([20, null, 40]);
    expect(series.p99[0]).toBeCloseTo(29.8, 9);
    expect(series.avg).toEqual([20, null, 40]);
    expect(series.durations.map(({ count }) => count)).toEqual([2, 0, 1]);
  });

  it('averages a gauge over the replications that have it', () => {
    const { gauges } = mergeSeries([
      replication([1, 1], 'api-1'),
      replication([1], 'api-2'),
      replication([1], 'api-1'),
    ]);
    expect(gauges.filter(({ name }) => name === 'in_flight')).toEqual([
      { place: 'api-1', name: 'in_flight', values: [1, 2] },
      { place: 'api-2', name: 'in_flight', values: [1] },
    ]);
  });
});
