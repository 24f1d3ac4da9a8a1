import { fc } from '@fast-check/vitest';
import { Failure } from '../../../src/model/exchange.js';
import type { ProxyWorld } from './proxy-world.js';

const MS = 1e6;

/** What befalls a world: requests, and hosts that do not do as they should. `reload`: a host gets another weight. */
export type Trouble =
  | { kind: 'toggle' | 'silence' | 'slow' | 'break' | 'error' | 'reload'; host: number; atMs: number }
  | { kind: 'request'; atMs: number; goneAfterMs: number | null; post: boolean };

/** Troubles of 0.4 s with three hosts. */
export const story = fc.array(
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

/** Puts the troubles on the world’s clock; tells the keys of all requests, and of those whose client goes away. */
export function play(world: ProxyWorld, troubles: readonly Trouble[]): { sent: number[]; gone: Set<number> } {
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
