import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Failure } from '../../../src/model/exchange.js';
import { EnvoyWorld } from './envoy-world.js';
import { FakeServer } from './proxy-world.js';

const MS = 1e6;
/** By then every timeout, back-off, ejection and idle connection of the options below is over. */
const END_MS = 12_000;

const options = fc.record({
  algorithm: fc.constantFrom('ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'RING_HASH', {
    MAGLEV: { table_size: 31, hash_policy: [{ connection_properties: { source_ip: true } }] },
  }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  cpu: fc.constantFrom('0s', '2ms', '20ms'),
  timeout: fc.constantFrom('40ms', '4s'),
  connect_timeout: fc.constantFrom('30ms', '1s'),
  tcp_backlog_size: fc.constantFrom(2, 4096),
  circuit_breakers: fc.record({
    max_connections: fc.constantFrom(1, 2, 1024),
    max_pending_requests: fc.constantFrom(0, 2, 1024),
    max_requests: fc.constantFrom(2, 1024),
    max_retries: fc.constantFrom(0, 1, 3),
  }),
  retry_policy: fc.record({
    retry_on: fc.constantFrom([], '5xx', 'connect-failure', 'reset,retriable-4xx'),
    num_retries: fc.integer({ min: 0, max: 4 }),
    per_try_timeout: fc.constantFrom('0s', '15ms'),
    retry_host_predicate: fc.constantFrom([], ['previous_hosts']),
  }),
  outlier_detection: fc.constantFrom(
    undefined,
    { consecutive_5xx: 2, max_ejection_percent: 100, interval: '20ms', base_ejection_time: '30ms' },
    { split_external_local_origin_errors: true, always_eject_one_host: true, interval: '50ms' },
  ),
  health_checks: fc.constantFrom(
    [],
    [
      {
        timeout: '10ms',
        interval: '25ms',
        unhealthy_threshold: 2,
        healthy_threshold: 2,
        tcp_health_check: {},
      },
    ],
    [
      {
        timeout: '10ms',
        interval: '25ms',
        no_traffic_interval: '25ms',
        unhealthy_threshold: 1,
        healthy_threshold: 1,
        http_health_check: { path: '/health' },
      },
    ],
  ),
  common_http_protocol_options: fc.record({
    idle_timeout: fc.constantFrom('30ms', '5s'),
    max_requests_per_connection: fc.constantFrom(0, 1, 3),
  }),
  http_connection_manager: fc.constant({ common_http_protocol_options: { idle_timeout: '5s' } }),
});

type Trouble =
  | {
      kind: 'toggle' | 'silence' | 'slow' | 'hang' | 'break' | 'error' | 'change' | 'remove' | 'add';
      host: number;
      atMs: number;
    }
  | { kind: 'request'; atMs: number; goneAfterMs: number | null; after: boolean };

const story = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: requestOf() },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'toggle',
          'silence',
          'slow',
          'hang',
          'break',
          'error',
          'change',
          'remove',
          'add',
        ),
        host: fc.integer({ min: 0, max: 2 }),
        atMs: fc.integer({ min: 0, max: 400 }),
      }),
    },
  ),
  { minLength: 5, maxLength: 80 },
) as fc.Arbitrary<Trouble[]>;

function requestOf() {
  return fc.record({
    kind: fc.constant('request' as const),
    atMs: fc.integer({ min: 0, max: 400 }),
    goneAfterMs: fc.option(fc.integer({ min: 0, max: 50 }), { freq: 3 }),
  });
}

function play(world: EnvoyWorld, troubles: readonly Trouble[]): { sent: number[]; gone: Set<number> } {
  const sent: number[] = [];
  const gone = new Set<number>();
  for (const trouble of troubles) {
    if (trouble.kind === 'request') {
      const key = sent.length;
      world.request(key, trouble.atMs);
      if (trouble.goneAfterMs !== null) {
        world.giveUp(key, trouble.atMs + trouble.goneAfterMs);
        gone.add(key);
      }
      sent.push(key);
      continue;
    }
    world.at(trouble.atMs, () => cause(world, trouble));
  }
  return { sent, gone };
}

function cause(world: EnvoyWorld, { kind, host }: Exclude<Trouble, { kind: 'request' }>): void {
  const server = world.servers[host]!;
  const { balancer } = world;
  if (kind === 'toggle') {
    server.up = !server.up;
    balancer.connectionsLost(server.name);
  } else if (kind === 'silence') server.silent = !server.silent;
  else if (kind === 'slow') server.delayNs = 50 * MS;
  else if (kind === 'hang') server.delayNs = 2000 * MS;
  else if (kind === 'break') server.breaks = Failure.reset;
  else if (kind === 'error') server.status = 500;
  else if (kind === 'change')
    balancer.changeHost(server.name, { load_balancing_weight: 2, priority: host % 2 });
  else if (kind === 'remove') balancer.removeHost(server.name);
  else if (!balancer.hosts.some((present) => present.host.name === server.name)) {
    balancer.addHost(world.hostOf(new FakeServer(world.simulation, server.name, host)));
  }
}

describe('whatever happens to Envoy', () => {
  test.prop([options, story], { seed: 430, numRuns: 300 })(
    'every request ends once, and everything that was taken is given back',
    (written, troubles) => {
      const world = new EnvoyWorld(written, 3);
      const { sent, gone } = play(world, troubles);
      world.run(END_MS);
      for (const key of sent) {
        if (!gone.has(key)) expect(world.endings.has(key)).toBe(true);
      }
      const { stats, breakers, workers, cluster } = world.balancer;
      expect([stats.active, stats.writing, stats.waiting]).toEqual([0, 0, 0]);
      const answered = stats.responses.reduce((sum, count) => sum + count, 0);
      expect(answered).toBe(stats.requests);
      const nowNs = world.simulation.nowNs;
      const { connections, queued, sent: underWay, retries } = breakers;
      expect({ connections, queued, underWay, retries }).toEqual({
        connections: 0,
        queued: 0,
        underWay: 0,
        retries: 0,
      });
      expect([breakers.pending(nowNs), breakers.active(nowNs)]).toEqual([0, 0]);
      for (const worker of workers) expect(worker.pendingCount).toBe(0);
      for (const host of cluster.hosts)
        expect([host.inFlight, host.queued, host.activeCount(nowNs)]).toEqual([0, 0, 0]);
      const out = cluster.hosts.filter((host) => host.failedOutlierCheck).length;
      expect(cluster.detector?.stats.ejectionsActive ?? 0).toBe(out);
      expect(world.read('balancer backlog')).toBe(0);
    },
  );
});
