import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { Failure } from '../../../src/model/exchange.js';
import { NginxWorld } from './nginx-world.js';

const MS = 1e6;

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

type Trouble =
  | { kind: 'toggle' | 'silence' | 'slow' | 'break' | 'error' | 'reload'; host: number; atMs: number }
  | { kind: 'request'; atMs: number; goneAfterMs: number | null; post: boolean };

const story = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: requestOf() },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('toggle', 'silence', 'slow', 'break', 'error', 'reload'),
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
    post: fc.boolean(),
  });
}

function play(world: NginxWorld, troubles: readonly Trouble[]): { sent: number[]; gone: Set<number> } {
  const sent: number[] = [];
  const gone = new Set<number>();
  for (const trouble of troubles) {
    if (trouble.kind === 'request') {
      const key = sent.length;
      world.request(key, trouble.atMs, { method: trouble.post ? 'POST' : 'GET' });
      if (trouble.goneAfterMs !== null) {
        world.giveUp(key, trouble.atMs + trouble.goneAfterMs);
        gone.add(key);
      }
      sent.push(key);
      continue;
    }
    const server = world.servers[trouble.host]!;
    world.at(trouble.atMs, () => {
      if (trouble.kind === 'toggle') server.up = !server.up;
      else if (trouble.kind === 'silence') server.silent = !server.silent;
      else if (trouble.kind === 'slow') server.delayNs = 50 * MS;
      else if (trouble.kind === 'break') server.breaks = Failure.reset;
      else if (trouble.kind === 'error') server.status = 500;
      else world.balancer.changeHost(server.name, { weight: 2 });
    });
  }
  return { sent, gone };
}

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
