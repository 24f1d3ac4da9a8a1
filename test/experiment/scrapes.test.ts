import { describe, expect, it } from 'vitest';
import { runReplication } from '../../src/experiment/run.js';
import type { InstanceRecord, ReplicationRecord } from '../../src/metrics/record.js';
import { type Plain, written } from '../property/laboratory.js';

const MODEL: Plain = {
  hosts: { box: { cores: 1 } },
  balancer: { product: 'nginx' },
  services: {
    api: { replicas: 2, routes: { 'GET /': [{ cpu: '1ms' }], 'GET /metrics': [{ cpu: '4ms' }] } },
  },
};
const PROMETHEUS: Plain = { scrape_interval: '5s', targets: ['api', 'balancer'] };
const LOAD: Plain = {
  executor: 'constant-arrival-rate',
  rate: 10,
  duration: '60s',
  preAllocatedVUs: 5,
  iteration: [{ get: '/' }],
};

function run(model: Plain, more: Plain = {}): ReplicationRecord {
  const [variant] = written({ load: LOAD, ...more } as Plain, model).variants;
  return runReplication(variant!.experiment, '430').record;
}

function sum(record: ReplicationRecord, of: (instance: InstanceRecord) => number): number {
  return record.instances.reduce((total, instance) => total + of(instance), 0);
}

describe('Prometheus beside a load', () => {
  const scraped = run({ ...MODEL, prometheus: PROMETHEUS });
  const alone = run(MODEL);

  it('costs what the route for it says: twelve scrapes a minute of each target', () => {
    const moreMs = 1000 * (sum(scraped, (each) => each.cpuSeconds) - sum(alone, (each) => each.cpuSeconds));
    // Two instances and the way through the balancer, 4 ms each.
    expect(moreMs).toBeCloseTo(3 * 12 * 4, 6);
  });

  it('is in no report', () => {
    const requests = (record: ReplicationRecord) => sum(record, (instance) => instance.requests);
    expect(requests(scraped)).toBe(requests(alone));
    expect(scraped.metrics.http_reqs).toEqual(alone.metrics.http_reqs);
  });

  it('is noticed by requests that come just then', () => {
    const slowest = ({ instances }: ReplicationRecord) =>
      Math.max(...instances.map((each) => each.durations.max));
    const busy = { load: { ...LOAD, rate: 200, preAllocatedVUs: 20 } };
    expect(slowest(run(MODEL, busy))).toBeLessThan(1.1);
    expect(slowest(run({ ...MODEL, prometheus: PROMETHEUS }, busy))).toBeGreaterThan(1.5);
  });

  it('goes on where an instance is gone, and finds one that comes later', () => {
    const events = [
      { at: '20s', remove: 'api-1' },
      { at: '30s', add: { service: 'api' } },
    ];
    const record = run(
      { ...MODEL, prometheus: { ...PROMETHEUS, targets: ['api'] } },
      { events, load: { ...LOAD, rate: 1 } },
    );
    const late = record.instances.find(({ name }) => name === 'api-3')!;
    // 30 s of scrapes every 5 s, and a request every 2 s.
    expect(late.cpuSeconds).toBeGreaterThan(0.03);
  });
});
