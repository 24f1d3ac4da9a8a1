import { describe, expect, it } from 'vitest';
import { EnvoyWorld } from './envoy-world.js';
import { FakeServer } from './proxy-world.js';

const NEVER = Number.POSITIVE_INFINITY;
const MS = 1e6;

describe('outlier detection in operation (reference, section 4.7)', () => {
  const eject = { max_ejection_percent: 100, interval: '1s', base_ejection_time: '3s' };

  /** A request to the only sick of three hosts every 30 ms. */
  const load = (options: Record<string, unknown>, untilMs: number) => {
    const world = new EnvoyWorld(options, 3);
    for (let key = 0; key * 10 < untilMs; key += 1) world.request(key, key * 10);
    return world;
  };

  it('five 500s in a row, and the host gets nothing until the first tick at least base_ejection_time later', () => {
    const world = load({ outlier_detection: eject }, 5000);
    world.servers[0]!.status = 500;
    const before: number[] = [];
    for (const atMs of [200, 3500, 4500]) world.at(atMs, () => before.push(world.servers[0]!.seen.length));
    world.run(5000);
    // Ejected at 0.15 s for 3 s: back at the tick at 4 s, out again after five more.
    expect(before).toEqual([5, 5, 10]);
    expect(world.statuses().filter((status) => status === 500)).toHaveLength(10);
    expect(world.read('balancer outlier_detection_ejections_enforced_total')).toBe(2);
    expect(world.read('balancer membership_healthy')).toBe(2);
    expect(world.read('balancer/api-1 available')).toBe(0);
  });

  it('refused connections and timeouts count as 503 and 504', () => {
    for (const trouble of ['refuses', 'hangs']) {
      const world = load({ outlier_detection: eject, timeout: '20ms' }, 500);
      if (trouble === 'refuses') world.servers[0]!.up = false;
      else world.servers[0]!.delayNs = NEVER;
      world.run(500);
      expect(world.read('balancer outlier_detection_ejections_active')).toBe(1);
      // Those that are under way when the fifth fails do not come to its knowledge: the host is out by then.
      expect(world.read('balancer/api-1 failures_total')).toBe(5);
    }
  });

  it('at the default max_ejection_percent of 10 nobody of three is ejected; always_eject_one_host ejects one', () => {
    const few = load({ outlier_detection: {} }, 500);
    few.servers[0]!.status = 500;
    few.run(500);
    expect(few.read('balancer outlier_detection_ejections_active')).toBe(0);
    expect(few.read('balancer outlier_detection_ejections_overflow')).toBe(3);
    const one = load({ outlier_detection: { always_eject_one_host: true } }, 500);
    one.servers[0]!.status = 500;
    one.servers[1]!.status = 500;
    one.run(500);
    expect(one.read('balancer outlier_detection_ejections_active')).toBe(1);
  });

  it('more than half ejected: panic, all are used', () => {
    const world = load({ outlier_detection: eject }, 900);
    world.servers[0]!.status = 500;
    world.servers[1]!.status = 500;
    world.run(900);
    expect(world.read('balancer outlier_detection_ejections_active')).toBe(2);
    expect(world.read('balancer lb_healthy_panic')).toBeGreaterThan(50);
    expect(world.servers[0]!.seen.length).toBeGreaterThan(20);
  });
});

describe('active health checks (reference, section 4.8)', () => {
  const http = {
    timeout: '100ms',
    interval: '1s',
    unhealthy_threshold: 2,
    healthy_threshold: 2,
    http_health_check: { path: '/health' },
  };
  // A TCP check is over before the first request's connection is asked for: it would wait for no_traffic_interval.
  const tcp = { ...http, http_health_check: undefined, tcp_health_check: {}, no_traffic_interval: '1s' };

  /** Healthy hosts at every x.5 s. */
  const watch = (
    check: Record<string, unknown>,
    story: (world: EnvoyWorld) => void,
    seconds: number,
    options: Record<string, unknown> = {},
  ) => {
    const world = new EnvoyWorld({ health_checks: [check], ...options }, 2);
    const seen: number[] = [];
    // Before the first check is back, so that the cluster has had traffic.
    world.request(1000, 0);
    story(world);
    for (let second = 0; second < seconds; second += 1) {
      world.at(second * 1000 + 500, () => seen.push(world.read('balancer membership_healthy')));
    }
    world.run(seconds * 1000);
    return { world, seen };
  };

  it('the first check needs one success; then healthy_threshold in a row', () => {
    const { seen } = watch(
      http,
      (world) => {
        world.at(900, () => {
          world.servers[0]!.delayNs = NEVER;
        });
        world.at(3000, () => {
          world.servers[0]!.delayNs = MS;
        });
      },
      8,
    );
    // Checks of api-1 start at 0 and 1.00 s; the second times out at 1.1, the next at 2.2 s: out. Then passes at 3.2 and 4.2 s.
    expect(seen).toEqual([2, 2, 1, 1, 2, 2, 2, 2]);
  });

  it('an unexpected status is enough by itself, a retriable one counts against the threshold', () => {
    const sick = (world: EnvoyWorld) =>
      world.at(900, () => {
        world.servers[0]!.status = 500;
      });
    expect(watch(http, sick, 3).seen).toEqual([2, 1, 1]);
    const retriable = { path: '/health', retriable_statuses: [{ start: 500, end: 600 }] };
    expect(watch({ ...http, http_health_check: retriable }, sick, 4).seen).toEqual([2, 2, 1, 1]);
    const expected = { path: '/health', expected_statuses: [{ start: 200, end: 501 }] };
    expect(watch({ ...http, http_health_check: expected }, sick, 3).seen).toEqual([2, 2, 2]);
  });

  it('tcp_health_check: a connection, nothing else', () => {
    const { seen, world } = watch(
      tcp,
      (story) => {
        story.at(900, () => {
          story.servers[0]!.up = false;
        });
      },
      4,
    );
    expect(seen).toEqual([2, 2, 1, 1]);
    expect(world.servers[1]!.seen.length).toBeLessThanOrEqual(1);
  });

  it('hosts are not used before their first check, and not while it fails', () => {
    const world = new EnvoyWorld(
      { health_checks: [http], common_lb_config: { healthy_panic_threshold: 0 } },
      2,
    );
    world.servers[1]!.up = false;
    world.request(0, 0.05);
    world.request(1, 500);
    world.request(2, 501);
    expect(world.run(600)).toEqual([503, 200, 200]);
    expect(world.servedBy().slice(1)).toEqual([0, 0]);
    expect(world.read('balancer health_check_failure')).toBe(1);
  });

  it('no_traffic_interval: 60 s until the cluster has had a connection', () => {
    const world = new EnvoyWorld({ health_checks: [http] }, 1);
    const attempts: number[] = [];
    for (const second of [1, 59, 61, 119]) {
      world.at(second * 1000, () => attempts.push(world.read('balancer health_check_attempt')));
    }
    world.request(0, 61_500);
    world.at(124_500, () => attempts.push(world.read('balancer health_check_attempt')));
    world.run(125_000);
    // The interval that was begun without traffic is waited for: 0, 60 and 120 s; then every second.
    expect(attempts).toEqual([1, 1, 2, 2, 7]);
  });

  it('edge intervals: after a change has begun, the next check comes sooner', () => {
    const quick = {
      ...http,
      unhealthy_edge_interval: '100ms',
      unhealthy_interval: '500ms',
      healthy_edge_interval: '200ms',
    };
    const attempts: number[] = [];
    const { world } = watch(
      quick,
      (story) => {
        story.at(900, () => {
          for (const server of story.servers) server.silent = true;
        });
        story.at(2200, () => {
          for (const server of story.servers) server.silent = false;
        });
        for (const atMs of [950, 1150, 1350, 1850, 2000, 2500, 2900, 3900]) {
          story.at(atMs, () => attempts.push(story.read('balancer health_check_attempt') / 2));
        }
      },
      4,
    );
    // Results of both: 0; 1.1 s (first failure); 1.3 (second: out); 1.9 (500 ms and the timeout later); 2.4 (passed); 2.6 (in); 3.6.
    expect(attempts).toEqual([1, 2, 3, 3, 4, 5, 6, 7]);
    expect(world.read('balancer membership_healthy')).toBe(2);
  });

  it('jitter is added to every interval, whole ms', () => {
    const world = new EnvoyWorld(
      {
        health_checks: [
          { ...tcp, interval_jitter: '200ms', no_traffic_interval: '1s', initial_jitter: '50ms' },
        ],
      },
      1,
    );
    world.run(1_000_000);
    // Each interval is 1 s, and 100 ms on average (uniform on 0 to 199 ms): 909 in 1000 s; 5 standard deviations of 58 ms * sqrt(909).
    const attempts = world.read('balancer health_check_attempt');
    expect(Math.abs(attempts - 909)).toBeLessThan(10);
  });

  it('a passed check ends an ejection', () => {
    const { world } = watch(
      { ...http, interval: '2s' },
      (story) => {
        story.servers[0]!.status = 200;
        story.at(100, () => {
          story.servers[0]!.status = 500;
        });
        for (let key = 0; key < 20; key += 1) story.request(key, 200 + key * 10);
        story.at(500, () => {
          story.servers[0]!.status = 200;
        });
        story.at(1900, () => expect(story.read('balancer outlier_detection_ejections_active')).toBe(1));
      },
      3,
      { outlier_detection: { max_ejection_percent: 100 } },
    );
    expect(world.read('balancer outlier_detection_ejections_active')).toBe(0);
    expect(world.read('balancer/api-1 available')).toBe(1);
  });

  it('a new host is used once it has passed; a removed one is not checked any more', () => {
    const world = new EnvoyWorld({ health_checks: [http] }, 2);
    const added = new FakeServer(world.simulation, 'api-3', 2);
    world.request(0, 0);
    world.at(1500, () => world.balancer.addHost(world.hostOf(added)));
    world.at(1500.1, () => expect(world.read('balancer/api-3 available')).toBe(0));
    world.at(1600, () => expect(world.read('balancer/api-3 available')).toBe(1));
    world.at(1700, () => world.balancer.removeHost('api-1'));
    let seen = 0;
    world.at(2500, () => {
      seen = world.servers[0]!.seen.length;
    });
    world.run(5000);
    expect(world.servers[0]!.seen.length).toBe(seen);
    expect(world.read('balancer membership_healthy')).toBe(2);
  });

  it('slow start begins with the check that a host passes', () => {
    const world = new EnvoyWorld(
      {
        algorithm: { ROUND_ROBIN: { slow_start_config: { slow_start_window: '20s' } } },
        health_checks: [{ ...http, no_traffic_interval: '1s' }],
      },
      2,
    );
    world.servers[0]!.up = false;
    world.at(29_500, () => {
      world.servers[0]!.up = true;
    });
    for (let key = 0; key < 8000; key += 1) world.request(key, 20_000 + key * 5);
    world.run(60_000);
    const share = (from: number, to: number) => {
      const served = world.servedBy().filter((_, key) => key >= (from - 20) * 200 && key < (to - 20) * 200);
      return served.filter((host) => host === 0).length / served.length;
    };
    expect(share(20, 30)).toBe(0);
    // It passes its second check at about 31 s. In the first 2 s a tenth of the other's weight: 1/11; at half the window, 1/3.
    expect(share(31.5, 32.8)).toBeCloseTo(1 / 11, 1);
    expect(share(40, 42)).toBeCloseTo(1 / 3, 1);
    expect(share(53, 58)).toBeCloseTo(1 / 2, 1);
  });
});
