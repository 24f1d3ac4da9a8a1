import { RandomSource, type RandomStream } from '../../src/random/stream.js';
import { NginxWorld } from '../model/products/nginx-world.js';

/** One thing done to the proxy or its hosts. */
export type RetryAction =
  | { readonly send: 'GET' | 'POST' }
  /** From now on `host` answers with `status`, or refuses connections (0), or breaks them (-1). */
  | { readonly host: number; readonly status: number };

/** A story of failing servers and what `proxy_next_upstream` makes of it. */
export interface RetryScenario {
  readonly name: string;
  readonly hostCount: number;
  readonly maxFails: number;
  readonly nextUpstream: string;
  readonly tries: number;
  readonly actions: readonly RetryAction[];
}

const STATUSES = [200, 200, 500, 502, 503, 504, 403, 404, 429, 0, 0, -1];
const CONDITIONS = [
  'error timeout',
  'off',
  'error timeout http_500 http_502',
  'http_503 http_504 http_429',
  'error http_403 http_404 non_idempotent',
  'error timeout http_500 http_502 http_503 http_504 non_idempotent',
];

/** Stories drawn with a fixed seed. */
export function retryScenarios(): RetryScenario[] {
  return Array.from({ length: 24 }, (_, index) => {
    const stream = new RandomSource('430').stream(`retries/${index}`);
    const hostCount = 1 + below(stream, 4);
    return {
      name: `${index}`,
      hostCount,
      maxFails: below(stream, 5),
      nextUpstream: CONDITIONS[index % CONDITIONS.length]!,
      tries: below(stream, 3),
      actions: Array.from({ length: 50 }, (): RetryAction => {
        if (stream.next() < 0.3) {
          return { host: below(stream, hostCount), status: STATUSES[below(stream, STATUSES.length)]! };
        }
        return { send: stream.next() < 0.3 ? 'POST' : 'GET' };
      }),
    };
  });
}

function below(stream: RandomStream, count: number): number {
  return Math.floor(stream.next() * count);
}

/** What the model shows: `502 a,b` for every request, the status and the hosts tried (`-` for none). */
export function playModel(scenario: RetryScenario): string[] {
  const options = {
    proxy_next_upstream: scenario.nextUpstream,
    proxy_next_upstream_tries: scenario.tries,
    upstream: { api: { max_fails: scenario.maxFails, fail_timeout: '60s' } },
  };
  const world = new NginxWorld(options, scenario.hostCount);
  const upstream = world.balancer.workers[0]!.upstream;
  const tried: string[] = [];
  const pick = upstream.pick.bind(upstream);
  upstream.pick = (passage, nowNs) => {
    const host = pick(passage, nowNs);
    tried.push(host < 0 ? '-' : String.fromCharCode(97 + host));
    return host;
  };
  return scenario.actions.map((action, index) => {
    if ('host' in action) {
      const server = world.servers[action.host]!;
      server.up = action.status !== 0;
      server.status = action.status;
      server.breaks = action.status === -1 ? 3 : 0;
      return '';
    }
    tried.length = 0;
    world.request(index, index * 10, { method: action.send });
    world.run(index * 10 + 9);
    return `${world.endings.get(index)!.status} ${tried.join(',')}`;
  });
}
