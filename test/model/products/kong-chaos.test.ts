import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { play, story } from './chaos.js';
import { KongWorld } from './kong-world.js';

const options = fc.record({
  version: fc.constantFrom('2.3', '3.9'),
  algorithm: fc.constantFrom<unknown>('round-robin', 'least-connections', 'latency', {
    'consistent-hashing': { hash_on: 'cookie', hash_on_cookie: 'sid' },
  }),
  slots: fc.constant(100),
  retries: fc.constantFrom(0, 2, 5),
  nginx_worker_processes: fc.integer({ min: 1, max: 3 }),
  nginx_events_worker_connections: fc.constantFrom(6, 12, 512),
  backlog: fc.constantFrom(2, 16_384),
  cpu: fc.constantFrom('0s', '2ms', '20ms'),
  read_timeout: fc.constantFrom('30ms', '60s'),
  connect_timeout: fc.constantFrom('30ms', '3s'),
  upstream_keepalive_pool_size: fc.constantFrom(0, 1, 512),
  upstream_keepalive_max_requests: fc.constantFrom(2, 1000),
  healthchecks: fc.record({
    threshold: fc.constantFrom(0, 50),
    passive: fc.record({
      unhealthy: fc.record({
        http_failures: fc.constantFrom(0, 2),
        tcp_failures: fc.constantFrom(0, 2),
        timeouts: fc.constantFrom(0, 1),
      }),
      healthy: fc.record({ successes: fc.constantFrom(0, 1) }),
    }),
  }),
  plugins: fc.constantFrom<unknown>(
    [],
    [
      { name: 'correlation-id', config: { echo_downstream: true } },
      { name: 'rate-limiting', config: { second: 20 } },
    ],
  ),
});

describe('whatever happens to Kong', () => {
  test.prop([options, story], { seed: 430, numRuns: 300 })(
    'every request ends once, and everything that was taken is given back',
    (written, troubles) => {
      const world = new KongWorld(written, 3);
      const { sent, gone } = play(world, troubles);
      world.run(); // until nothing is left, idle connections included
      for (const key of sent) {
        if (!gone.has(key)) expect(world.endings.has(key)).toBe(true);
      }
      const states = ['active', 'writing', 'waiting'];
      const left = states.map((state) => world.read(`balancer nginx_connections_total_${state}`));
      expect(left).toEqual([0, 0, 0]);
      for (const worker of world.balancer.workers) {
        expect(worker.freeSlots).toBe(written.nginx_events_worker_connections - 2);
        expect(worker.pendingCount).toBe(0);
        expect(worker.passed).toEqual([]);
      }
      for (const server of world.servers) expect(world.read(`balancer/${server.name} in_flight`)).toBe(0);
      expect(world.read('balancer backlog')).toBe(0);
    },
  );
});
