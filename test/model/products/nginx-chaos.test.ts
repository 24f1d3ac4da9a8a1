import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { play, story } from './chaos.js';
import { NginxWorld } from './nginx-world.js';

const options = fc.record({
  algorithm: fc.constantFrom('round_robin', 'least_conn', 'ip_hash', 'random', { hash: { key: '$uri' } }),
  worker_processes: fc.integer({ min: 1, max: 3 }),
  worker_connections: fc.constantFrom(6, 12, 512),
  backlog: fc.constantFrom(2, 511),
  zone: fc.boolean(),
  cpu: fc.constantFrom('0s', '2ms', '20ms'),
  proxy_read_timeout: fc.constantFrom('30ms', '60s'),
  proxy_connect_timeout: fc.constantFrom('30ms', '3s'),
  proxy_next_upstream: fc.constantFrom('off', 'error timeout', 'error timeout http_500 non_idempotent'),
  version: fc.constantFrom('1.22', '1.29.7'),
  keepalive_requests: fc.constantFrom(2, 1000),
  upstream: fc.record({
    api: fc.record({ max_conns: fc.constantFrom(0, 2), max_fails: fc.constantFrom(0, 1) }),
  }),
});

describe('whatever happens', () => {
  test.prop([options, story], { seed: 430, numRuns: 300 })(
    'every request ends once, and everything that was taken is given back',
    (written, troubles) => {
      const world = new NginxWorld(written, 3);
      const { sent, gone } = play(world, troubles);
      world.run(); // until nothing is left, idle connections included
      for (const key of sent) {
        if (!gone.has(key)) expect(world.endings.has(key)).toBe(true);
      }
      const { status, workers } = world.balancer;
      expect([status.active, status.writing, status.waiting]).toEqual([0, 0, 0]);
      const answered = status.responses.reduce((sum, count) => sum + count, 0);
      expect(answered).toBe(status.requests);
      for (const worker of workers) {
        expect(worker.freeSlots).toBe(written.worker_connections - 2);
        expect(worker.pendingCount).toBe(0);
      }
      for (const server of world.servers) expect(world.read(`balancer/${server.name} in_flight`)).toBe(0);
      expect(world.read('balancer backlog')).toBe(0);
    },
  );
});
