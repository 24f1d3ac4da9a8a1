import { describe, expect, it } from 'vitest';
import { observe, type Plain, written } from '../property/laboratory.js';

const ITERATION = [{ get: '/' }, { sleep: { exponential: '100ms' } }];
const LOAD = { executor: 'constant-vus', vus: 20, duration: '10s', iteration: ITERATION };
/** A new connection, and hence a new choice of balancer, for each request. */
const DIALS = { ...LOAD, client: { noConnectionReuse: true } };

interface Setup {
  readonly balancer?: Plain;
  readonly load?: Plain;
  readonly events?: readonly Plain[];
  readonly api?: Plain;
  readonly network?: Plain;
}

function build({ balancer, load = LOAD, events = [], api, network = {} }: Setup) {
  const model = {
    hosts: { laptop: { cores: 4 } },
    network,
    balancer: { product: 'nginx', on: 'laptop', cpu: '1ms', upstream: { api: {} }, ...balancer },
    services: {
      api: { replicas: 2, server: { kind: 'thread-pool' }, routes: { 'GET /': [{ wait: '10ms' }] }, ...api },
    },
  };
  return observe(written({ load, events }, model).variants[0]!.experiment);
}

type Seen = ReturnType<typeof build>;

/** What a gauge read at the end of each second. */
function series({ record }: Seen, place: string, name: string): readonly number[] {
  return record.gauges.find((gauge) => gauge.place === place && gauge.name === name)!.values;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const requestsOf = (seen: Seen, place: string) =>
  total(series(seen, `${place}/api-1`, 'requests_total')) +
  total(series(seen, `${place}/api-2`, 'requests_total'));

/** Samples that failed, by k6's error code, between these seconds. */
function errors({ samples }: Seen, fromSecond: number, toSecond: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { endNs, errorCode } of samples) {
    if (endNs < fromSecond * 1e9 || endNs >= toSecond * 1e9 || errorCode === 0) continue;
    counts.set(errorCode, (counts.get(errorCode) ?? 0) + 1);
  }
  return counts;
}

describe('balancer replicas', () => {
  it('are one balancer, called "balancer", where there is one', () => {
    const plain = build({});
    const told = build({ balancer: { replicas: 1, select: 'first' } });
    expect(told.fingerprint).toBe(plain.fingerprint);
    expect(new Set(plain.record.gauges.map(({ place }) => place))).toContain('balancer');
  });

  it('are places of their own, with a share of the connections as select says', () => {
    const shares = (select: string) => {
      const seen = build({ balancer: { replicas: 2, select }, load: DIALS });
      const counts = ['balancer-1', 'balancer-2'].map((place) => requestsOf(seen, place));
      expect(total(counts)).toBe(seen.samples.length);
      return counts.map((count) => count / seen.samples.length);
    };
    expect(shares('first')).toEqual([1, 0]);
    for (const share of shares('roundRobin')) expect(share).toBeCloseTo(0.5, 3);
    // 20 users make about 1,800 requests: 4.5 standard deviations are 5 points.
    for (const share of shares('random')) expect(Math.abs(share - 0.5)).toBeLessThan(0.05);
  });

  it('are chosen per connection: a user who keeps one stays', () => {
    const seen = build({ balancer: { replicas: 2, select: 'roundRobin' }, load: { ...LOAD, vus: 2 } });
    const accepted = ['balancer-1', 'balancer-2'].map((place) =>
      total(series(seen, place, 'connections_accepted')),
    );
    expect(accepted).toEqual([1, 1]);
  });

  it('compute each for themselves on their host', () => {
    const seen = build({ balancer: { replicas: 2, select: 'roundRobin' }, load: DIALS });
    for (const place of ['balancer-1', 'balancer-2']) {
      // 1 ms for each of its requests.
      expect(total(series(seen, place, 'cpu_seconds'))).toBeCloseTo(requestsOf(seen, place) * 1e-3, 6);
    }
  });

  it('find out each by itself that an instance is dead', () => {
    const events = [{ at: '3s', stop: 'api-2' }];
    const failures = (balancer: Plain) => {
      const seen = build({
        balancer: { upstream: { api: { fail_timeout: '60s' } }, ...balancer },
        load: DIALS,
        events,
      });
      expect(errors(seen, 0, 20).size).toBe(0);
      return seen.record.gauges
        .filter(({ place, name }) => place.endsWith('/api-2') && name === 'failures_total')
        .map(({ values }) => total(values));
    };
    // The requests under way are lost, and then one more at each balancer.
    expect(failures({ replicas: 4, select: 'roundRobin' }).every((count) => count >= 1)).toBe(true);
    expect(failures({ replicas: 4, select: 'roundRobin' }).length).toBe(4);
  });

  it('have links of their own where the network says so, else those of the balancer', () => {
    const network = { 'client-balancer': '1ms', 'client-balancer-2': '20ms', 'balancer-1-api': '5ms' };
    const seen = build({
      network,
      balancer: { replicas: 2, select: 'roundRobin' },
      load: { ...DIALS, vus: 1 },
    });
    const waits = seen.samples.slice(0, 2).map(({ waitingNs }) => waitingNs / 1e6);
    // 10 ms at the instance, 1 ms of CPU, client's way there and back; for the first four ways to the instance.
    expect(waits).toEqual([10 + 1 + 2 + 20, 10 + 1 + 40]);
  });

  it('may be as many as vary says', () => {
    const model = {
      hosts: { laptop: { cores: 4 } },
      balancer: { product: 'nginx', upstream: { api: {} } },
      services: { api: { replicas: 2, routes: { 'GET /': [{ wait: '10ms' }] } } },
    };
    const { variants } = written({ load: LOAD, vary: { 'balancer.replicas': [1, 2, 4] } }, model);
    expect(variants.map(({ experiment }) => experiment.model.balancer?.replicas?.count)).toEqual([
      undefined,
      2,
      4,
    ]);
  });
});

describe('a balancer that is killed', () => {
  const events = [
    { at: '3s', kill: 'balancer-2' },
    { at: '6s', start: 'balancer-2' },
  ];

  it('fails half of the new connections until it starts again', () => {
    const seen = build({ balancer: { replicas: 2 }, load: DIALS, events });
    expect(errors(seen, 0, 3).size).toBe(0);
    const during = errors(seen, 3, 6);
    const refused = during.get(1212)!;
    const count = seen.samples.filter(({ endNs }) => endNs >= 3e9 && endNs < 6e9).length;
    // 600 requests: 4.5 standard deviations are 9 points.
    expect(Math.abs(refused / count - 0.5)).toBeLessThan(0.09);
    // What was under way when it died: reset.
    expect(during.get(1220) ?? 0).toBeLessThan(20);
    expect(errors(seen, 6.2, 20).size).toBe(0);
    expect(series(seen, 'balancer-2', 'up').slice(0, 8)).toEqual([1, 1, 0, 0, 0, 1, 1, 1]);
    expect(series(seen, 'balancer-2', 'connections_active')[4]).toBe(0);
    expect(total(series(seen, 'balancer-2', 'connections_accepted').slice(6, 9))).toBeGreaterThan(100);
  });

  it('closes the connections of its users, who come again to another', () => {
    const seen = build({
      balancer: { replicas: 2, select: 'roundRobin' },
      load: { ...LOAD, vus: 2 },
      events,
    });
    // k6 sends a GET again whose kept connection broke; the third connection is to balancer-1.
    expect(seen.samples.filter(({ errorCode }) => errorCode !== 0)).toEqual([]);
    expect(total(series(seen, 'balancer-1', 'connections_accepted'))).toBe(2);
  });

  it('alone fails all, resets what was under way, and is up again with fresh views', () => {
    const api = { replicas: 2, routes: { 'GET /': [{ wait: '50ms' }] } };
    const alone = [
      { at: '3s', kill: 'balancer' },
      { at: '6s', start: 'balancer' },
    ];
    const seen = build({ events: alone, api, load: DIALS });
    const during = errors(seen, 3, 6);
    expect([...during.keys()].sort()).toEqual([1212, 1220]);
    expect(errors(seen, 3.2, 6).get(1220)).toBeUndefined();
    expect(
      seen.samples.filter(({ endNs, status }) => endNs > 3.2e9 && endNs < 6e9 && status === 200),
    ).toEqual([]);
    expect(errors(seen, 6.2, 20).size).toBe(0);
    // Its hosts' in-flight counts were those of a process that is gone.
    expect(series(seen, 'balancer/api-1', 'in_flight').slice(3, 5)).toEqual([0, 0]);
  });

  it('can be named only where it is', () => {
    expect(() => build({ events: [{ at: '3s', kill: 'balancer-2' }] })).toThrow(
      /got "balancer-2", expected an instance, a service or a balancer/,
    );
    expect(() => build({ balancer: { replicas: 2 }, events: [{ at: '3s', kill: 'balancer-3' }] })).toThrow(
      /did you mean "balancer-1"/,
    );
    expect(() => build({ balancer: { replicas: 2, select: 'roundrobin' } })).toThrow(
      /did you mean "roundRobin"/,
    );
  });
});

describe('changes of the configuration', () => {
  it('reach every balancer, and those that start later', () => {
    const events = [
      { at: '2s', kill: 'balancer-2' },
      { at: '3s', change: 'api-1', down: true },
      { at: '3s', add: { service: 'api', replicas: 1 }, join: 'at-once' },
      { at: '4s', start: 'balancer-2' },
    ];
    const api = { replicas: 2, start_time: '0s' };
    const seen = build({ balancer: { replicas: 2 }, load: DIALS, events, api });
    for (const place of ['balancer-1', 'balancer-2']) {
      const counts = ['api-1', 'api-2', 'api-3'].map((instance) =>
        total(series(seen, `${place}/${instance}`, 'requests_total').slice(5, 10)),
      );
      expect(counts[0]).toBe(0);
      expect(counts[1]).toBeGreaterThan(50);
      // Round robin, from wherever it stood.
      expect(Math.abs(counts[2]! - counts[1]!)).toBeLessThanOrEqual(2);
    }
  });
});
