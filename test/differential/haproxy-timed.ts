import { RandomSource } from '../../src/random/stream.js';
import { HaproxyWorld } from '../model/products/haproxy-world.js';

/** Something done at a time, ms since the start, when health checks begin. */
export type TimedAction =
  | { readonly atMs: number; readonly request: number }
  | { readonly atMs: number; readonly host: number; readonly up: boolean }
  | { readonly atMs: number; readonly host: number; readonly status: number };

/** A story in which time matters: health checks, timeouts, waits. Its actions keep away from what happens by itself. */
export interface TimedStory {
  readonly name: string;
  /** Lines of the proxy, and of each server; the same as our options have it. */
  readonly lines: readonly string[];
  readonly server: string;
  readonly options: Record<string, unknown>;
  readonly hosts: number;
  /** How long a host takes to answer, ms. */
  readonly delayMs: number;
  readonly actions: readonly TimedAction[];
  readonly untilMs: number;
}

/** What happened, and when: `0 503` for the end of request 0, `b down`. */
export interface TimedEvent {
  readonly atMs: number;
  readonly what: string;
}

/** How often states are looked at, ms. */
export const LOOK_MS = 10;

const requests = (...times: number[]): TimedAction[] => times.map((atMs, request) => ({ atMs, request }));

/** Stories told by hand, and one that is drawn. */
export function timedStories(seed: string): TimedStory[] {
  return [
    {
      name: 'timeout queue',
      lines: ['timeout queue 600ms'],
      server: 'maxconn 1',
      options: { timeout: { connect: '5s', queue: '600ms' }, upstream: { api: { maxconn: 1 } } },
      hosts: 1,
      delayMs: 1500,
      actions: requests(0, 150, 300),
      untilMs: 2200,
    },
    {
      name: 'waits before retries on one server',
      lines: ['timeout connect 700ms', 'retries 2'],
      server: '',
      options: { timeout: { connect: '700ms' }, retries: 2 },
      hosts: 2,
      delayMs: 0,
      actions: [{ atMs: 0, host: 0, up: false }, ...requests(300, 500)],
      untilMs: 2500,
    },
    {
      name: 'no wait before a redispatch, of hashed requests at the last retry',
      lines: [
        'timeout connect 700ms',
        'retries 2',
        'balance uri',
        'hash-type consistent',
        'option redispatch',
      ],
      server: '',
      options: {
        timeout: { connect: '700ms' },
        retries: 2,
        algorithm: 'uri',
        'hash-type': 'consistent',
        option: 'redispatch',
      },
      hosts: 2,
      delayMs: 0,
      actions: [{ atMs: 0, host: 0, up: false }, ...requests(300, 400, 500, 600)],
      untilMs: 2500,
    },
    {
      name: 'timeout server',
      lines: ['timeout server 500ms'],
      server: '',
      options: { timeout: { server: '500ms' } },
      hosts: 1,
      delayMs: 1200,
      actions: requests(0, 200),
      untilMs: 1500,
    },
    {
      name: 'fastinter and downinter',
      lines: [],
      server: 'check inter 900ms fastinter 500ms downinter 1400ms fall 2 rise 2',
      options: {
        upstream: {
          api: { check: true, inter: '900ms', fastinter: '500ms', downinter: '1400ms', fall: 2, rise: 2 },
        },
      },
      hosts: 1,
      delayMs: 0,
      // Checks at 0, 0.9 (passed), 1.8, 2.3 (failed: down), 3.7, 4.2 (passed: up).
      actions: [
        { atMs: 1350, host: 0, up: false },
        { atMs: 2900, host: 0, up: true },
      ],
      untilMs: 4700,
    },
    {
      name: 'httpchk and observe',
      lines: ['option httpchk GET /', 'balance first'],
      server: 'check inter 1200ms fall 2 rise 1 observe layer7 error-limit 2 on-error mark-down',
      options: {
        option: 'httpchk GET /',
        algorithm: 'first',
        upstream: {
          api: {
            check: true,
            inter: '1200ms',
            fall: 2,
            rise: 1,
            observe: 'layer7',
            'error-limit': 2,
            'on-error': 'mark-down',
          },
        },
      },
      hosts: 2,
      delayMs: 0,
      // Host a is checked at 0, 1.2, ...; two bad answers take it out at 0.5.
      actions: [
        { atMs: 300, host: 0, status: 500 },
        ...requests(400, 500, 700),
        { atMs: 2700, host: 0, status: 200 },
        { atMs: 4000, request: 3 },
      ],
      untilMs: 4500,
    },
    drawn(seed),
  ];
}

const INTER_MS = 800;
const PERIODS = 12;

/** Hosts that die and come back in the middle between two of their checks, at random. */
function drawn(seed: string): TimedStory {
  const stream = new RandomSource(seed).stream('haproxy/timed');
  const hosts = 2;
  const fall = 1 + Math.floor(stream.next() * 3);
  const rise = 1 + Math.floor(stream.next() * 3);
  const actions: TimedAction[] = [];
  for (let host = 0; host < hosts; host += 1) {
    let up = true;
    for (let period = 0; period < PERIODS; period += 1) {
      if (stream.next() < 0.6) continue;
      up = !up;
      // The first check of the second host comes half an interval after that of the first.
      actions.push({ atMs: period * INTER_MS + (host + 1) * (INTER_MS / 2), host, up });
    }
  }
  return {
    name: `fall ${fall} rise ${rise}`,
    lines: [],
    server: `check inter ${INTER_MS}ms fall ${fall} rise ${rise}`,
    options: { upstream: { api: { check: true, inter: `${INTER_MS}ms`, fall, rise } } },
    hosts,
    delayMs: 0,
    actions: actions.sort((a, b) => a.atMs - b.atMs),
    untilMs: (PERIODS + 4) * INTER_MS,
  };
}

/** What the model shows. */
export function playModel(story: TimedStory): TimedEvent[] {
  const world = new HaproxyWorld(story.options, story.hosts);
  const events: TimedEvent[] = [];
  for (const server of world.servers) server.delayNs = story.delayMs * 1e6;
  for (const action of story.actions) {
    if ('request' in action) {
      world.request(action.request, action.atMs, { path: `/${action.request}` });
      continue;
    }
    world.at(action.atMs, () => {
      const server = world.servers[action.host]!;
      if ('up' in action) server.up = action.up;
      else server.status = action.status;
    });
  }
  const before = world.available();
  for (let atMs = 1; atMs < story.untilMs; atMs += LOOK_MS) {
    world.at(atMs, () => {
      for (const [host, up] of world.available().entries()) {
        if (up === before[host] || !story.server.includes('check')) continue;
        before[host] = up;
        events.push({ atMs, what: `${String.fromCharCode(97 + host)} ${up === 1 ? 'up' : 'down'}` });
      }
    });
  }
  world.balancer.start();
  world.run(story.untilMs);
  for (const [id, { atMs, status }] of world.endings) events.push({ atMs, what: `${id} ${status}` });
  return events.sort((a, b) => a.atMs - b.atMs);
}
