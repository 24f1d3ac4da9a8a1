import { describe, expect, it } from 'vitest';
import { runReplication } from '../../src/experiment/run.js';
import type { ReplicationRecord } from '../../src/metrics/record.js';
import { type Plain, written } from '../property/laboratory.js';

const MODEL = {
  hosts: { laptop: { cores: 8 } },
  balancer: { product: 'nginx' },
  services: {
    api: {
      replicas: 2,
      start_time: '2s',
      routes: { 'GET /': [{ wait: '50ms' }], 'POST /': [{ wait: '50ms' }] },
    },
  },
};
const LOAD = {
  executor: 'constant-arrival-rate',
  rate: 60,
  duration: '30s',
  preAllocatedVUs: 20,
  iteration: [{ get: '/' }],
};

function run(events: readonly Plain[], load: Plain = {}): ReplicationRecord {
  const [variant] = written({ load: { ...LOAD, ...load }, events } as Plain, MODEL).variants;
  return runReplication(variant!.experiment, '430').record;
}

/** Requests a second of one host, second by second. */
function requestsOf(record: ReplicationRecord, host: string): readonly number[] {
  return record.gauges.find(({ place, name }) => place === `balancer/${host}` && name === 'requests_total')!
    .values;
}

function failedOf({ metrics }: ReplicationRecord): number {
  const failed = metrics.http_req_failed!;
  return failed.type === 'rate' ? failed.passes : Number.NaN;
}

/**
 * The POSTs are sent at multiples of 16.7 ms, reloads happen 5 ms off: a POST that arrives at the very instant of a reload on a
 * kept connection is lost, with the real nginx as here.
 */
describe('events that change a running cluster', () => {
  it('add: a third instance takes its third as soon as it listens', () => {
    const record = run([{ at: '10s', add: { service: 'api' } }]);
    const third = requestsOf(record, 'api-3');
    expect(third.slice(0, 12)).toEqual(new Array(12).fill(0));
    expect(third.slice(12, 29)).toEqual(new Array(17).fill(20));
    expect(record.instances.map(({ name }) => name)).toEqual(['api-1', 'api-2', 'api-3']);
    expect(failedOf(record)).toBe(0);
  });

  it('remove: the other one takes everything, and no request fails', () => {
    const record = run([{ at: '10005ms', remove: 'api-2' }], { iteration: [{ post: '/' }] });
    expect(requestsOf(record, 'api-1').slice(12, 29)).toEqual(new Array(17).fill(60));
    expect(requestsOf(record, 'api-2').slice(12)).toEqual(new Array(record.intervals.length - 12).fill(0));
    expect(failedOf(record)).toBe(0);
  });

  it('change: the weight counts from then on', () => {
    const record = run([{ at: '10s', change: 'api-2', weight: 3 }]);
    expect(requestsOf(record, 'api-2').slice(1, 9)).toEqual(new Array(8).fill(30));
    expect(requestsOf(record, 'api-2').slice(12, 29)).toEqual(new Array(17).fill(45));
  });

  it('rolling-update: drained, not even POSTs fail; naively they do', () => {
    const load = { iteration: [{ post: '/' }] };
    const drained = run([{ at: '10005ms', 'rolling-update': 'api' }], load);
    const naive = run([{ at: '10005ms', 'rolling-update': 'api', take_out: 'never' }], load);
    expect(failedOf(drained)).toBe(0);
    expect(failedOf(naive)).toBeGreaterThan(0);
  });
});
